"""What stands in the way of a grade and is not cured by further units, each with its clause and its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ..decision import Decision, Reason
from ..flags import is_incomplete
from .asked import Asked, suffices
from .environment_needs import failures_in_the_way
from .lot_sample_needs import samples_in_the_way
from .situation import Situation


def standing_in_the_way(situation: Situation, asked: Asked, decision: Decision) -> Iterator[Reason]:
    """Reports that hold the grade below what is asked as long as they are valid, whatever is added to them.

    ``decision``: on what stands that day.
    """
    for report in situation.evidence.mandatory_live:
        cap = situation.rules.evidence_caps[report.test.evidence_class]
        if not suffices(cap, asked.grade):
            parameters = {
                "protocol": report.protocol.name,
                "class": report.test.evidence_class,
                "cap": cap,
                "wanted": asked.evidence_class,
                "until": report.valid_through.isoformat(),
            }
            yield Reason("NEXT_EVIDENCE_CLASS", "6.4", False, parameters=parameters)
    for report in situation.evidence.reports:
        stopped = report.live and report.test.registered and is_incomplete(report)
        if stopped and not suffices(situation.rules.incomplete_cap, asked.grade):
            parameters = {
                "protocol": report.protocol.name,
                "cap": situation.rules.incomplete_cap,
                "until": report.valid_through.isoformat(),
            }
            yield Reason("NEXT_INCOMPLETE", "6.9", False, parameters=parameters)
    yield from failures_in_the_way(situation, asked)
    yield from samples_in_the_way(situation, asked)
    if any(one.code == "R_DFR" and not one.met for one in decision.reasons) and not suffices(
        situation.rules.decreasing_rate_cap, asked.grade
    ):
        falling: dict[str, Any] = {"cap": situation.rules.decreasing_rate_cap, "until": _expires(situation)}
        yield Reason("NEXT_FALLING_RATE", "R7", False, parameters=falling)
    matings = situation.dossier.part.attributes.get("rated_matings")
    if asked.run is not None and isinstance(matings, float | int) and not isinstance(matings, bool):
        protocol = situation.library.latest(situation.family.reliability_protocol)
        condition = next((one for one in protocol.stress if one.name == "matings"), None)
        targets = [one for one in (condition.targets if condition else ()) if isinstance(one, float)]
        if targets and matings > max(targets):
            yield Reason("NEXT_MATINGS", "6.10.6", False, float(matings), max(targets))


def not_within_reach(
    situation: Situation, asked: Asked, tried: Decision, most: int, needed: int | None
) -> Iterator[Reason]:
    """Why even ``most`` further units without a failure would not do; ``tried``: the decision on them.

    ``needed``: what the closed forms ask for at the least, where that is more.
    """
    until = _expires(situation)
    more = needed if needed is not None and needed > most else None
    last: dict[str, Reason] = {}
    for reason in tried.reasons:
        last[reason.code] = reason
        if reason.parameters.get("grade") == asked.grade and reason.code in ("R_TARGET", "R_RUN", "L_LIFE"):
            last[f"{reason.code} asked"] = reason
    if not suffices(tried.caps["R"], asked.grade):
        short = last.get("R_TARGET asked") or last.get("R_RUN asked")
        number, limit, margin = (short.number, short.limit, short.margin) if short else (None, None, None)
        differ, shape = last.get("R_HETERO"), last.get("R_SHAPE")
        parameters: dict[str, Any]
        if differ is not None:
            parameters = {"worst": differ.parameters.get("worst"), "until": until}
            yield Reason("NEXT_LOTS_DIFFER", "R9", False, number, limit, margin, parameters)
        elif shape is not None and shape.parameters.get("hazard") == "wearout":
            parameters = {"until": until}
            yield Reason("NEXT_WEAROUT", "R6", False, number, limit, margin, parameters)
        else:
            parameters = {"units": most, "needed": more, "until": until}
            yield Reason("NEXT_RATE", "6.5", False, number, limit, margin, parameters)
    if not suffices(tried.caps["L"], asked.grade):
        short = last.get("L_LIFE asked")
        number, limit, margin = (short.number, short.limit, short.margin) if short else (None, None, None)
        times = limit / number if limit and number else None
        parameters = {"units": most, "needed": more, "times": times, "until": until}
        yield Reason("NEXT_LIFE", "L4", False, number, limit, margin, parameters)
    falling = any(one.code == "R_DFR" and not one.met for one in tried.reasons)
    if falling and not suffices(tried.caps["flags"], asked.grade):
        parameters = {"cap": situation.rules.decreasing_rate_cap, "until": until}
        yield Reason("NEXT_FALLING_RATE", "R7", False, parameters=parameters)


def end_of(obstacles: Iterable[Reason]) -> date | None:
    """The last day on which one of them stands; None where one of them does not pass with time."""
    ends = [one.parameters.get("until") for one in obstacles]
    if not ends or any(end is None for end in ends):
        return None
    return max(date.fromisoformat(end) for end in ends if end is not None)


def _expires(situation: Situation) -> str | None:
    """When the last report is gone in which a unit failed; of drift, any: each unit may end what is shown."""
    holding = situation.failing()
    if situation.shape is None and not situation.graded.by_units:
        holding = situation.evidence.reliability
    return max(report.valid_through for report in holding).isoformat() if holding else None
