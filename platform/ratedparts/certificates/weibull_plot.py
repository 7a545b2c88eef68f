"""The Weibull plot of a sample of lives, as an SVG that looks the same everywhere.

The axes are those of Weibull probability paper: log time against ``ln(-ln(1 - F))``, on which a Weibull
distribution is a straight line whose slope is the shape.  A line is drawn only from a fit; where the failures
are too few for one, the plot shows what they leave possible and says so.

The text is drawn as outlines of the certificate's font, so the file needs no font where it is shown; its
words are in the title and the description for those who cannot see it.
"""

from __future__ import annotations

import hashlib
import threading
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np

from ratedparts.reliability import LifeSample, WeibullFit
from ratedparts.wording.certificate_font import font_file, require_glyphs

from .life_band import life_band
from .plot_words import PlotWords, bound_name, grouped_time, plot_summary, short_time
from .plotted_lives import PlottedLives, failed_fractions, fitted, sample_of, upper_edge

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

HOURS_A_YEAR = 8760.0
INK, QUIET, GRID, ACCENT, BAND = "#16202b", "#5b6875", "#dde3e8", "#0b5a66", "#dcecee"
# Inches.  At a telephone's width the smallest text is still 7 pixels high, the largest 10.
WIDTH, AXES_HEIGHT, TITLE_HEIGHT, LABEL_LINE, LEGEND_LINE = 4.6, 2.45, 0.34, 0.165, 0.152
# matplotlib keeps what an SVG needs in settings of the whole process; one plot at a time may change them.
_SETTINGS = threading.Lock()


def weibull_plot_svg(lives: PlottedLives, *, language: str, title: str | None = None) -> bytes:
    """Draw the plot; the same lives give the same bytes.

    ``language``: ``zh``, ``en``, or ``zh-en`` for both, Chinese first.  Raises ``lives_not_plottable`` where
    no unit was observed for any time, ``language_unknown`` and, for a title that the font cannot write,
    ``glyph_missing``.
    """
    import matplotlib
    from matplotlib.figure import Figure

    words = PlotWords(language)
    heading = title or words.say("title")
    require_glyphs(heading)
    sample = sample_of(lives)
    fit = fitted(sample)
    with _SETTINGS, matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "ratedparts"}):
        figure = Figure(facecolor="white")
        _draw(figure, lives, sample, fit, words, heading)
        written = BytesIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(written, format="svg", facecolor="white", metadata=nothing)
    return _with_words(written.getvalue().decode(), heading, plot_summary(lives, language)).encode()


def _paper(fraction: Any) -> Any:
    """A fraction's height on the paper."""
    return np.log(-np.log1p(-np.asarray(fraction, dtype=float)))


def _draw(
    figure: Figure,
    lives: PlottedLives,
    sample: LifeSample,
    fit: WeibullFit | None,
    words: PlotWords,
    heading: str,
) -> None:
    axes: Axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xscale("log")
    starts, ends, fractions = failed_fractions(sample)
    left, right = _time_range(lives, sample)
    lowest = min([0.001, *(0.5 * fractions), *(0.5 * upper_edge(sample)[1])])
    bottom, top = float(_paper(max(lowest, 1e-7))), float(_paper(0.9995))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    _rule_the_paper(axes, lives, words, bottom)
    handles = _fitted_line(axes, fit, (left, right), words) if fit else _excluded_region(axes, sample, words)
    handles += _failures(axes, sample, starts, ends, fractions, words)
    handles += _suspensions(axes, sample, words)
    handles += _bounds(axes, lives, words)
    _design_life(axes, lives, words)
    axes.set_title(heading, loc="left", fontproperties=_font(9.5), color=INK, parse_math=False, pad=7)
    _arrange(figure, axes, handles, 3 if lives.acceleration_factor else 2)


def _arrange(figure: Figure, axes: Axes, handles: list[Any], label_lines: int) -> None:
    """One above the other: title, axes, their label, the legend.  The figure is as high as that needs."""
    legend_height = LEGEND_LINE * len(handles) + 0.1
    foot = legend_height + LABEL_LINE * label_lines + 0.05
    height = TITLE_HEIGHT + AXES_HEIGHT + foot
    figure.set_size_inches(WIDTH, height)
    axes.set_position((0.135, foot / height, 0.835, AXES_HEIGHT / height))
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.115, legend_height / height),
        borderaxespad=0.0,
        borderpad=0.0,
        prop=_font(7.4),
        labelcolor=INK,
        frameon=False,
        handlelength=1.8,
        labelspacing=0.35,
    )


