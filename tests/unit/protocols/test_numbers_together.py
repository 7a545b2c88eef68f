"""Numbers of a column that are read at once: each as it would be by itself, or none of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.protocols.cells import CellFault, read_many_numbers, read_number

NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str)
TEXTS = NUMBERS | st.just("") | st.text("0123456789-+.eE \nnaif１", max_size=12)
REFUSED = [
    "1,5",
    "+1",
    " 1",
    "1 ",
    "nan",
    "inf",
    "1e999",
    "1e-999",
    "0.0e-5x",
    "１",
    "1\n2",
    "1" * 65,
    ".5",
    "\n",
]


def one_by_one(texts: list[str]) -> list[float] | None:
    try:
        return [read_number(text) if text else math.nan for text in texts]
    except CellFault:
        return None


@given(st.lists(NUMBERS | st.just(""), max_size=8) | st.lists(TEXTS, max_size=6))
def test_together_they_are_what_each_is(texts: list[str]) -> None:
    together, expected = read_many_numbers(texts), one_by_one(texts)
    if together is None:
        assert expected is None
    else:
        assert repr(together) == repr(expected)  # to the sign of a zero


@pytest.mark.parametrize("refused", REFUSED)
def test_one_that_is_refused_leaves_all_to_be_read_by_themselves(refused: str) -> None:
    for texts in ([refused], ["1", refused, "2"], ["", refused], [refused, ""]):
        assert read_many_numbers(texts) is None


def test_zeros_of_every_spelling_are_zeros() -> None:
    assert read_many_numbers(["0", "-0.0", "0e5", "0.000", ""]) is not None
