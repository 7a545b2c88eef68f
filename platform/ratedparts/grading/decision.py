"""A decision: the grade, what holds it there, and every rule with its number, limit and margin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

FIGURES = (
    "acceleration_factor",
    "unit_hours",
    "failures",
    "failure_rate_60",
    "failure_rate_90",
    "b1_lower_90",
    "b10_lower_90",
    "rated_failure_rate_60",
    "rated_failure_rate_90",
)


class Reason(NamedTuple):
    """One rule that was looked at: its clause, whether it is met, and how far from its limit the number is.

    A tuple, because a register has millions of them and a tuple is made in a fifth of the time.
    ``margin`` is the factor by which the number could worsen before the limit is passed; below one the rule
    is not met.  None where number and limit are not comparable.
    """

    code: str
    rule: str
    met: bool
    number: float | None = None
    limit: float | None = None
    margin: float | None = None
    parameters: Mapping[str, Any] = MappingProxyType({})

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "rule": self.rule,
            "met": self.met,
            "number": _finite(self.number),
            "limit": _finite(self.limit),
            "margin": _finite(self.margin),
            "parameters": {name: _finite(value) for name, value in self.parameters.items()},
        }


def _finite(value: Any) -> Any:
    """A number that JSON can hold; a bound that excludes nothing is no number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True)
class Decision:
    """The outcome of a rule set on a dossier.  Rates per hour, lives in the metric at the use condition."""

    rule_set: str
    grade: str
    vector: Mapping[str, str]
    caps: Mapping[str, str]
    binding: tuple[str, ...]
    reasons: tuple[Reason, ...]
    figures: Mapping[str, float | int | str | None]
    valid_until: date | None
    protocols: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "rule_set": self.rule_set,
            "grade": self.grade,
            "vector": dict(self.vector),
            "caps": dict(self.caps),
            "binding": list(self.binding),
            "reasons": [reason.as_json() for reason in self.reasons],
            "figures": {name: _finite(value) for name, value in self.figures.items()},
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "protocols": list(self.protocols),
        }
