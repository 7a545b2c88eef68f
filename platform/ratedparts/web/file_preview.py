"""What an accepted file shows before anybody sends it: its lots, and the plot of its lives in test time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.life_analysis import analyse
from ratedparts.evidence.summary import summarise
from ratedparts.protocols import (
    CheckReport,
    Layout,
    Protocol,
    ProtocolLibrary,
)

from .faults_file import inline
from .life_plots import UNITS, drawing, summary, tested_lives

# A plot of more times than these takes longer than a visitor waits, and its points overprint each other.
TIMES_DRAWN = 500
PLOTS_DRAWN = 4


@dataclass(frozen=True)
class LotCount:
    """Units of a lot: ``failures + suspensions`` is all on test; ``left`` of the suspensions went early."""

    lot_code: str
    rows: int
    units: int
    failures: int
    left: int = 0
    left_unproven: int = 0  # without a cause proven to lie outside the unit: a grade counts them as failures

    @property
    def suspensions(self) -> int:
        return self.units - self.failures


@dataclass(frozen=True)
class DrawnPlot:
    """A plot as an address that holds the whole drawing, and the same in words."""

    heading: str
    address: str
    summary: str


@dataclass(frozen=True)
class FilePreview:
    lots: tuple[LotCount, ...]
    total: LotCount
    nonconforming: int  # units that did not conform at receipt: never on test
    evidence: dict[str, Any]  # as a dossier holds it
    plots: tuple[DrawnPlot, ...]
    plots_left_out: int
    no_plot: str | None  # not_lives | too_many_times | nothing_to_plot


def preview(
    report: CheckReport, protocol: Protocol, library: ProtocolLibrary, language: str
) -> FilePreview | None:
    """None for a refused file."""
    if not report.accepted:
        return None
    evidence = summarise(report, protocol)
    lots = tuple(_lot_counts(report, evidence))
    total = LotCount(
        "",
        report.rows,
        *(sum(getattr(lot, name) for lot in lots) for name in ("units", "failures", "left", "left_unproven")),
    )
    plots, no_plot = _plots(evidence, protocol, library, language)
    left_out = len(lots) - len(plots) if protocol.layout is Layout.UNIT_LIVES and plots else 0
    outcomes = report.outcomes.lots.values() if report.outcomes is not None else ()
    nonconforming = sum(lot.nonconforming for lot in outcomes)
    return FilePreview(lots, total, nonconforming, evidence, plots, left_out, no_plot)


def _lot_counts(report: CheckReport, evidence: dict[str, Any]) -> list[LotCount]:
    table = report.table
    codes = table.texts.get("lot_code", []) if table is not None else []
    rows = Counter(codes)
    if report.outcomes is not None:
        rows = Counter({code: lot.rows for code, lot in report.outcomes.lots.items()})
    if table is not None and "lots" not in evidence:
        units: dict[str, set[str]] = {}
        for code, unit in zip(codes, table.texts["unit_id"], strict=True):
            units.setdefault(code, set()).add(unit)
        return [LotCount(code, rows[code], len(found), 0) for code, found in sorted(units.items())]
    counts = []
    for lot in evidence["lots"]:
        groups = lot["units"]
        gone = [group for group in groups if group["upper"] is None and group.get("removed")]
        counts.append(
            LotCount(
                lot["lot_code"],
                rows[lot["lot_code"]] or report.rows,
                sum(group["count"] for group in groups),
                sum(group["count"] for group in groups if group["upper"] is not None),
                sum(group["count"] for group in gone),
                sum(group["count"] for group in gone if group["removed"] != "external"),
            )
        )
    return counts


def _plots(
    evidence: dict[str, Any], protocol: Protocol, library: ProtocolLibrary, language: str
) -> tuple[tuple[DrawnPlot, ...], str | None]:
    if protocol.metric not in UNITS or "lots" not in evidence:
        return (), "not_lives"
    lots = evidence["lots"][:PLOTS_DRAWN] if protocol.layout is Layout.UNIT_LIVES else evidence["lots"]
    times = {(group["lower"], group["upper"]) for lot in lots for group in lot["units"]}
    if len(times) > TIMES_DRAWN:
        return (), "too_many_times"
    drawn = []
    try:
        # Here no fit decides anything, so a sample that allows none is not drawn and that is all.
        test = {"protocol": protocol.name, "lots": lots}
        for sample in analyse({"tests": [test]}, protocol.id, library)["samples"]:
            lives = tested_lives(sample, UNITS[protocol.metric])
            address = inline(drawing(lives, language), "image/svg+xml")
            drawn.append(DrawnPlot(sample["title"], address, summary(lives, language)))
    except (RatedPartsError, ArithmeticError, ValueError):
        return (), "nothing_to_plot"
    return tuple(drawn), None if drawn else "nothing_to_plot"
