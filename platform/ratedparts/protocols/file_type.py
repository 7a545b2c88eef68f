"""What a file is by its content, and whether its name says the same."""

from __future__ import annotations

from ratedparts.errors import RatedPartsError
from ratedparts.protocols.workbook import looks_like_workbook


def file_ending(content: bytes) -> str:
    """``.xlsx`` of a workbook, ``.csv`` of anything else: the checker says whether it is a table."""
    return ".xlsx" if looks_like_workbook(content) else ".csv"


def require_agreeing_name(file_name: str, content: bytes) -> None:
    """A file that is not what its name says is likely not the one that was meant.

    Raises ``file_name_disagrees``.
    """
    expected = file_ending(content)
    if not file_name.lower().endswith(expected):
        raise RatedPartsError("file_name_disagrees", given=file_name[-80:], expected=expected)
