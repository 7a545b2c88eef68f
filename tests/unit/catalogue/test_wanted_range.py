"""Ranges as people write them: read by rules, or refused."""

import math

import pytest

from ratedparts.catalogue.wanted_range import read_range
from ratedparts.errors import RatedPartsError
from ratedparts.protocols import load_library

LIBRARY = load_library()


def asked(text, name="capacitance_nf", family="mlcc_class2"):
    known = LIBRARY.family(family)
    attribute = next(one for one in known.attributes if one.name == name)
    found = read_range(text, attribute, known)
    return found.low, found.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("100n", 100, 100),
        ("0.1 µF", 100, 100),
        (">= 50 nF", 50, None),
        ("≤1uF", None, 1000),
        ("=< 1 µF", None, 1000),
        ("10..100 nF", 10, 100),
        ("1 nF .. 1 µF", 1, 1000),
        ("10–100", 10, 100),
        ("10 ~ 100 nF", 10, 100),
        ("10uF ±10%", 9000, 11000),
        ("10uF +/-10 %", 9000, 11000),
        ("10uF ±10% or better", 9000, 11000),
        ("2n2", 2.2, 2.2),
    ],
)
def test_what_people_write_is_read(text, low, high):
    found = asked(text)
    for end, wanted in zip(found, (low, high), strict=True):
        assert end == (None if wanted is None else pytest.approx(wanted, rel=2e-9)), text


def test_an_end_named_is_inside_and_one_left_out_by_a_strict_sign_is_not():
    assert asked(">= 100")[0] < 100 < asked("<= 100")[1]
    assert asked("> 100")[0] > 100 > asked("< 100")[1]
    low, high = asked("100")
    assert low < 100 < high
    assert high - low < 1e-6


def test_better_is_less_of_a_tolerance_and_more_of_a_rating():
    assert asked("5 % or better", "tolerance_percent") == (None, pytest.approx(5))
    assert asked("±5% 或更好", "tolerance_percent") == (None, pytest.approx(5))
    assert asked("50 V or better", "rated_voltage_v") == (pytest.approx(50), None)
    with pytest.raises(RatedPartsError, match="no_better_side"):
        asked("100 nF or better")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "range_format"),
        ("   ", "range_format"),
        ("x" * 121, "range_format"),
        ("100 .. 10", "range_empty"),
        (">= 12,5", "quantity_separator"),
        ("five", "quantity_format"),
        (">= 50 V", "quantity_kind"),
        ("..", "quantity_format"),
        (">=", "quantity_format"),
        ("10 ± x", "quantity_format"),
    ],
)
def test_what_is_no_range_is_refused(text, code):
    with pytest.raises(RatedPartsError) as refused:
        asked(text)
    assert refused.value.code == code


def test_a_part_whose_number_was_brought_to_the_unit_in_another_way_is_inside():
    low, high = asked("0.1uF")
    assert low <= 0.1 * 1000 <= high
    assert low <= math.nextafter(100, 101) <= high
