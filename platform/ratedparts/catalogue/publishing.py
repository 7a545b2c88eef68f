"""Making a part's public row say what is so now, and saying that it changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from sqlalchemy import delete, select, update

from ratedparts.certificates.models import Certificate, CertificateStanding
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.grading import read_dossier
from ratedparts.grading.at_use import Situation, UseResponse, numbers_of, situation_of, use_response
from ratedparts.grading.decide import released
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.models import Part

from .models import CatalogueChange, CatalogueState, PublishedPart, UseSituation


@dataclass(frozen=True)
class PublicRow:
    """What a part's public row has to say; ``response``: with a certificate, its figures at any use."""

    columns: Mapping[str, Any]
    response: UseResponse | None


def public_row(work: Work, library: ProtocolLibrary, part_id: uuid.UUID) -> PublicRow | None:
    """Derived from the stages before; None of a part of which nothing is public."""
    part = work.session.get_one(Part, part_id)
    certificate = _current_certificate(work, part_id)
    evaluation: Evaluation | None
    if certificate is not None:
        evaluation = certificate.intent.review.evaluation
    else:
        evaluation = current_evaluation(work, part_id)
        if evaluation is None or evaluation.state != "analysed":
            return None
    decision = evaluation.decision or {}
    columns = {
        "kind": "rated" if certificate else "analysed",
        "part_number": part.part_number,
        "maker_id": part.maker_id,
        "maker_en": part.maker.name_en,
        "maker_zh": part.maker.name_zh,
        "series": part.series.name,
        "family": part.family,
        "attributes": part.attributes,
        "vector": decision.get("vector", {}),
        "figures": decision.get("figures", {}),
        "grade": certificate.grade if certificate else None,
        "certificate_number": certificate.number if certificate else None,
        "valid_until": certificate.valid_until if certificate else None,
        "evaluation_id": evaluation.id,
        "source": part.source,
        "example": part.maker.example,
    }
    return PublicRow(columns, None if certificate is None else _response(evaluation, library))


def refresh(work: Work, library: ProtocolLibrary, part_id: uuid.UUID) -> None:
    """Make the part's public row say what is so now, or take it away where nothing is public."""
    existing = work.session.get(PublishedPart, part_id)
    meant = public_row(work, library, part_id)
    if meant is None:
        if existing is not None:
            work.session.delete(existing)
            note_change(work, part_id)
        return
    row = existing or PublishedPart(part_id=part_id)
    for name, value in meant.columns.items():
        setattr(row, name, value)
    row.situation_id, row.use_numbers, row.use_response = None, {}, None
    if meant.response is not None:
        _take_response(work, row, meant.response)
    row.published_at = work.at
    work.session.add(row)
    note_change(work, part_id)


def refresh_unanswered(work: Work, library: ProtocolLibrary) -> None:
    """Publish rated parts anew whose figures at other uses a program of before has not computed."""
    query = select(PublishedPart.part_id).where(
        PublishedPart.kind == "rated", PublishedPart.use_response.is_(None)
    )
    for part_id in list(work.session.scalars(query)):
        refresh(work, library, part_id)


def _response(evaluation: Evaluation, library: ProtocolLibrary) -> UseResponse:
    return use_response(read_dossier(evaluation.dossier), library, released(evaluation.rule_set))


def _take_response(work: Work, row: PublishedPart, response: UseResponse) -> None:
    row.use_response = response.as_json()
    situation = situation_of(response)
    if situation is None:
        return
    row.situation_id = situation_row(work, situation).id
    row.use_numbers = finite_numbers(response)


def finite_numbers(response: UseResponse) -> dict[str, float]:
    """What a part has of its own beside its situation, as its row keeps it."""
    return {name: value for name, value in numbers_of(response).items() if isfinite(value)}


def situation_row(work: Work, situation: Situation) -> UseSituation:
    """The one row of a situation, made where it is new."""
    text = situation.text()
    known = work.session.scalars(select(UseSituation).where(UseSituation.text == text)).first()
    if known is None:
        known = UseSituation(text=text)
        work.session.add(known)
        work.session.flush()
    return known


def note_change(work: Work, part_id: uuid.UUID) -> None:
    """Count the revision up, and say which part it changed.  Whoever does so next waits for the end."""
    count = update(CatalogueState).values(revision=CatalogueState.revision + 1)
    revision = work.session.scalars(count.returning(CatalogueState.revision)).one()
    work.session.add(CatalogueChange(revision=revision, part_id=part_id))
    work.session.flush()


def change_everything(work: Work) -> None:
    """Have every process read all published parts anew: what changed in bulk was not noted part by part."""
    work.session.execute(update(CatalogueState).values(generation=CatalogueState.generation + 1))
    work.session.execute(delete(CatalogueChange))


def _current_certificate(work: Work, part_id: uuid.UUID) -> Certificate | None:
    query = (
        select(Certificate)
        .join(CertificateStanding, CertificateStanding.number == Certificate.number)
        .where(Certificate.part_id == part_id, CertificateStanding.state == "valid")
    )
    return work.session.scalars(query).first()
