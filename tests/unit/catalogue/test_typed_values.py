"""Values in the text of a search."""

import pytest

from ratedparts.catalogue.question import Question
from ratedparts.catalogue.searching import search
from ratedparts.catalogue.typed_values import terms_of
from ratedparts.protocols import load_library

from .published import NOW, some_parts, view

LIBRARY = load_library()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("10uF ±10% or better", ["10uF", "±10% or better"]),
        ("10 uF 50 V X7R 0402", ["10 uF", "50 V", "X7R", "0402"]),
        (">= 50 V grm", [">= 50 V", "grm"]),
        ("1 .. 10 kΩ 1%", ["1 .. 10 kΩ", "1%"]),
        ("± 5 % or better", ["± 5 % or better"]),
        ("10 µF 或更好", ["10 µF 或更好"]),
        ("a 5 b or better", ["a", "5", "b", "or", "better"]),
        ("5 .. ", ["5", ".."]),
        ("grm grm", ["grm"]),
        ("", []),
    ],
)
def test_a_text_is_taken_apart_into_words_and_values(text: str, terms: list[str]) -> None:
    assert [one.written for one in terms_of(text, LIBRARY)] == terms


@pytest.mark.parametrize(
    ("text", "family", "attribute", "inside", "outside"),
    [
        ("10uF", "mlcc_class2", "capacitance_nf", 10_000, 10_001),
        ("10uF", "ta_mno2", "capacitance_uf", 10, 10.01),
        ("100n", "mlcc_class1", "capacitance_nf", 100, 10),
        (">=50V", "mlcc_class2", "rated_voltage_v", 63, 25),
        ("50V or better", "al_polymer", "rated_voltage_v", 63, 25),
        ("±5% or better", "chip_resistor_thin", "tolerance_percent", 1, 10),
        ("4k7", "chip_resistor_thick", "resistance_ohm", 4700, 47),
        ("1/4W", "chip_resistor_thick", "rated_power_w", 0.25, 0.5),
        ("125 °C", "ic", "maximum_junction_temperature_c", 125, 150),
    ],
)
def test_a_value_is_asked_of_every_number_of_its_kind(
    text: str, family: str, attribute: str, inside: float, outside: float
) -> None:
    (term,) = terms_of(text, LIBRARY)
    limits = dict(term.values[family])[attribute]
    low, high = limits.low or float("-inf"), limits.high or float("inf")
    assert low <= inside <= high
    assert not low <= outside <= high


@pytest.mark.parametrize(
    "text",
    ["0603", "X7R", "100", "GRM188R71H104KA93", "10mV5", "1..", ">=", "5 xyz", "9" * 60 + "V", "1%%", "½ W"],
)
def test_what_is_no_value_is_only_text(text: str) -> None:
    assert all(not term.values for term in terms_of(text, LIBRARY))


def test_a_value_finds_parts_that_have_it_and_parts_whose_number_has_it_as_text() -> None:
    made = some_parts(40)
    for place, part in enumerate(made):
        part.update(family="mlcc_class2", value=100.0 if place % 2 else 10.0, valid_until=NOW + 1)
        part["part_number"] = "PN-100NF-3" if place == 4 else f"PN-{place}"
    found = search(view(made), Question(text="100nF pn", limit=100), LIBRARY, NOW, facets=False)
    expected = {part["id"] for place, part in enumerate(made) if place % 2 or place == 4}
    assert set(found.part_ids) == expected
    assert not found.nearly


def test_a_word_finds_parts_that_are_told_by_it() -> None:
    made = some_parts(200)
    for part in made:
        part["valid_until"] = NOW + 1
    found = search(view(made), Question(text="x7r", limit=100), LIBRARY, NOW, facets=False)
    assert set(found.part_ids) == {part["id"] for part in made if part["dielectric"] == "X7R"}
    assert found.total
