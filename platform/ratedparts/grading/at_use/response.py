"""How a part's figures move with the use: all that is needed to answer for any, kept as plain JSON.

Every figure is stored at the certificate's own condition, and an answer multiplies it by a ratio that is
computed in one way for both conditions: there, it is the certificate's number to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .ageing import FirstYear, Wearout
from .applied_model import AppliedModel
from .law import Law, StandardError
from .limits import Limits

FORM = 1


@dataclass(frozen=True)
class Row:
    """Equivalent hours at the own condition, of tests with the same laws: of random failures, of wear-out.

    ``hours_to_the_end``: those that lots are compared by, to the end of each failure's interval.
    """

    hours: float
    hours_to_the_end: float
    law: Law
    life_law: Law


@dataclass(frozen=True)
class LotRows:
    """One lot by itself: its bounds at the own condition, one a confidence, and its rows.

    ``failures``: those that lots are compared by.
    """

    failures: int
    rates: tuple[float, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class UseResponse:
    """``rates`` and ``worst`` one a confidence, ``lives`` one a share: at the own condition, None for none.

    ``further`` is that of wear-out, of the first year or of what a screen leaves behind, and moves as
    ``wearout``, ``first_year`` or ``scales`` say; where none of them says, nothing is known of it elsewhere.

    Hours of several tests keep their proportions unless a maximum cuts one of them off, or a fitted
    acceleration is taken at its bound.  Where they do not, lots may differ otherwise than they did (R9), and
    a fit may turn out otherwise; what can still be said is said by

    - ``lots``: every lot by itself, where units failed in one of several: the worst of them bounds what is
      graded, whichever way the comparison of lots would turn out;
    - ``least_lives``: bounds that are never too good once the smallest ratio of the factors is put to them,
      None where a fit forbids it;
    - ``worst_is_rate``: neither wear-out nor early failures can come into it.
    """

    by_units: bool
    own_temperature_c: float | None  # None: the part's own rating
    own_voltage_ratio: float
    hours: float  # the declared life
    longest_hours: float
    confidences: tuple[float, ...]
    shares: tuple[float, ...]
    rates: tuple[float, ...] | None
    worst: tuple[float, ...] | None
    lives: tuple[float, ...] | None
    rows: tuple[Row, ...]
    limits: Limits
    models: tuple[AppliedModel, ...] = ()
    significance: float = 0.0  # of the comparison of lots
    lots: tuple[LotRows, ...] = ()
    pooled: bool = True  # all lots together are graded at the own condition
    least_lives: tuple[float, ...] | None = None
    worst_is_rate: bool = True
    further: tuple[float, ...] | None = None  # what stands beside `rates` at the own condition
    scales: bool = False  # the further rate goes down as life grows: what a completed screen leaves behind
    wearout: Wearout | None = None
    first_year: FirstYear | None = None

    def as_json(self) -> dict[str, Any]:
        """Without infinities, which JSON does not know: they are null."""
        return {"form": FORM, **finite(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> UseResponse:
        """What `as_json` gave; other forms are another version's, and a LookupError."""
        if value["form"] != FORM:
            raise LookupError(f"form {value['form']!r} of a response to use is not known")
        given = dict(value)
        return cls(
            **{
                **{field.name: given[field.name] for field in fields(cls)},
                **{name: _tuple(given[name]) for name in NUMBERS},
                "rows": tuple(_row(one) for one in given["rows"]),
                "lots": tuple(
                    LotRows(one["failures"], _numbers(one["rates"]), tuple(_row(row) for row in one["rows"]))
                    for one in given["lots"]
                ),
                "models": tuple(AppliedModel.from_json(one) for one in given["models"]),
                "limits": limits_of_json(given["limits"]),
                "wearout": None if given["wearout"] is None else Wearout.from_json(given["wearout"]),
                "first_year": None
                if given["first_year"] is None
                else FirstYear.from_json(given["first_year"]),
            }
        )


NUMBERS = ("confidences", "shares", "rates", "worst", "lives", "least_lives", "further")


def finite(value: Any) -> Any:
    """Plain JSON of dataclasses and tuples."""
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: finite(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _infinite(value: float | None) -> float:
    return math.inf if value is None else value


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(_infinite(value) for value in values)


def _tuple(values: Any) -> tuple[float, ...] | None:
    return None if values is None else _numbers(values)


def limits_of_json(value: Mapping[str, Any]) -> Limits:
    return Limits(**{name: _infinite(one) for name, one in value.items()})


def _row(value: Mapping[str, Any]) -> Row:
    return Row(
        value["hours"], value["hours_to_the_end"], law_of_json(value["law"]), law_of_json(value["life_law"])
    )


def law_of_json(value: Mapping[str, Any]) -> Law:
    error = value["error"]
    return Law(**{**value, "error": None if error is None else StandardError(**error)})
