"""Operating characteristics as a drawing: the chance of passing against how bad the parts really are.

Made as the Weibull plots are: matplotlib, text as outlines of the certificate's font, the same colours, and
the words in the title and the description for those who cannot see it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ratedparts.wording.certificate_font import font_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

INK, QUIET, GRID = "#16202b", "#5b6875", "#dde3e8"
# Told apart by their dashes too, for those who see no colours.
LINES = (
    ("#0b5a66", "solid"),
    ("#b0481e", (0, (6, 2))),
    ("#5a4a9c", (0, (2, 1.5))),
    ("#3d6b1f", (0, (7, 2, 1.5, 2))),
)
WIDTH, HEIGHT, LEGEND_LINE = 4.6, 2.9, 0.17  # inches, as the Weibull plots
TICKS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True)
class CurveWords:
    """What is written on the drawing, in the reader's language."""

    title: str
    across: str  # the horizontal axis
    up: str
    lines: tuple[str, ...]
    mark: str  # what the dot at the limit says
    description: str


@dataclass(frozen=True)
class Drawn:
    multiples: tuple[float, ...]
    lines: tuple[tuple[float, ...], ...]  # in per cent of the tests
    risk: float | None  # where all lines meet at the limit


def curves_svg(drawn: Drawn, words: CurveWords) -> bytes:
    """The same numbers and words give the same bytes."""
    from matplotlib.figure import Figure

    legend = LEGEND_LINE * len(words.lines) + 0.12
    figure = Figure(figsize=(WIDTH, HEIGHT + legend), facecolor="white")
    foot = (legend + 0.5) / (HEIGHT + legend)
    axes: Axes = figure.add_axes((0.12, foot, 0.85, 1.0 - foot - 0.32 / (HEIGHT + legend)))
    _rule(axes, words)
    handles = []
    for values, label, (colour, dashes) in zip(drawn.lines, words.lines, LINES, strict=False):
        handles += axes.plot(
            drawn.multiples, values, color=colour, linestyle=dashes, linewidth=1.5, label=label
        )
    if drawn.risk is not None:
        _mark(axes, drawn.risk, words.mark)
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.1, 0.0),
        prop=_font(7.6),
        labelcolor=INK,
        frameon=False,
        handlelength=3.0,
        labelspacing=0.35,
    )
    written = BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(written, format="svg", facecolor="white", metadata=nothing)
    return _told(_named_in_order(written.getvalue().decode()), words).encode()


def _rule(axes: Axes, words: CurveWords) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    axes.set_xscale("log")
    axes.set_xlim(0.04, 6.0)
    axes.set_ylim(0.0, 100.0)
    axes.xaxis.set_major_locator(FixedLocator(list(TICKS)))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in TICKS]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(FixedLocator([0, 10, 20, 40, 60, 80, 100]))
    axes.grid(True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axvline(1.0, color=QUIET, linewidth=0.9, linestyle=(0, (1, 1.5)))
    axes.tick_params(which="both", length=2.5, width=0.6, color=QUIET, labelcolor=INK)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(7.6))
    for side, spine in axes.spines.items():
        spine.set_color(QUIET)
        spine.set_linewidth(0.6)
        spine.set_visible(side in ("left", "bottom"))
    axes.set_xlabel(words.across, fontproperties=_font(8), color=INK, parse_math=False, labelpad=3)
    axes.set_ylabel(words.up, fontproperties=_font(8), color=INK, parse_math=False, labelpad=3)
    axes.set_title(words.title, loc="left", fontproperties=_font(9.5), color=INK, parse_math=False, pad=7)


def _mark(axes: Axes, risk: float, said: str) -> None:
    axes.plot([1.0], [risk], "o", color=INK, markersize=4.5)
    axes.annotate(
        said,
        (1.0, risk),
        textcoords="offset points",
        xytext=(7, 5),
        fontproperties=_font(7.8),
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "square,pad=0.12"},
    )


def _font(points: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()), size=points)


def _named_in_order(svg: str) -> str:
    """matplotlib names markers and clips by chance; numbered, they are the same every time."""
    names: Sequence[str] = tuple(dict.fromkeys(re.findall(r'id="([mp][0-9a-f]{10})"', svg)))
    for place, name in enumerate(names):
        svg = svg.replace(name, f"shape-{place}")
    return svg


def _told(svg: str, words: CurveWords) -> str:
    start = svg.index("<svg")
    end = svg.index(">", start)
    opening = f'{svg[start:end]} role="img" aria-labelledby="curve-title curve-says">'
    told = (
        f'\n <title id="curve-title">{escape(words.title)}</title>'
        f'\n <desc id="curve-says">{escape(words.description)}</desc>'
    )
    return opening + told + svg[end + 1 :]
