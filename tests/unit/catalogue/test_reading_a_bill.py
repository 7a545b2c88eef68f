"""Bills as people have them, from programs for circuits, from tables, and typed by hand."""

import pytest

from ratedparts.catalogue.bill_of_materials.reading import BillLine, as_text, read_bill
from ratedparts.errors import RatedPartsError

READ = {
    "numbers alone": (
        "GRM188R71H104KA93\n\nRC0402FR-07\n",
        [(1, "GRM188R71H104KA93", 1), (3, "RC0402FR-07", 1)],
    ),
    "quantities behind": (
        "GRM188 100\nRC0402 x 20\nTAJ ×3\n",
        [(1, "GRM188", 100), (2, "RC0402", 20), (3, "TAJ", 3)],
    ),
    "quantities before": ("100 GRM188\n20x RC0402\n", [(1, "GRM188", 100), (2, "RC0402", 20)]),
    "two cells": ("GRM188;100\nRC0402;20\n", [(1, "GRM188", 100), (2, "RC0402", 20)]),
    "pasted from a table": ("Qty\tMPN\n5\tGRM188\n", [(2, "GRM188", 5)]),
    "chinese": ("序号,型号,数量,厂家\n1,CC0603,12,华强\n", [(2, "CC0603", 12)]),
    "designators": (
        'Reference,Value,MPN\n"C1, C3-C5",100n,GRM188\nR1,1k,RC0402\n',
        [(2, "GRM188", 4), (3, "RC0402", 1)],
    ),
    "a quantity before designators": ("RefDes,MPN,Qty\nC1 C2,GRM188,7\n", [(2, "GRM188", 7)]),
    "a line in quotes that spans two": (
        'MPN,Ref\nGRM188,"C1,\nC2"\nRC0402,R1\n',
        [(2, "GRM188", 2), (4, "RC0402", 1)],
    ),
    "remarks": ("# my product\nGRM188\n  # spare\n", [(2, "GRM188", 1)]),
    "a mark at the beginning": ("\ufeffMPN\nGRM188\n", [(2, "GRM188", 1)]),
    "a column of numbers": (
        "#\tMPN\tQty\n1\tGRM188\t5\n2\tRC0402\t7\n",
        [(2, "GRM188", 5), (3, "RC0402", 7)],
    ),
    "places called parts": ("Part,Value,MPN,Qty\nC1,100n,GRM188,5\n", [(2, "GRM188", 5)]),
    "parts called parts": ("Part,Qty\nGRM188,5\n", [(2, "GRM188", 5)]),
    "line ends of old": ("MPN,Qty\rGRM188,5\rRC0402,7", [(2, "GRM188", 5), (3, "RC0402", 7)]),
    "short rows": ("MPN,Qty,Maker\nGRM188\n", [(2, "GRM188", 1)]),
}
REFUSED = {
    "nothing": ("", "bill_empty", None),
    "remarks alone": ("# nothing\n\n", "bill_empty", None),
    "a header alone": ("MPN,Qty\n", "bill_empty", None),
    "words": ("a resistor of 10 ohms\n", "bill_line", 1),
    "two numbers": ("0402 100\n", "bill_line", 1),
    "columns without names": ("GRM188,100,C1\n", "bill_columns", 1),
    "no number": ("MPN,Qty\n,3\n", "missing_value", 2),
    "no pieces": ("MPN,Qty\nGRM188,0\n", "bill_quantity", 2),
    "half a piece": ("MPN,Qty\nGRM188,1.5\n", "bill_quantity", 2),
    "a decimal comma": ('MPN,Qty\nGRM188,"1,5"\n', "bill_quantity", 2),
    "an open quote": ('MPN,Qty\n"GRM188,1\nRC,2\n', "unterminated_quote", 2),
    "a number without end": ("G" * 200 + "\n", "search_text_too_long", 1),
    "a line without end": ("G" * 200_000 + "\n", "search_text_too_long", 1),
    "too many lines": ("GRM188\n" * 5001, "bill_too_long", None),
    "too much": ("G" * 1_000_001, "bill_too_long", None),
}


@pytest.mark.parametrize("name", READ)
def test_a_list_is_read(name: str) -> None:
    text, expected = READ[name]
    assert [(one.row, one.part_number, one.quantity) for one in read_bill(text)] == expected


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_is_refused_with_its_place(name: str) -> None:
    text, code, row = REFUSED[name]
    with pytest.raises(RatedPartsError) as raised:
        read_bill(text)
    assert raised.value.code == "bill_refused"
    assert [(one.code, one.row) for one in raised.value.items] == [(code, row)]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(RatedPartsError) as raised:
        read_bill("MPN,Qty\nA,x\n,1\nB,2\nC,-1\n")
    assert [one.row for one in raised.value.items] == [2, 3, 5]


def test_the_maker_is_read() -> None:
    assert read_bill("MPN,Manufacturer\nGRM188,Ceramics\n") == (BillLine(2, "GRM188", 1, "Ceramics"),)


def test_as_many_lines_as_are_allowed_are_read_below_a_header_too() -> None:
    assert len(read_bill("GRM188\n" * 5000)) == len(read_bill("MPN\n" + "GRM188\n" * 5000)) == 5000


def test_a_written_list_keeps_lines_apart_whatever_their_cells_hold() -> None:
    odd = ("#GRM", "GRM\n188", "GRM\u2028188", 'GRM"188', '"GRM', "1", "GRM\t188", "a;b,c")
    lines = tuple(BillLine(row, number, 2, f"Maker {number}") for row, number in enumerate(odd, 2))
    read = read_bill(as_text(lines))
    assert [(one.row, one.quantity) for one in read] == [(one.row, 2) for one in lines]
    assert [one.part_number.split() for one in read] == [one.split() for one in odd]


def test_a_written_list_keeps_the_rows_where_blank_ones_stood_between() -> None:
    lines = (BillLine(3, "GRM188"), BillLine(7, "RC0402"))
    assert read_bill(as_text(lines)) == lines


def test_a_written_list_reads_as_the_same() -> None:
    lines = read_bill("MPN,Qty,Manufacturer\nGRM188,3,Ceramics\nRC 0402,1,\n")
    assert read_bill(as_text(lines)) == lines
