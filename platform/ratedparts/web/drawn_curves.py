"""Which curves of the rule set's risk are drawn, and their words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ratedparts.grading import CEG_2026_1

from .formatting import share
from .language import text
from .operating_curves import DRAWN, MULTIPLES, rate_plans, run_limit, run_plans
from .operating_plot import CurveWords, Drawn, curves_svg

RATES = {f"{round(100 * confidence)}": confidence for confidence in CEG_2026_1.levels_confidences}
CURVES = (*RATES, *CEG_2026_1.run_targets)
HUNDRED = 100.0


@dataclass(frozen=True)
class Curve:
    name: str
    drawn: Drawn
    words: CurveWords

    def drawing(self) -> bytes:
        return _drawing(self.drawn, self.words)


@lru_cache(maxsize=32)
def _drawing(drawn: Drawn, words: CurveWords) -> bytes:
    return curves_svg(drawn, words)


def risk_at_limit(confidence: float) -> str:
    """Consumer's risk of a product exactly at the limit."""
    return share(round(1 - confidence, 9))


def curve(name: str) -> Curve:
    """One of CURVES."""
    return _rate_curve(name, RATES[name]) if name in RATES else _run_curve(name)


def _rate_curve(name: str, confidence: float) -> Curve:
    plans = rate_plans(confidence)
    risk = risk_at_limit(confidence)
    words = CurveWords(
        title=text("Levels at {percent} % confidence", percent=round(HUNDRED * confidence)),
        across=text("True failure rate, in multiples of the level's limit"),
        up=text("Level granted / %"),
        lines=tuple(text("allowed failures: {count}", count=plan.accept) for plan in plans),
        mark=text("consumer's risk {risk}", risk=risk),
        description=" ".join(
            (
                text(
                    "At the limit of the level every plan is passed with a probability of {risk}.", risk=risk
                ),
                text("A plan that allows more failures and runs longer tells good from bad more sharply."),
            )
        ),
    )
    lines = tuple(tuple(HUNDRED * chance for chance in plan.drawn) for plan in plans)
    return Curve(name, Drawn(tuple(map(float, DRAWN)), lines, HUNDRED * (1 - confidence)), words)


def _run_curve(group: str) -> Curve:
    plans = run_plans(CEG_2026_1, group)
    limit = share(round(run_limit(CEG_2026_1, group), 9))
    at_limit = next(plan.chances[MULTIPLES.index(1.0)] for plan in plans if plan.grade == "A")
    words = CurveWords(
        title=_run_title(group),
        across=text("True share of failing units, in multiples of {limit}", limit=limit),
        up=text("Run passed / %"),
        lines=tuple(
            text("{grade}: {units} units without a failure", grade=plan.grade, units=plan.units)
            for plan in plans
        ),
        mark=text("grade A at its limit: {risk}", risk=share(at_limit)),
        description=text("The more units the run of a grade takes, the fewer bad ones it lets pass."),
    )
    lines = tuple(tuple(HUNDRED * chance for chance in plan.drawn) for plan in plans)
    return Curve(group, Drawn(tuple(map(float, DRAWN)), lines, HUNDRED * at_limit), words)


def _run_title(group: str) -> str:
    if group == "board":
        return text("Success runs of printed boards")
    return text("Success runs of connectors")