def _time_range(lives: PlottedLives, sample: LifeSample) -> tuple[float, float]:
    """From before the first time seen to after the last one seen or marked.

    A bound far below every time seen does not stretch the paper: it is named at its edge.
    """
    seen = [float(t) for t in (*sample.lower, *sample.upper) if np.isfinite(t) and t > 0]
    marked = [bound.time for bound in lives.bounds] + ([lives.design_life] if lives.design_life else [])
    late = max([*seen, *marked])
    # At least two decades, so that a single test time does not fill the paper.
    early = min([*seen, *(time for time in marked if time >= min(seen) / 300.0), late / 50.0])
    margin = 1.5 * (late / early) ** 0.12
    return early / margin, late * margin


def _rule_the_paper(axes: Axes, lives: PlottedLives, words: PlotWords, bottom: float) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, NullFormatter

    percents = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 20, 50, 90, 99, 99.9]
    shown = [percent for percent in percents if _paper(percent / 100.0) >= bottom]
    axes.yaxis.set_major_locator(FixedLocator([float(_paper(percent / 100.0)) for percent in shown]))
    axes.yaxis.set_major_formatter(FixedFormatter([f"{percent:g}" for percent in shown]))
    low, high = axes.get_xlim()
    decades = int(np.ceil(np.log10(high / low)))
    axes.xaxis.set_major_locator(LogLocator(base=10.0, numticks=decades + 3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda time, _: short_time(time)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(True, which="major", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", length=2.5, width=0.6, color=QUIET, labelcolor=INK)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(7.6))
    for side, spine in axes.spines.items():
        spine.set_color(QUIET)
        spine.set_linewidth(0.6)
        spine.set_visible(side in ("left", "bottom"))
    at_use = words.all("at_use", use_condition=lives.use_condition) if lives.use_condition else ["", ""]
    below = "  ".join(map("".join, zip(words.all(f"time_{lives.unit}"), at_use, strict=False)))
    if lives.acceleration_factor:
        below += "\n" + words.say("acceleration", factor=lives.acceleration_factor)
    axes.set_xlabel(below, fontproperties=_font(8), color=INK, parse_math=False, labelpad=3)
    axes.set_ylabel(words.say("failed"), fontproperties=_font(8), color=INK, parse_math=False, labelpad=3)


def _fitted_line(axes: Axes, fit: WeibullFit, span: tuple[float, float], words: PlotWords) -> list[Any]:
    """The line over the paper's height, and the band around it."""
    bounds = life_band(fit, *axes.get_ylim())
    lower, upper = (np.clip(side, span[0] * 1e-9, span[1] * 1e9) for side in (bounds.lower, bounds.upper))
    label = words.say(f"band_{bounds.method}")
    band = axes.fill_betweenx(bounds.heights, lower, upper, color=BAND, linewidth=0, label=label)
    axes.plot(lower, bounds.heights, color=ACCENT, linewidth=0.7, linestyle=(0, (3, 2)))
    axes.plot(upper, bounds.heights, color=ACCENT, linewidth=0.7, linestyle=(0, (3, 2)))
    (line,) = axes.plot(
        np.exp(fit.location + fit.spread * bounds.heights),
        bounds.heights,
        color=ACCENT,
        linewidth=1.5,
        label=words.say("line", shape=f"{fit.shape:.3g}", scale=f"{fit.scale:.4g}"),
    )
    return [line, band]


def _excluded_region(axes: Axes, sample: LifeSample, words: PlotWords) -> list[Any]:
    """What the units rule out without any distribution: more failed, by then, than the edge."""
    times, fractions = upper_edge(sample)
    if not times.size:
        return []
    top = axes.get_ylim()[1]
    corners_x = np.concatenate(([axes.get_xlim()[0]], np.repeat(times, 2)))
    corners_y = np.concatenate((np.repeat(_paper(fractions), 2), [top]))
    region = axes.fill_between(
        corners_x, corners_y, top, color=BAND, linewidth=0, label=words.say("excluded")
    )
    axes.plot(corners_x, corners_y, color=ACCENT, linewidth=1.3, solid_joinstyle="miter")
    said = words.all("no_line") if sample.failures else words.all("none_failed", units=f"{sample.units:,}")
    axes.text(
        0.03,
        0.94,
        "\n".join(said),
        transform=axes.transAxes,
        va="top",
        fontproperties=_font(8.6),
        color=INK,
        linespacing=1.45,
        parse_math=False,
    )
    return [region]


def _failures(
    axes: Axes, sample: LifeSample, starts: Any, ends: Any, fractions: Any, words: PlotWords
) -> list[Any]:
    if not len(ends):
        return []
    heights = _paper(fractions)
    exact = starts == ends
    share = {"failures": sample.failures, "units": f"{sample.units:,}"}
    handles: list[Any] = []
    if exact.any():
        handles += axes.plot(
            ends[exact], heights[exact], "o", color=INK, markersize=3.6, label=words.say("failure", **share)
        )
    if (~exact).any():
        # A failure before the first readout may have come at any time: its bar begins at the paper's edge.
        begin = np.maximum(starts[~exact], axes.get_xlim()[0])
        axes.hlines(heights[~exact], begin, ends[~exact], color=INK, linewidth=1.2)
        handles += axes.plot(
            ends[~exact], heights[~exact], "|", color=INK, markersize=6, label=words.say("interval", **share)
        )
    return handles


def _suspensions(axes: Axes, sample: LifeSample, words: PlotWords) -> list[Any]:
    """An open triangle on the time axis, pointing on: the life goes on from there."""
    sound = ~np.isfinite(sample.upper) & (sample.lower > 0)
    if not sound.any():
        return []
    bottom, top = axes.get_ylim()
    height = bottom + 0.035 * (top - bottom)
    times, counts = sample.lower[sound], sample.count[sound]
    handles = axes.plot(
        times,
        np.full_like(times, height),
        ">",
        markerfacecolor="white",
        markeredgecolor=INK,
        markeredgewidth=0.8,
        markersize=4.5,
        label=words.say("sound"),
    )
    if len(times) <= 2:  # more would overprint each other; the evidence table has all of them
        for time, count in zip(times, counts, strict=True):
            axes.annotate(
                f"{int(count)}",
                (time, height),
                textcoords="offset points",
                xytext=(5, 0),
                va="center",
                fontproperties=_font(7.6),
                color=INK,
            )
    return list(handles)


def _bounds(axes: Axes, lives: PlottedLives, words: PlotWords) -> list[Any]:
    """A diamond with an arrow: the life is at least this.  Left of the paper: a word at its edge."""
    left = axes.get_xlim()[0]
    handles: list[Any] = []
    for bound in lives.bounds:
        height = float(_paper(bound.fraction))
        text: dict[str, Any] = {"fontproperties": _font(7.8), "color": ACCENT, "textcoords": "offset points"}
        on_white = {"facecolor": "white", "edgecolor": "none", "boxstyle": "square,pad=0.15"}
        if bound.time < left:
            axes.annotate(
                f"◀ {bound_name(bound)} ≥ {grouped_time(bound.time)}",
                (left, height),
                xytext=(2, -9),
                bbox=on_white,
                **text,
            )
            continue
        arrow = {"arrowstyle": "<|-", "color": ACCENT, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
        axes.annotate(
            "",
            (bound.time, height),
            xytext=(24, 0),
            textcoords="offset points",
            arrowprops=arrow,
        )
        label = words.say("bound", confidence=f"{100 * bound.confidence:g}")
        handles = axes.plot(bound.time, height, "D", color=ACCENT, markersize=4.2, label=label)
        axes.annotate(bound_name(bound), (bound.time, height), xytext=(6, 4), **text)
    return handles


def _design_life(axes: Axes, lives: PlottedLives, words: PlotWords) -> None:
    if not lives.design_life:
        return
    axes.axvline(lives.design_life, color=QUIET, linewidth=0.9, linestyle=(0, (1.5, 1.5)))
    left, right = axes.get_xlim()
    rightwards = lives.design_life < np.sqrt(left * right)
    axes.annotate(
        words.say("design", "\n"),
        (lives.design_life, 0.7),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        xytext=(4 if rightwards else -4, 0),
        ha="left" if rightwards else "right",
        va="center",
        fontproperties=_font(7.4),
        color=QUIET,
        linespacing=1.3,
    )


@cache
def _font(points: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()), size=points)


def _with_words(svg: str, title: str, description: str) -> str:
    """The bare SVG element, named and described for software that reads aloud."""
    start = svg.index("<svg")
    end = svg.index(">", start)
    # Several plots may stand on one page, so their ids must differ.
    mark = hashlib.sha256((title + "\n" + description + svg).encode()).hexdigest()[:12]
    opening = f'{svg[start:end]} role="img" aria-labelledby="title-{mark} desc-{mark}">'
    named = f'\n <title id="title-{mark}">{escape(title)}</title>'
    described = f'\n <desc id="desc-{mark}">{escape(description)}</desc>'
    return opening + named + described + svg[end + 1 :]
