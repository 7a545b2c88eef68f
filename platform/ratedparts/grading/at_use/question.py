"""The use that is asked for: one condition, or a mission of phases; nonsense is refused with every fault."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ratedparts.errors import Fault, RatedPartsError

from ..rule_set import UseCondition

# Wider than any use of a component: beyond, a number is a slip of the pen, and exponentials may overflow.
POSSIBLE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "temperature_c": (-100.0, 500.0),
        "voltage_ratio": (0.01, 2.0),
        "humidity_rh": (0.0, 100.0),
        "share": (0.0, 1.0),
        "hours": (1.0, 1e7),
    }
)
MOST_PHASES = 100
SHARES_BAND = 1e-9  # a forgotten phase makes a part look better than it is


@dataclass(frozen=True)
class Phase:
    """A share of the time under one condition; a temperature of None is each part's own rating.

    Humidity is kept because it belongs to the condition; no failure rate is computed from it (clause 6.10.4).
    """

    share: float
    temperature_c: float | None
    voltage_ratio: float
    humidity_rh: float | None = None

    @property
    def condition(self) -> UseCondition:
        return UseCondition("at use", self.temperature_c, self.humidity_rh, self.voltage_ratio)


@dataclass(frozen=True)
class UseQuestion:
    """``hours``: how long the part is to last; None is the life that each part's maker declares.

    Raises
    ------
    RatedPartsError
        ``use_refused`` with every fault: ``out_of_range``, ``too_many_phases``, ``profile_fractions``.
    """

    phases: tuple[Phase, ...]
    hours: float | None = None

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise RatedPartsError("use_refused", items=faults)


def at_condition(
    temperature_c: float | None,
    voltage_ratio: float,
    *,
    humidity_rh: float | None = None,
    hours: float | None = None,
) -> UseQuestion:
    """One condition for the whole life; degrees Celsius at the point where the protocol states its stress."""
    return UseQuestion((Phase(1.0, temperature_c, voltage_ratio, humidity_rh),), hours)


def over_mission(phases: Sequence[Phase], *, hours: float | None = None) -> UseQuestion:
    """A histogram of phases, in whatever order; their shares add up to one."""
    return UseQuestion(tuple(phases), hours)


def at_reference(use: UseCondition, *, hours: float | None = None) -> UseQuestion:
    """The condition of a rule set, the rated one included."""
    return at_condition(use.temperature_c, use.voltage_ratio, humidity_rh=use.humidity_rh, hours=hours)


def _faults(question: UseQuestion) -> Iterator[Fault]:
    if question.hours is not None:
        yield from _outside(question.hours, "hours", "hours")
    given = question.phases
    if not 1 <= len(given) <= MOST_PHASES:
        parameters = {"maximum": MOST_PHASES}
        yield Fault("too_many_phases", column="phases", given=str(len(given)), parameters=parameters)
        return
    for index, phase in enumerate(given):
        path = f"phases.{index}" if len(given) > 1 else ""
        for name in ("share", "temperature_c", "voltage_ratio", "humidity_rh"):
            value = getattr(phase, name)
            if value is not None:
                yield from _outside(value, name, f"{path}.{name}".lstrip("."))
    total = math.fsum(phase.share for phase in given)
    if not abs(total - 1.0) <= SHARES_BAND:
        yield Fault("profile_fractions", column="phases", given=f"{total:.10g}")


def _outside(value: float, name: str, path: str) -> Iterator[Fault]:
    low, high = POSSIBLE[name]
    if not low <= value <= high:  # a value that is no number is not between them either
        yield Fault(
            "out_of_range", column=path, given=f"{value:g}", parameters={"minimum": low, "maximum": high}
        )
