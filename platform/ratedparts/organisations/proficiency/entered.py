"""Results of a round as somebody enters them: lines of CSV, or texts by key; every fault is found at once."""

from __future__ import annotations

import csv
import math
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.organisations.models import Organisation

COLUMNS = ("laboratory", "value", "expanded_uncertainty")
LARGEST_BYTES = 200_000
MOST_RESULTS = 500
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class GivenResult:
    """``laboratory``: its id or its name in either language; ``row``: the line of the file."""

    laboratory: str
    value: str
    expanded_uncertainty: str
    row: int | None = None


@dataclass(frozen=True)
class ReadResult:
    laboratory: Organisation
    given: GivenResult
    value: float
    expanded_uncertainty: float


def results_from_csv(content: str | bytes) -> list[GivenResult]:
    """Raises ``form_refused`` where the columns are not these, in any order, or a line has too many cells."""
    if isinstance(content, bytes):
        try:
            content = content[: LARGEST_BYTES + 1].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            fault = Fault("encoding", column="results", parameters={"byte": error.start, "encoding": "utf-8"})
            raise RatedPartsError("form_refused", items=[fault]) from None
    if len(content) > LARGEST_BYTES:
        fault = Fault("text_length", column="results", parameters={"longest": LARGEST_BYTES})
        raise RatedPartsError("form_refused", items=[fault])
    columns = Fault("proficiency_columns", column="results", parameters={"expected": list(COLUMNS)})
    reader = csv.reader(content.removeprefix("\ufeff").strip().splitlines())
    try:
        lines = [(number, [cell.strip() for cell in row]) for number, row in enumerate(reader, 1)]
    except csv.Error:
        raise RatedPartsError("form_refused", items=[columns]) from None
    if not lines or not lines[0][1] or sorted(lines[0][1]) != sorted(COLUMNS):
        raise RatedPartsError("form_refused", items=[columns])
    header, faults, found = lines[0][1], [], []
    for number, cells in lines[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            faults.append(
                Fault(
                    "proficiency_cells",
                    row=number,
                    given=str(len(cells)),
                    parameters={"expected": len(header)},
                )
            )
            continue
        found.append(GivenResult(**dict(zip(header, cells, strict=True)), row=number))
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    return found


def read_results(
    given: Sequence[GivenResult], laboratories: Sequence[Organisation], *, fewest: int
) -> tuple[list[ReadResult], list[Fault]]:
    """The results that can be read, and everything that is wrong with the others."""
    by_name: Mapping[str, Organisation] = {
        name: one for one in laboratories for name in (str(one.id), one.name_en, one.name_zh)
    }
    if len(given) < fewest or len(given) > MOST_RESULTS:
        limits = {"minimum": fewest, "maximum": MOST_RESULTS, "unit": None}
        return [], [Fault("out_of_range", column="results", given=str(len(given)), parameters=limits)]
    faults: list[Fault] = []
    read: list[ReadResult] = []
    seen: set[uuid.UUID] = set()
    for place, one in enumerate(given, 1):
        row = one.row or place
        laboratory = by_name.get(one.laboratory)
        if laboratory is None:
            faults.append(Fault("unknown_laboratory", row, "laboratory", one.laboratory[:80]))
        elif laboratory.id in seen:
            faults.append(Fault("laboratory_twice", row, "laboratory", one.laboratory[:80]))
        else:
            seen.add(laboratory.id)
        value = _number("value", one.value, row, faults)
        expanded = _number("expanded_uncertainty", one.expanded_uncertainty, row, faults, positive=True)
        if laboratory is not None and value is not None and expanded is not None:
            read.append(ReadResult(laboratory, one, value, expanded))
    return read, faults


def _number(
    column: str, given: str, row: int, faults: list[Fault], *, positive: bool = False
) -> float | None:
    """A decimal comma is refused, never guessed at."""
    text = given.strip()
    if not text:
        faults.append(Fault("missing_value", row, column))
        return None
    value = float(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        parameters = {"expected": "decimal_point_number"}
        faults.append(Fault("number_format", row, column, text[:80], parameters))
        return None
    if positive and value <= 0:
        limits = {"minimum": 0, "maximum": None, "unit": None}
        faults.append(Fault("out_of_range", row, column, text[:80], limits))
        return None
    return value
