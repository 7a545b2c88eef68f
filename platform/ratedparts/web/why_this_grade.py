"""Why a grade is what it is: every rule that was looked at, by axis, with its margin in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ratedparts.protocols import ProtocolLibrary
from ratedparts.wording import reason_sentence
from ratedparts.wording.values import significant

from .formatting import number
from .language import language, text

AXES = ("R", "L", "Q", "E", "flags")
# What caps the whole, whichever axis its code is named after.
OF_THE_WHOLE = ("R_DFR", "PLAN_INCOMPLETE", "PLAN_UNREGISTERED", "NOT_GRADED", "EXPIRED", "PCN")
# A probability has no "times better than needed"; these are rates, lives, hours, units, shares and Cpk.
PROPORTIONAL = (
    "R_TARGET",
    "R_RUN",
    "R_HOURS",
    "R_UNITS",
    "R_SAMPLE",
    "R_MINIMUM_HOURS",
    "L_LIFE",
    "L_SHORT",
    "Q_CLASS",
    "Q_MISSING",
    "Q_FAIL",
    "CPK_LOW",
    "PLAN_INCOMPLETE",
)
MOST_TIMES = 1000.0


@dataclass(frozen=True)
class ShownRule:
    """``figures``: number and limit where the sentence says neither; ``margin``: in words, or nothing."""

    code: str
    rule: str
    met: bool
    sentence: str
    figures: str
    margin: str


@dataclass(frozen=True)
class AxisOfRules:
    """``binding``: it holds the grade where it is; its rules that are not met stand first."""

    axis: str
    title: str
    cap: str
    binding: bool
    rules: tuple[ShownRule, ...]

    @property
    def unmet(self) -> int:
        return sum(not rule.met for rule in self.rules)


def axes_of(decision: Mapping[str, Any], library: ProtocolLibrary) -> list[AxisOfRules]:
    """The rules of a stored decision by axis, those that hold the grade first."""
    found: dict[str, list[ShownRule]] = {axis: [] for axis in AXES}
    for reason in decision.get("reasons", []):
        found[axis_of(reason["code"])].append(_shown(reason, library))
    axes = [
        AxisOfRules(
            axis,
            axis_title(axis),
            decision["caps"][axis],
            axis in decision["binding"],
            tuple(sorted(rules, key=lambda rule: rule.met)),
        )
        for axis, rules in found.items()
        if rules
    ]
    return sorted(axes, key=lambda one: not one.binding)


def axis_of(code: str) -> str:
    name = code.partition(":")[0]
    if name in OF_THE_WHOLE:
        return "flags"
    return {"L": "L", "Q": "Q", "C": "Q", "E": "E"}.get(name[0], "R")


def axis_title(axis: str) -> str:
    return {
        "R": text("Reliability"),
        "L": text("Life"),
        "Q": text("Quality"),
        "E": text("Evidence"),
        "flags": text("How the tests were run"),
    }[axis]


def margin_in_words(reason: Mapping[str, Any]) -> str:
    """``2.4 times better than needed``; nothing where a number has no such distance to its limit."""
    margin = reason.get("margin")
    if margin is None or margin <= 0 or reason["code"].partition(":")[0] not in PROPORTIONAL:
        return ""
    if not reason["met"]:
        share = math.floor(100.0 * margin * (1.0 + 1e-9))
        if share >= 100:  # another limit than this one is what is missed
            return ""
        if share < 1:
            return text("less than 1 % of what is needed")
        return text("{percent} % of what is needed", percent=share)
    if margin < 1.05:
        return text("just as good as needed")
    if margin > MOST_TIMES:
        return text("more than {times} times better than needed", times=number(MOST_TIMES))
    return text(
        "{times} times better than needed", times=number(float(significant(margin, 2, "ROUND_FLOOR")))
    )


def _shown(reason: Mapping[str, Any], library: ProtocolLibrary) -> ShownRule:
    return ShownRule(
        reason["code"],
        reason["rule"],
        bool(reason["met"]),
        reason_sentence(reason, language()),
        _figures(reason, library),
        margin_in_words(reason),
    )


def _figures(reason: Mapping[str, Any], library: ProtocolLibrary) -> str:
    """Of the quality axis, whose sentences name the class alone."""
    name, _, subject = reason["code"].partition(":")
    value, limit = reason.get("number"), reason.get("limit")
    if name not in ("Q_CLASS", "Q_MISSING", "Q_FAIL") or value is None or limit is None:
        return ""
    protocols = {one.id: one for one in library.protocols.values()}
    protocol = protocols.get(subject.partition(":")[0])
    if protocol is None:
        return text("Cpk {number}, at least {limit}", number=_down(value), limit=number(limit))
    if protocol.weibull_grade is not None:
        return text("{number} % in 1000 h, at most {limit} %", number=_up(value), limit=number(limit))
    return text(
        "up to {number} % may fail, at most {limit} %", number=_up(100.0 * value), limit=number(100.0 * limit)
    )


def _up(value: float) -> str:
    return number(float(significant(value, 3, "ROUND_CEILING")))


def _down(value: float) -> str:
    return number(float(significant(value, 3, "ROUND_FLOOR")))
