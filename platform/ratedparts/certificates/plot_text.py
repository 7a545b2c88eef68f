"""A plot whose words are text again, for a page that has the font: outlines cost most of the page's time.

`weibull_plot_svg` draws each word as outlines, glyph by glyph, so that it looks the same where the font is
not installed.  The certificate's page embeds that font anyway; there text is a tenth of the drawing, and can
be searched and copied.
"""

from __future__ import annotations

import re

from ratedparts.wording.certificate_font import FAMILY

# How matplotlib begins a line of words: what it says, in a comment; then its place and the outlines' size.
_COMMENT = "<!-- "
_LINE = re.compile(
    r"(?P<said>[^\n]+) -->\s*"
    r'<g style="fill: (?P<fill>#[0-9a-f]{6})" transform="translate\((?P<x>[-0-9.]+) (?P<y>[-0-9.]+)\)'
    r'(?: rotate\((?P<turn>[-0-9.]+)\))? scale\((?P<scale>[0-9.]+) -(?P=scale)\)">'
)
_GROUP, _END = "<g", "</g>"
_UNITS_OF_AN_EM = 100  # the scale of the outlines


def words_as_text(svg: bytes) -> bytes:
    """The same drawing with text of the certificate's font in the place of outlines.

    All of them or none: an outline is defined where it is needed first, and used by the lines after it.
    """
    before, *lines = svg.decode("utf-8").split(_COMMENT)
    written = [before.replace("<svg ", f'<svg font-family="{FAMILY}" ', 1)]
    for line in lines:
        text = _as_text(line)
        if text is None:
            return svg
        written.append(text)
    return "".join(written).encode("utf-8")


def _as_text(line: str) -> str | None:
    """The text element, and what followed the outlines; None where it is not known what they say."""
    begins = _LINE.match(line)
    # A comment may not hold two hyphens; they are written apart, and what was said is lost.
    if begins is None or "- -" in begins["said"]:
        return None
    outlines, end, after = line[begins.end() :].partition(_END)
    if not end or _GROUP in outlines:
        return None
    turn = f" rotate({begins['turn']})" if begins["turn"] else ""
    size = f"{float(begins['scale']) * _UNITS_OF_AN_EM:.6g}"
    return (
        f'<text xml:space="preserve" fill="{begins["fill"]}" font-size="{size}"'
        f' transform="translate({begins["x"]} {begins["y"]}){turn}">{begins["said"]}</text>{after}'
    )
