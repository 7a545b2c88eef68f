"""Applications, reviews, certificates and one revocation."""

from __future__ import annotations

import uuid
from datetime import timedelta

from ratedparts.certificates import taking_back
from ratedparts.evaluations.service import current_evaluation
from ratedparts.review import service as reviews

from .cast import PASSWORD
from .example_parts import EXAMPLE_PARTS
from .stage import RESULTS, Cast, Stage


def certify(stage: Stage, cast: Cast, ids: dict[str, uuid.UUID]) -> None:
    assert cast.reviewer is not None
    assert cast.issuer is not None
    office = stage.installation.office
    issued: dict[str, str] = {}
    for index, part in enumerate(EXAMPLE_PARTS):
        part_id = ids[part.part_number]
        with stage.database.reading() as work:
            evaluation = current_evaluation(work, part_id)
        if not part.certify or evaluation is None or str(evaluation.grade).startswith("U"):
            continue
        stage.calendar.now = stage.today - RESULTS + timedelta(days=2, hours=index)
        with stage.database.work() as work:
            review = reviews.apply(work, cast.makers[part.maker], part_id)
        if part.part_number == EXAMPLE_PARTS[-2].part_number:
            continue  # one application is left for whoever tries the reviewer's page
        with stage.database.work() as work:
            reviews.judge(
                work,
                cast.reviewer,
                review.id,
                office.records,
                verdict="approved",
                statement="",
                password=PASSWORD,
            )
        if part.part_number == EXAMPLE_PARTS[-3].part_number:
            continue  # and one for the issuer's
        with stage.database.work() as work:
            intent = office.intend(work, cast.issuer, review.id, PASSWORD)
        certificate = office.issue(stage.database, cast.issuer, intent.id)
        issued[part.part_number] = certificate.number
    stage.calendar.now = stage.today - timedelta(days=20)
    for part in EXAMPLE_PARTS:
        if part.revoke:
            with stage.database.work() as work:
                taking_back.revoke(
                    work,
                    cast.issuer,
                    office.log,
                    issued[part.part_number],
                    reason=part.revoke,
                    password=PASSWORD,
                )
