"""Axis R of what passes or fails: the share of good contacts or nets that a run shows (clause 6.10.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ratedparts.reliability import ltpd_sample_size, proportion_upper_bound

from .decision import Reason
from .dossier import Part
from .evidence import Report
from .exposure import Exposure, LotOnTest
from .failure_rate_levels import at_least
from .figures import RunFigures
from .reliability_axis import ReliabilityResult
from .rule_set import RuleSet, RunTarget
from .stress import NOT_ACCELERATED


def expose_run(reports: Iterable[Report], part: Part) -> Exposure:
    """Registered runs count with units and failures, others with their failures alone (P1).

    So does a run that ended before the matings that the part is rated for: it shows nothing of the rest.
    """
    lots: list[LotOnTest] = []
    failures = 0
    for report in reports:
        test = report.test
        if test.registered and _mated_enough(report, part):
            alike = (NOT_ACCELERATED, NOT_ACCELERATED, NOT_ACCELERATED)
            lots += [LotOnTest(lot, test, report.protocol, *alike) for lot in test.lots]
        else:
            failures += sum(lot.failures for lot in test.lots)
    return Exposure(tuple(lots), failures)


def _mated_enough(report: Report, part: Part) -> bool:
    rated, matings = part.attributes.get("rated_matings"), (report.test.stress or {}).get("matings")
    if isinstance(rated, bool | str) or isinstance(matings, bool | str) or rated is None or matings is None:
        return True
    return at_least(matings, rated)


def measure_success_run(exposure: Exposure, everything: Exposure, rule_set: RuleSet) -> RunFigures:
    """Of what is graded; and how many units there are in all."""
    printed = {
        f"reliability_lower_{round(100 * confidence)}": shown_reliability(exposure, confidence)
        for confidence in rule_set.levels_confidences
    }
    return RunFigures(everything.units, exposure.failures, exposure.tested_units, printed)


def judge_success_run(figures: RunFigures, rule_set: RuleSet, group: str) -> ReliabilityResult:
    """The best target met by the Clopper-Pearson bound on all units of what is graded.

    Where lots differ the worst of them is graded; P5 asks of all of them whether there is enough.
    """
    needed = rule_set.minimum_units_of.get(group, rule_set.minimum_units)
    units = figures.all_units
    minimum = Reason("R_SAMPLE", "P5", units >= needed, units, needed, units / needed)
    cap, rests_on, reasons = _cap(figures, rule_set.run_targets[group])
    if not minimum.met:
        cap = "U"
    return ReliabilityResult(cap, rests_on, (minimum, *reasons))


def _cap(figures: RunFigures, targets: Sequence[RunTarget]) -> tuple[str, str, tuple[Reason, ...]]:
    reasons = []
    cap, rests_on = "U", "none"
    counted = {"failures": figures.failures, "units": figures.units}
    for target in reversed(targets):
        shown = _shown(figures.failures, figures.units, target.confidence)
        met = at_least(shown, target.reliability)
        parameters = {"grade": target.grade, "confidence": target.confidence, **counted}
        # How many times as many might fail; a share of good units near one has no margin of its own.
        margin = (1.0 - target.reliability) / (1.0 - shown)
        reasons.append(Reason("R_RUN", "6.10.6", met, shown, target.reliability, margin, parameters))
        if met:
            cap, rests_on = target.grade, _printed(target)
    if cap == "U":
        last = targets[-1]
        wanted = ltpd_sample_size(1.0 - last.reliability, figures.failures, last.confidence)
        units = figures.units
        parameters = {"missing_units": max(wanted - units, 0), "failures": figures.failures}
        reasons.append(Reason("R_UNITS", "6.10.6", False, units, wanted, units / wanted, parameters))
    return cap, rests_on, tuple(reasons)


def _printed(target: RunTarget) -> str:
    """``R.99@90``, with two decimals or as many as it takes."""
    share = f"{target.reliability:g}".removeprefix("0").ljust(3, "0")
    return f"R{share}@{round(100 * target.confidence)}"


def shown_reliability(exposure: Exposure, confidence: float) -> float:
    """Lower bound of the share of good units; zero without a unit."""
    return _shown(exposure.failures, exposure.tested_units, confidence)


def _shown(failures: int, units: int, confidence: float) -> float:
    if units <= 0:
        return 0.0
    return 1.0 - proportion_upper_bound(min(failures, units), units, confidence)
