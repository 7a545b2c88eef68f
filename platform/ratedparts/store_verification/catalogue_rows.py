"""Every public row says what would be published of its part now, and no part is left out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.publishing import PublicRow, finite_numbers, public_row
from ratedparts.certificates.models import CertificateStanding
from ratedparts.certificates.rechecking import differences
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.grading.at_use import situation_of

from .contained import contained
from .findings import Findings
from .store import Store
from .waiting import parts_waited_for


def check_catalogue_rows(store: Store, findings: Findings) -> None:
    """Rows that were made up for trials of speed were derived from nothing, and are left alone."""
    with store.reading() as work:
        waited, parts = parts_waited_for(work), sorted(_parts(work))
        for part_id in findings.each(parts, len(parts)):
            place = f"published_part {part_id}"
            if part_id in waited:
                findings.note("part_waits_for_job", place=place)
                continue
            with contained(findings, place):
                row, meant = (
                    work.session.get(PublishedPart, part_id),
                    public_row(work, store.library, part_id),
                )
                if meant is None:
                    findings.invalid("catalogue_row_of_nothing", place=place)
                elif row is None:
                    findings.invalid("catalogue_row_missing", place=place)
                else:
                    _compare(work, row, meant, place, findings)


def _parts(work: Work) -> set[uuid.UUID]:
    """Those with a public row, and those that ought to have one."""
    published = select(PublishedPart.part_id).where(PublishedPart.kind != "generated")
    certified = select(CertificateStanding.part_id).where(CertificateStanding.state == "valid")
    analysed = select(Evaluation.part_id).where(
        Evaluation.state == "analysed", Evaluation.superseded_at.is_(None)
    )
    return {part_id for query in (published, certified, analysed) for part_id in work.session.scalars(query)}


def _compare(work: Work, row: PublishedPart, meant: PublicRow, place: str, findings: Findings) -> None:
    for name, value in meant.columns.items():
        if getattr(row, name) != value:
            findings.invalid("catalogue_row_differs", place=place, member=name)
    evaluation = None if row.evaluation_id is None else work.session.get(Evaluation, row.evaluation_id)
    for member in dict.fromkeys(_answers_that_differ(row, meant)):
        if evaluation is None or evaluation.engine_version == engine_version():
            findings.invalid("catalogue_row_differs", place=place, member=member)
        else:  # published by a program whose last digits may have been others
            findings.note("catalogue_row_of_another_engine", place=place, member=member)


def _answers_that_differ(row: PublishedPart, meant: PublicRow) -> Iterator[str]:
    response, situation, numbers = None, None, {}
    if meant.response is not None:
        response, found = meant.response.as_json(), situation_of(meant.response)
        if found is not None:
            situation, numbers = found.text(), finite_numbers(meant.response)
    if any(differences("", row.use_response, response)):
        yield "use_response"
    if any(differences("", row.use_numbers, numbers)):
        yield "use_numbers"
    if (None if row.situation is None else row.situation.text) != situation:
        yield "situation"
