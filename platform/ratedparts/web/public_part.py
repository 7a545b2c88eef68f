"""What the public may see of a part; the page and the interface show the same."""

from __future__ import annotations

import uuid
from typing import Any

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.service import published_part
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.plotted_lives import PlottedLives
from ratedparts.certificates.standing import certificates_of_part, status_at
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.organisations.actor import not_found
from ratedparts.wording import reason_sentence

from .language import language
from .life_plots import lives_of


def public_part(
    work: Work, part_id: uuid.UUID
) -> tuple[PublishedPart | None, list[Certificate], Certificate | None, Evaluation | None]:
    """Its row, its certificates, the one in force, and what to show.

    Raises ``not_found`` where nothing was ever public.  No evaluation: nothing is in force, only the history
    is left.
    """
    row = published_part(work, part_id)
    certificates = certificates_of_part(work, part_id)
    current = next((one for one in certificates if status_at(one, work.at) == "valid"), None)
    if current is not None:
        return row, certificates, current, current.intent.review.evaluation
    if row is not None and row.kind == "analysed":
        return row, certificates, None, work.session.get_one(Evaluation, row.evaluation_id)
    if row is not None and row.kind == "generated":
        return row, certificates, None, None
    if not certificates:
        raise not_found("part", part_id)
    return None, certificates, None, None


def public_lives(work: Work, part_id: uuid.UUID, sample: int) -> PlottedLives:
    """The lives that a plot of the part draws.  Raises ``not_found``."""
    _, _, current, evaluation = public_part(work, part_id)
    lives = lives_of(evaluation, current) if evaluation is not None else []
    if not 0 <= sample < len(lives):
        raise not_found("page", f"sample={sample}")
    return lives[sample]


def reasons_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Every rule with its sentence; what is not met first, for that is what one looks for."""
    reasons = (evaluation.decision or {}).get("reasons", [])
    told = [{**reason, "sentence": reason_sentence(reason, language())} for reason in reasons]
    return sorted(told, key=lambda reason: bool(reason["met"]))
