"""A bill of materials as it is handed in, pasted or as a file: with its use and what was chosen for lines."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ratedparts.catalogue.bill_of_materials.models import WatchedBill
from ratedparts.catalogue.bill_of_materials.reading import MOST_SIGNS, BillLine, as_text, read_bill, read_rows
from ratedparts.catalogue.bill_of_materials.service import Bill, look_up
from ratedparts.db import Work
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.grading.at_use import UseQuestion
from ratedparts.protocols.report import FaultList
from ratedparts.protocols.text_decoding import accepted_encoding, decode
from ratedparts.protocols.workbook import looks_like_workbook, read_workbook

from .asked_use import read_use
from .catalogue_query import microseconds
from .requests import installation

CHOICE = "choice."
Given = tuple[str, tuple[BillLine, ...]]  # a list as it can be handed in again, and its lines


@dataclass(frozen=True)
class AskedBill:
    """``text``: the list as it can be handed in again."""

    text: str
    lines: tuple[BillLine, ...]
    chosen: Mapping[int, uuid.UUID]
    use: UseQuestion | None


def read_asked(given: Mapping[str, str], read: Callable[[], Given]) -> AskedBill:
    """``given``: the use, and the choices by ``choice.ROW``; ``read``: one of the readings below.

    Raises ``bill_refused`` with every fault, of the use and of the list, and what ``read`` raises besides.
    """
    at_use = read_use(given)
    faults = list(at_use.faults)
    text: str = ""
    lines: tuple[BillLine, ...] = ()
    try:
        text, lines = read()
    except RatedPartsError as error:
        if error.code != "bill_refused":
            raise
        faults += error.items
    if faults:
        raise RatedPartsError("bill_refused", items=faults)
    return AskedBill(text, lines, _choices(given), at_use.use)


def pasted(text: str) -> Given:
    return text, read_bill(text)


def spelled_out(lines: Sequence[BillLine]) -> Given:
    return as_text(lines), tuple(lines)


def asked_again(bill: WatchedBill) -> AskedBill:
    """As it was asked when somebody began to watch it."""
    return read_asked(bill.asked, lambda: pasted(bill.text))


def bill_of(work: Work, asked: AskedBill) -> Bill:
    """What is published of it at the instant of the unit of work."""
    view = installation().read_model.view(work)
    return look_up(work, view, asked.lines, asked.chosen, asked.use, microseconds(work.at))


def of_file(content: bytes, encoding: str) -> Given:
    """A workbook, or text in the encoding that was declared.  Raises ``file_too_large``."""
    if len(content) > 4 * MOST_SIGNS:
        size, most = len(content), 4 * MOST_SIGNS
        raise RatedPartsError("file_too_large", kind=Kind.TOO_LARGE, bytes=size, maximum=most)
    faults = FaultList()
    if looks_like_workbook(content):
        records = read_workbook(content, faults)
        if records is None or faults.count:
            raise RatedPartsError("bill_refused", items=faults.first())
        rows = [(1, records.header), *zip(records.lines, records.rows, strict=True)]
        return pasted(as_text(read_rows(rows)))  # its lines are those that stand in the form from now on
    name = accepted_encoding(encoding)
    if name is None:
        unknown = Fault("encoding_not_accepted", column="encoding", given=encoding[:40])
        raise RatedPartsError("bill_refused", items=[unknown])
    text = decode(content, name, faults)
    if text is None:
        raise RatedPartsError("bill_refused", items=faults.first())
    return pasted(text)


def _choices(given: Mapping[str, str]) -> dict[int, uuid.UUID]:
    """A choice that names no line or no part chooses nothing."""
    chosen = {}
    for name, value in given.items():
        row = name.removeprefix(CHOICE)
        if name != row and row.isascii() and row.isdigit() and len(row) < 9:
            try:
                chosen[int(row)] = uuid.UUID(value)
            except ValueError:
                continue
    return chosen
