"""The font of certificates and plots, and the characters that it cannot write.

The font comes with the package ``zhplot``; the project commits none.  PDF/A refuses a character without a
glyph, so a name is checked when it is registered, long before a certificate bears it.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ratedparts.errors import Kind, RatedPartsError

FILE_NAME = "NotoSansSC-Regular.ttf"
FAMILY = "Noto Sans SC"


@cache
def font_folder() -> Path:
    """The folder with the font.  Raises ``font_missing`` (UNAVAILABLE) where the package is not installed.

    The package is located and not imported: importing it would load all of matplotlib.
    """
    found = find_spec("zhplot")
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "fonts"
        if (folder / FILE_NAME).is_file():
            return folder
    raise RatedPartsError("font_missing", kind=Kind.UNAVAILABLE, file=FILE_NAME)


def font_file() -> Path:
    return font_folder() / FILE_NAME


def require_glyphs(text: str) -> None:
    """Raise ``glyph_missing`` with the ``characters`` that the font cannot show."""
    missing = missing_glyphs(text)
    if missing:
        raise RatedPartsError("glyph_missing", characters=missing)


def missing_glyphs(text: str) -> str:
    """The characters of ``text`` that the font cannot show, each once, in the order of the text.

    Blanks and line ends never count: they are spaced, not drawn.  Controls and invisible marks of direction
    always do: nothing would be seen of them, and some turn the order of what is seen.
    """
    known = _code_points()
    return "".join(character for character in dict.fromkeys(text) if not _can_be_shown(character, known))


def _can_be_shown(character: str, known: frozenset[int]) -> bool:
    if character.isspace():
        return True
    return ord(character) in known and unicodedata.category(character) not in ("Cc", "Cf")


@cache
def _code_points() -> frozenset[int]:
    # Here, because most of the platform never draws.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(font_file(), lazy=True) as font:
        return frozenset(font.getBestCmap())
