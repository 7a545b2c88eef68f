"""A bill of materials against what is published now."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from ratedparts.certificates.models import Certificate
from ratedparts.certificates.standing import status_at
from ratedparts.db import Work
from ratedparts.grading.at_use import UseQuestion
from ratedparts.submissions.models import Part

from ..models import PublishedPart
from ..read_model import View
from ..service import in_order
from .matching import Found, Match, Why, folded, match_bill
from .reading import BillLine
from .reckoning import Reckoning, reckon


@dataclass(frozen=True)
class Lapsed:
    """A part that was rated once and is not now: its newest certificate and what became of it."""

    part_id: uuid.UUID
    number: str
    status: str


@dataclass(frozen=True)
class Bill:
    """``rows``: every part that a line means or may mean.

    ``lapsed``: by the row of a line whose number none of these has.
    """

    matches: tuple[Match, ...]
    rows: Mapping[uuid.UUID, PublishedPart]
    lapsed: Mapping[int, Lapsed]
    reckoning: Reckoning | None  # None: no use was stated

    def of(self, found: Found) -> list[Match]:
        return [match for match in self.matches if match.found is found]

    @property
    def pieces(self) -> int:
        return sum(match.line.quantity for match in self.matches)

    @property
    def by_term(self) -> list[PublishedPart]:
        """The matched parts whose certificates have an end, the first to end first."""
        matched = {match.parts[0] for match in self.of(Found.MATCHED)}
        ending = [
            row for part_id, row in self.rows.items() if part_id in matched and row.valid_until is not None
        ]
        return sorted(ending, key=lambda row: (row.valid_until, row.part_number))


def look_up(
    work: Work,
    view: View,
    lines: Sequence[BillLine],
    chosen: Mapping[int, uuid.UUID],
    use: UseQuestion | None,
    now: int,
) -> Bill:
    """``now``: the instant of the work in microseconds since 1970."""
    matches = match_bill(view, lines, chosen, now)
    wanted = dict.fromkeys(part_id for match in matches for part_id in match.parts)
    rows = {row.part_id: row for row in in_order(work, wanted)}
    matches = tuple(_still_public(match, rows.keys()) for match in matches)
    pieces: Counter[uuid.UUID] = Counter()
    for match in matches:
        if match.found is Found.MATCHED:
            pieces[match.parts[0]] += match.line.quantity
    missing = [match.line for match in matches if match.found is Found.NOT_FOUND or match.why is Why.SIMILAR]
    reckoning = None if use is None else reckon([rows[one] for one in pieces], pieces, use)
    return Bill(matches, rows, _lapsed(work, missing), reckoning)


def _still_public(match: Match, public: Container[uuid.UUID]) -> Match:
    """A certificate suspended this instant is in the columns until its job has run."""
    parts = tuple(one for one in match.parts if one in public)
    return replace(match, parts=parts) if parts else Match(match.line, Found.NOT_FOUND)


def _lapsed(work: Work, lines: Sequence[BillLine]) -> dict[int, Lapsed]:
    wanted = {folded(line.part_number) for line in lines if line.part_number}
    if not wanted:
        return {}
    # Registered numbers have no blanks and no signs beyond ASCII: in small letters they are folded.
    query = (
        select(Certificate)
        .join(Part, Part.id == Certificate.part_id)
        .where(func.lower(Part.part_number).in_(wanted))
        .order_by(Certificate.issued_at, Certificate.number)
    )
    newest = {
        folded(certificate.part.part_number): certificate for certificate in work.session.scalars(query)
    }
    return {
        line.row: Lapsed(one.part_id, one.number, status_at(one, work.at))
        for line in lines
        if (one := newest.get(folded(line.part_number))) is not None
    }
