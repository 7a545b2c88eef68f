"""A bill of materials as its page, its table and the interface show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ratedparts.catalogue.bill_of_materials.matching import Found, Match
from ratedparts.catalogue.bill_of_materials.reckoning import PartAtUse
from ratedparts.catalogue.bill_of_materials.service import Bill, Lapsed
from ratedparts.catalogue.models import PublishedPart

from .faults_file import unformulated
from .formatting import day

METHOD = "fay_feuer_1997"
SOON = timedelta(days=180)


COLUMNS = (
    *("row", "part_number", "quantity", "maker", "found", "rated_part_number", "rated_maker", "grade"),
    *("certificate_number", "valid_until", "rate_fit_90", "b10_hours_90", "extrapolated"),
)


@dataclass(frozen=True)
class ShownLine:
    """``share``: of the whole's added-up rate, from 0 to 1; None where it has no rate."""

    match: Match
    part: PublishedPart | None
    candidates: tuple[PublishedPart, ...]
    at_use: PartAtUse | None
    lapsed: Lapsed | None
    share: float | None
    ends_soon: bool

    @property
    def rate(self) -> float | None:
        """Of all its pieces, per hour."""
        rate = self.at_use.rate if self.at_use else None
        return None if rate is None else rate * self.match.line.quantity


def shown_lines(bill: Bill, at: datetime) -> Iterator[ShownLine]:
    whole = bill.reckoning.whole if bill.reckoning else None
    for match in bill.matches:
        part = bill.rows[match.parts[0]] if match.found is Found.MATCHED else None
        known = part is not None and bill.reckoning is not None
        at_use = bill.reckoning.parts.get(part.part_id) if known and part and bill.reckoning else None
        share = None
        if whole is not None and at_use is not None and at_use.rate is not None:
            share = at_use.rate * match.line.quantity / whole.added_up[0.90]
        yield ShownLine(
            match,
            part,
            tuple(bill.rows[one] for one in match.parts) if match.found is Found.AMBIGUOUS else (),
            at_use,
            bill.lapsed.get(match.line.row),
            share,
            part is not None and part.valid_until is not None and part.valid_until - at < SOON,
        )


def counts_of(bill: Bill) -> dict[str, int]:
    return {found.value: len(bill.of(found)) for found in Found}


def open_rows(bill: Bill) -> set[int]:
    """Of the lines for which somebody has to choose."""
    return {match.line.row for match in bill.of(Found.AMBIGUOUS)}


def as_json(bill: Bill, at: datetime) -> dict[str, Any]:
    whole = bill.reckoning.whole if bill.reckoning else None
    return {
        "lines": [_line(one) for one in shown_lines(bill, at)],
        "counts": counts_of(bill),
        "pieces": bill.pieces,
        "whole": None
        if whole is None
        else {
            "failure_rate_60": whole.bounds[0.60],
            "failure_rate_90": whole.bounds[0.90],
            "added_up_60": whole.added_up[0.60],
            "added_up_90": whole.added_up[0.90],
            "method": METHOD,
            "series": whole.series,
            "pieces": whole.pieces,
        },
        "first_to_wear_out": bill.reckoning.first_to_wear_out if bill.reckoning else None,
        "ending": [{"id": row.part_id, "valid_until": row.valid_until} for row in bill.by_term],
    }


def _line(one: ShownLine) -> dict[str, Any]:
    line, at_use = one.match.line, one.at_use
    return {
        "row": line.row,
        "part_number": line.part_number,
        "quantity": line.quantity,
        "maker": line.maker,
        "found": one.match.found.value,
        "why": one.match.why.value if one.match.why else None,
        "part": _part(one.part) if one.part else None,
        "candidates": [_part(row) for row in one.candidates],
        "was_rated": None
        if one.lapsed is None
        else {"id": one.lapsed.part_id, "certificate_number": one.lapsed.number, "status": one.lapsed.status},
        "at_use": None
        if at_use is None
        else {
            "failure_rate_90": at_use.rate,
            "b10_lower_90": at_use.life,
            "extrapolated": at_use.extrapolated,
            "share": one.share,
        },
    }


def _part(row: PublishedPart) -> dict[str, Any]:
    return {
        "id": row.part_id,
        "part_number": row.part_number,
        "maker": {"en": row.maker_en, "zh": row.maker_zh},
        "family": row.family,
        "grade": row.grade,
        "certificate_number": row.certificate_number,
        "valid_until": row.valid_until,
    }


def as_table(bill: Bill, at: datetime) -> bytes:
    """CSV for a spreadsheet: rates in FIT, lives in hours; what could be a formula is written as text."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for one in shown_lines(bill, at):
        line, part, use = one.match.line, one.part, one.at_use
        rated = (part.part_number, part.maker_en, part.grade, part.certificate_number) if part else ("",) * 4
        until = day(part.valid_until) if part and part.valid_until else ""
        rate = "" if one.rate is None else f"{one.rate * 1e9:.6g}"
        life = f"{use.life:.6g}" if use and use.life is not None else ""
        beyond = "" if use is None else "yes" if use.extrapolated else "no"
        cells = [line.part_number, line.quantity, line.maker, one.match.found.value, *rated, until]
        table.writerow([line.row, *map(unformulated, cells), rate, life, beyond])
    return written.getvalue().encode("utf-8-sig")
