"""Pages set as PDF/A-3b: the same template, inputs and instant give the same bytes in every process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from ratedparts.wording.certificate_font import font_folder

STANDARD: Final = "a-3b"


class NotSet(Exception):
    """The template could not be laid out; says why."""


def typeset(template: bytes, inputs: Mapping[str, str], at: datetime) -> bytes:
    """The file; ``at`` is the instant that it bears.  Raises `NotSet`."""
    import typst

    # What strangers wrote goes in as data, which a template never evaluates; it reads no file.
    folder = str(font_folder())
    compiler = typst.Compiler(
        template, root=folder, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=dict(inputs)
    )
    try:
        written = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=int(at.timestamp()))
    except typst.TypstError as error:
        raise NotSet(error.message) from error
    assert isinstance(written, bytes)
    return written


@cache
def _fonts() -> Any:
    """The fonts, found and read once: 10 MB of them take longer than many a page."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
