"""How a part is rated at an instant, and what to tell somebody who knew another rating of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from ratedparts.certificates.standing import certificates_of_part, status_at
from ratedparts.db import Work
from ratedparts.grading import GRADES

UNRATED = "unrated"
WARNED_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class Rating:
    """Of the certificate in force, else of the newest; ``standing`` as its status, or `UNRATED`."""

    standing: str
    grade: str | None = None
    certificate_number: str | None = None
    valid_until: datetime | None = None

    def nears_its_end(self, at: datetime) -> bool:
        return (
            self.standing == "valid"
            and self.valid_until is not None
            and self.valid_until - at <= WARNED_BEFORE
        )


def rating_of(work: Work, part_id: uuid.UUID) -> Rating:
    certificates = certificates_of_part(work, part_id)
    if not certificates:
        return Rating(UNRATED)
    shown = next((one for one in certificates if status_at(one, work.at) == "valid"), certificates[0])
    return Rating(status_at(shown, work.at), shown.grade, shown.number, shown.valid_until)


def change_between(known: Rating, now: Rating) -> str | None:
    """``fell``, ``rose``, ``expired``, ``suspended``, ``revoked``, ``restored``, or None: nothing to tell."""
    if known.standing == now.standing == "valid":
        before, after = (GRADES.index(one.grade) if one.grade else len(GRADES) for one in (known, now))
        return None if before == after else "fell" if after > before else "rose"
    if now.standing == "valid":
        return "rose" if known.standing == UNRATED else "restored"
    told = now.standing in ("expired", "suspended", "revoked") and known.standing != now.standing
    return now.standing if told else None
