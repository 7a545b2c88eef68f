"""Which part a line means, and when somebody has to say so."""

import uuid

import pytest

from ratedparts.catalogue.bill_of_materials.matching import Found, Match, Why, match_bill
from ratedparts.catalogue.bill_of_materials.reading import BillLine

from .published import NOW, some_parts, view

CERAMICS, RESISTORS, HUAQIANG = 0, 1, 2
PARTS = [
    ("GRM188R71H104", "mlcc_class2", CERAMICS),
    ("GRM188R71H105", "mlcc_class2", CERAMICS),
    ("CC 0603 X7R", "mlcc_class2", HUAQIANG),
    ("RC0402FR-0710K", "chip_resistor_thick", RESISTORS),
    ("RC0402FR-0710K", "chip_resistor_thick", HUAQIANG),
    ("SHORT", "chip_resistor_thick", RESISTORS),
    ("EXPIRED-1", "chip_resistor_thick", RESISTORS),
]


@pytest.fixture(scope="module")
def match():  # type: ignore[no-untyped-def]
    made = some_parts(len(PARTS))
    for place, (part, (number, family, maker)) in enumerate(zip(made, PARTS, strict=True)):
        part.update(id=uuid.UUID(int=place + 1), part_number=number, family=family, maker=f"{maker:032x}")
        part["valid_until"] = NOW - 1 if number == "EXPIRED-1" else NOW + 1
    everything = view(made)

    def ask(number: str, maker: str = "", chosen: int | None = None) -> Match:
        picks = {} if chosen is None else {4: uuid.UUID(int=chosen)}
        return match_bill(everything, [BillLine(4, number, 1, maker)], picks, NOW)[0]

    return ask


def ids(match: Match) -> list[int]:
    return sorted(one.int for one in match.parts)


@pytest.mark.parametrize(
    ("number", "part"),
    [("GRM188R71H104", 1), ("grm188r71h104", 1), ("GRM188 R71 H104", 1), ("cc0603x7r", 3), ("short", 6)],
)
def test_a_number_is_found_whatever_its_capitals_and_blanks(match, number: str, part: int) -> None:  # type: ignore[no-untyped-def]
    found = match(number)
    assert (found.found, ids(found)) == (Found.MATCHED, [part])


@pytest.mark.parametrize(
    "number", ["\uff27\uff32\uff2d188R71H104", "GRM188R71\u200bH104", "GRM188R71H104\ufeff"]
)
def test_a_number_typed_in_full_width_or_with_marks_that_nobody_sees_is_found(match, number: str) -> None:  # type: ignore[no-untyped-def]
    found = match(number)
    assert (found.found, ids(found)) == (Found.MATCHED, [1])


def test_a_beginning_that_goes_on_in_a_thousand_ways_hides_no_other_line() -> None:
    made = some_parts(1001)
    for place, part in enumerate(made):
        number = f"MANY-X-{place}" if place < 1000 else "RARE-Y-1"
        part.update(
            id=uuid.UUID(int=place + 1), part_number=number, valid_until=NOW + 1, family="mlcc_class2"
        )
    lines = [BillLine(1, "MANY-X"), BillLine(2, "RARE-Y")]
    many, rare = match_bill(view(made), lines, {}, NOW)
    assert (len(many.parts), ids(rare)) == (8, [1001])


def test_a_number_of_two_makers_is_ambiguous_until_one_is_named(match) -> None:  # type: ignore[no-untyped-def]
    found = match("RC0402FR-0710K")
    assert (found.found, found.why, ids(found)) == (Found.AMBIGUOUS, Why.SEVERAL, [4, 5])
    assert ids(match("RC0402FR-0710K", "Resistors")) == [4]
    assert ids(match("RC0402FR-0710K", "华强")) == [5]
    assert ids(match("RC0402FR-0710K", "HUAQIANG")) == [5]


def test_another_maker_is_never_taken_silently(match) -> None:  # type: ignore[no-untyped-def]
    found = match("GRM188R71H104", "Resistors & Sons")
    assert (found.found, found.why, ids(found)) == (Found.AMBIGUOUS, Why.OTHER_MAKER, [1])


@pytest.mark.parametrize(("number", "parts"), [("GRM188R71H104KA93D", [1]), ("GRM188R71", [1, 2])])
def test_numbers_that_go_on_are_candidates(match, number: str, parts: list[int]) -> None:  # type: ignore[no-untyped-def]
    found = match(number)
    assert (found.found, found.why, ids(found)) == (Found.AMBIGUOUS, Why.SIMILAR, parts)


def test_what_somebody_chose_holds_if_it_is_among_the_candidates(match) -> None:  # type: ignore[no-untyped-def]
    assert (match("GRM188R71", chosen=2).found, ids(match("GRM188R71", chosen=2))) == (Found.MATCHED, [2])
    assert match("GRM188R71", chosen=6).found is Found.AMBIGUOUS


@pytest.mark.parametrize("number", ["GRM18", "SHORTER", "EXPIRED-1", "NOWHERE", "", ".*", "%"])
def test_the_rest_is_not_found(match, number: str) -> None:  # type: ignore[no-untyped-def]
    assert match(number).found is Found.NOT_FOUND
