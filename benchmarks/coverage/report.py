"""The coverage tables as text, and the picture of them."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import enumeration
    import exact_times
    import readouts

DESIGNS = {
    "complete": "complete",
    "failures": "failure-terminated (type II)",
    "time": "time-terminated (type I)",
    "several ends": "several ends of test",
}
TARGETS = {
    "complete": "89.3–90.7",
    "failures": "89.3–90.7",
    "time": "88.5–95",
    "several ends": "88.5–95",
}


def tables(
    exact: list[exact_times.Coverage],
    grouped: list[readouts.Coverage],
    enumerated: list[enumeration.Coverage],
    samples: int,
) -> str:
    error = 100.0 * (0.09 / samples) ** 0.5
    lines = [
        "# Coverage of one-sided 90 % lower bounds",
        "",
        f"Written by `make coverage`: {samples} samples a cell of simulated designs, 100,000 of pivotal",
        f"ones; the standard error of 90.0 is {error:.2f} and 0.09 points. The same test bounds the life of",
        "which a fraction has failed and the reliability at that life: a row for B5 is also one for R(t) at",
        "the true B5.",
        "",
        "## Exact failure times",
        "",
        "Any shape: the methods commute with it. Wald is given for the samples that have an estimate.",
        "",
        "| life | design | units | censored | Wald | likelihood ratio | **calibrated** | target | no fit |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for found in exact:
        cell = found.cell
        lines.append(
            f"| B{100 * cell.fraction:g} | {DESIGNS[cell.design]} | {cell.units} | {100 * cell.censored:g} % "
            f"| {found.wald:.1f} | {found.likelihood_ratio:.1f} | **{found.calibrated:.1f}** "
            f"| {TARGETS[cell.design]} | {found.without_estimate:.1f} % |"
        )
    lines += [
        "",
        "## Readouts, 77 units",
        "",
        "Forced: the coverage of the same test where the shape is known. Between readouts outcomes come in",
        "lumps, and no test of the same order can come nearer to 90 % without falling below it. At most",
        "2,000 samples a cell.",
        "",
        "| life | readouts | shape | failing | Wald | likelihood ratio | **calibrated** | forced | no fit |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in grouped:
        place = row.cell
        schedule = ", ".join(f"{time:g}" for time in row.readouts)
        lines.append(
            f"| B{100 * place.fraction:g} | {schedule} h | {place.shape:g} | {100 * place.failing:g} % "
            f"| {row.wald:.1f} | {row.likelihood_ratio:.1f} | **{row.calibrated:.1f}** | {row.forced:.1f} "
            f"| {row.without_estimate:.1f} % |"
        )
    lines += ["", *_extremes(exact, grouped), "", *_enumerated(enumerated)]
    return "\n".join(lines) + "\n"


def _extremes(exact: list[exact_times.Coverage], grouped: list[readouts.Coverage]) -> list[str]:
    lines = ["### Lowest and highest of both tables", "", "| | lowest | highest |", "| --- | --- | --- |"]
    for name, design in DESIGNS.items():
        of_design = [found for found in exact if found.cell.design == name]
        for method in ("wald", "likelihood_ratio", "calibrated"):
            lines.append(_range(f"{design}, {method}", [getattr(found, method) for found in of_design]))
    for method in ("wald", "likelihood_ratio", "calibrated", "forced"):
        lines.append(_range(f"readouts, {method}", [getattr(row, method) for row in grouped]))
    return lines


def _enumerated(enumerated: list[enumeration.Coverage]) -> list[str]:
    """A line for each test and life: the whole table would be four times as long as what it says."""
    lines = [
        "## Readouts, every outcome enumerated",
        "",
        "No simulation: exact to the digits shown. Each line is a test and a life, over shapes 0.5 to 4 and",
        "5 to 90 % failing by the last readout: lowest, middle and highest of 28. Plugged in: judged at",
        "the constrained estimate of the shape alone.",
        "",
        "| units | readouts | life | likelihood ratio | plugged in | **calibrated** | forced |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    tests = dict.fromkeys((row.cell.units, row.cell.readouts, row.cell.fraction) for row in enumerated)
    for units, times, fraction in tests:
        rows = [
            row
            for row in enumerated
            if (row.cell.units, row.cell.readouts, row.cell.fraction) == (units, times, fraction)
        ]
        ranges = []
        for method in ("likelihood_ratio", "plugged_in", "calibrated", "forced"):
            values = sorted(getattr(row, method) for row in rows)
            ranges.append(f"{values[0]:.1f} / {median(values):.1f} / {values[-1]:.1f}")
        schedule = ", ".join(f"{time:g}" for time in times)
        ranges[2] = f"**{ranges[2]}**"
        lines.append(f"| {units} | {schedule} h | B{100 * fraction:g} | " + " | ".join(ranges) + " |")
    return lines


def _range(name: str, values: list[float]) -> str:
    known = [value for value in values if value == value]
    return f"| {name} | {min(known):.1f} | {max(known):.1f} |"


def plot(exact: list[exact_times.Coverage], path: Path) -> None:
    """Coverage of B10 bounds against the number of units, one panel for each design."""
    import matplotlib
    from matplotlib.figure import Figure

    panels = [("complete", 0.0), ("failures", 0.5), ("failures", 0.8), ("time", 0.5), ("time", 0.8)]
    styles = {
        "wald": ("Wald (the usual default)", "#a23b3b", "o"),
        "likelihood_ratio": ("likelihood ratio", "#8a6d1d", "s"),
        "calibrated": ("calibrated", "#0b5a66", "D"),
    }
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ratedparts", "font.size": 9}):
        figure = Figure(figsize=(9.6, 3.0), layout="constrained")
        axes = figure.subplots(1, len(panels), sharey=True)
        for panel, (design, censored) in zip(axes, panels, strict=True):
            rows = [
                found
                for found in exact
                if (found.cell.design, found.cell.censored, found.cell.fraction) == (design, censored, 0.10)
            ]
            units = [found.cell.units for found in rows]
            for method, (label, colour, marker) in styles.items():
                values = [getattr(found, method) for found in rows]
                panel.plot(units, values, marker, color=colour, label=label, markersize=4, linestyle="-")
            panel.axhline(90.0, color="#5b6875", linewidth=0.8, linestyle=(0, (3, 2)))
            panel.set_xscale("log")
            panel.set_xticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
            panel.minorticks_off()
            panel.set_title(
                f"{DESIGNS[design]}\n{100 * censored:g} % censored" if censored else "complete", fontsize=9
            )
            panel.set_xlabel("units")
        axes[0].set_ylabel("covers, % (stated: 90)")
        figure.legend(
            *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False
        )
        figure.savefig(path, metadata={"Date": None, "Creator": None})
