"""Which published part each line of a bill means: found in the columns, all lines at once."""

from __future__ import annotations

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl

from ..read_model import View
from ..segment import Segment
from .reading import BillLine

SHORTEST_BEGINNING: Final = 6  # of a number that another one begins with
MOST_CANDIDATES: Final = 8


class Found(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"  # several have the number, or the maker is another, or the number goes on
    NOT_FOUND = "not_found"


class Why(StrEnum):
    """What makes a line ambiguous."""

    SEVERAL = "several"
    OTHER_MAKER = "other_maker"
    SIMILAR = "similar"


@dataclass(frozen=True)
class Match:
    """``parts``: the one that is meant, or those among which somebody has to choose."""

    line: BillLine
    found: Found
    parts: tuple[uuid.UUID, ...] = ()
    why: Why | None = None


@dataclass(frozen=True)
class _Candidate:
    part_id: uuid.UUID
    makers: tuple[str, ...]  # its names, in lower case


def match_bill(
    view: View, lines: Sequence[BillLine], chosen: Mapping[int, uuid.UUID], now: int
) -> tuple[Match, ...]:
    """In the order of the lines.  ``chosen``: row → the part that somebody chose for it.

    Numbers are the same whatever their capitals and blanks.  Where none is the same, numbers that begin with
    what was written, or that it begins with, are candidates: packing and options stand at the end.
    """
    wanted = {folded(line.part_number) for line in lines if line.part_number}
    same = _with_numbers(view, wanted, now)
    similar = _similar(view, wanted - same.keys(), now)
    matches = []
    for line in lines:
        key = folded(line.part_number)
        matches.append(_settled(_judged(line, same.get(key, []), similar.get(key, [])), chosen))
    return tuple(matches)


def folded(number: str) -> str:
    """As numbers are compared: without blanks and marks that nobody sees, full width as any other."""
    plain = unicodedata.normalize("NFKC", number).lower()
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")


def _judged(line: BillLine, same: list[_Candidate], similar: list[_Candidate]) -> Match:
    if not same:
        found = tuple(one.part_id for one in similar[:MOST_CANDIDATES])
        return Match(line, Found.AMBIGUOUS, found, Why.SIMILAR) if found else Match(line, Found.NOT_FOUND)
    of_maker = [one for one in same if _is_maker(line.maker, one)]
    if len(of_maker) == 1:
        return Match(line, Found.MATCHED, (of_maker[0].part_id,))
    candidates = of_maker or same
    why = Why.SEVERAL if of_maker else Why.OTHER_MAKER
    return Match(line, Found.AMBIGUOUS, tuple(one.part_id for one in candidates[:MOST_CANDIDATES]), why)


def _is_maker(written: str, candidate: _Candidate) -> bool:
    """Whether the maker goes by that name, short or long; a line without one leaves it open."""
    name = written.strip().lower()
    return not name or any(name in one or one in name for one in candidate.makers)


def _settled(match: Match, chosen: Mapping[int, uuid.UUID]) -> Match:
    choice = chosen.get(match.line.row)
    return Match(match.line, Found.MATCHED, (choice,)) if choice in match.parts else match


def _with_numbers(view: View, wanted: Iterable[str], now: int) -> dict[str, list[_Candidate]]:
    found: dict[str, list[_Candidate]] = defaultdict(list)
    words = pl.Series(sorted(wanted), dtype=pl.String)
    for segment in view.segments:
        numbers = _folded_numbers(segment)
        for row in _standing(segment, numbers.is_in(words.implode()), now):
            found[numbers[row]].append(_candidate(segment, row))
    return found


def _similar(view: View, wanted: set[str], now: int) -> dict[str, list[_Candidate]]:
    long = sorted(one for one in wanted if len(one) >= SHORTEST_BEGINNING)
    if not long:
        return {}
    going_on: dict[str, list[str]] = defaultdict(list)
    for one in long:
        for end in range(SHORTEST_BEGINNING, len(one)):
            going_on[one[:end]].append(one)
    beginnings = pl.Series(sorted(going_on), dtype=pl.String)
    found: dict[str, dict[_Candidate, None]] = defaultdict(dict)
    lengths = sorted({len(one) for one in long})
    for segment in view.segments:
        numbers = _folded_numbers(segment)
        for row in _standing(segment, numbers.is_in(beginnings.implode()), now):
            for one in going_on[numbers[row]]:
                found[one][_candidate(segment, row)] = None
        for length in lengths:
            words = pl.Series([one for one in long if len(one) == length], dtype=pl.String)
            starts = numbers.str.slice(0, length)
            rows = _standing(segment, starts.is_in(words.implode()), now)
            going = pl.DataFrame(
                {"start": starts.gather(rows), "row": rows}, schema_overrides={"row": pl.Int64}
            )
            # Some of each: what goes on in thousands of ways must not hide what the next line means.
            for start, row in going.group_by("start", maintain_order=True).head(MOST_CANDIDATES).iter_rows():
                found[start][_candidate(segment, row)] = None
    return {one: list(candidates) for one, candidates in found.items()}


def _folded_numbers(segment: Segment) -> pl.Series:
    numbers = segment.frame["part_number"].str.to_lowercase()
    return numbers.str.replace_all(r"\s", "") if (numbers.str.contains(" ", literal=True)).any() else numbers


def _standing(segment: Segment, marks: pl.Series, now: int) -> list[int]:
    rows = np.flatnonzero(marks.to_numpy())
    standing = segment.array("valid_until")[rows] > now
    if segment.alive is not None:
        standing &= segment.alive[rows]
    return [int(row) for row in rows[standing]]


def _candidate(segment: Segment, row: int) -> _Candidate:
    high, low = segment.ids
    maker = segment.labels["maker"][int(segment.codes("maker")[row]) - 1]
    names = tuple(name.lower() for name in maker.split("\n")[1:] if name)
    return _Candidate(uuid.UUID(int=int(high[row]) << 64 | int(low[row])), names)
