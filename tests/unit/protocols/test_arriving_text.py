"""Limits of a file that arrives in pieces, however small its pieces are cut."""

from __future__ import annotations

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ArrivingText
from ratedparts.protocols.text_decoding import MAXIMUM_LINE_BYTES


def take(content: bytes, *cuts: int, size: int = 2**20) -> ArrivingText:
    """The content in pieces, each looked at by a server that knows no more than what was stored."""
    arriving = ArrivingText(size)
    for begin, end in zip((0, *cuts), (*cuts, len(content)), strict=True):
        arriving = ArrivingText(size, begin, arriving.lines, arriving.open_line_bytes)
        arriving.look_at(content[begin:end])
    return arriving


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (1, 2), (1, 2, 3), (3,), (4,), (5,)])
@pytest.mark.parametrize("beginning", [b"Plan,b\n", b"PK,bbb\n", b"PK\x03,bb\n"])
def test_text_that_begins_like_a_workbook_is_text_once_that_is_clear(
    beginning: bytes, cuts: tuple[int, ...]
) -> None:
    good = take(beginning + b"1,2\n1", *cuts)
    assert (good.lines, good.open_line_bytes) == (2, 1)
    with pytest.raises(RatedPartsError, match="line_too_long"):
        take(beginning + b"x" * (MAXIMUM_LINE_BYTES + 1), *cuts)


@pytest.mark.parametrize("cuts", [(), (1,), (2, 3), (4,), (1, 2, 3, 4, 5)])
def test_a_workbook_has_no_lines(cuts: tuple[int, ...]) -> None:
    assert take(b"PK\x03\x04" + b"x" * (2 * MAXIMUM_LINE_BYTES), *cuts).lines < 0


@pytest.mark.parametrize("cuts", [(), (1,), (3,), (4,)])
def test_a_workbook_that_is_too_large_is_told_by_its_first_bytes(cuts: tuple[int, ...]) -> None:
    with pytest.raises(RatedPartsError, match="file_too_large"):
        take(b"PK\x03\x04more", *cuts, size=2**30)
    assert take(b"Plan,b\n1,2\n", *cuts, size=2**30).lines == 2


def test_a_line_counts_over_its_pieces() -> None:
    line = b"x" * MAXIMUM_LINE_BYTES
    assert take(b"a\n" + line + b"\n", 1, 2, 3, MAXIMUM_LINE_BYTES).lines == 2
    with pytest.raises(RatedPartsError) as refusal:
        take(b"a\n" + line + b"x\n", 1, 2, 3, MAXIMUM_LINE_BYTES)
    assert refusal.value.parameters["row"] == 2
