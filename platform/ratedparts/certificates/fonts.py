"""The one font of certificates and plots, and what it cannot write.

The font comes with the package ``zhplot``; the project commits none.  PDF/A refuses a character that has no
glyph, so a name is checked here when it is registered, long before a certificate bears it.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ratedparts.errors import Kind, RatedPartsError

FAMILY = "Noto Sans SC"
FILE_NAME = "NotoSansSC-Regular.ttf"


@cache
def font_file() -> Path:
    """The font's file.  Raises ``font_missing`` (UNAVAILABLE) where the package is not installed.

    The package is located and not imported: importing it would load all of matplotlib.
    """
    found = find_spec("zhplot")
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder) / "fonts" / FILE_NAME
        if file.is_file():
            return file
    raise RatedPartsError("font_missing", kind=Kind.UNAVAILABLE, file=FILE_NAME)


def font_folder() -> Path:
    """The folder that Typst searches for fonts."""
    return font_file().parent


def missing_glyphs(text: str) -> str:
    """The characters of ``text`` that a certificate cannot show, each once, in the order of the text.

    Line breaks, other controls and invisible marks of direction count as missing: nothing would be seen of
    them, and some would turn the order of what is seen.
    """
    known = _code_points()
    return "".join(
        character
        for character in dict.fromkeys(text)
        if ord(character) not in known or unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")
    )


def require_glyphs(text: str) -> None:
    """Raise ``glyph_missing`` with the ``characters`` that a certificate cannot show."""
    missing = missing_glyphs(text)
    if missing:
        raise RatedPartsError("glyph_missing", characters=missing)


@cache
def _code_points() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font_file())).get_charmap())
