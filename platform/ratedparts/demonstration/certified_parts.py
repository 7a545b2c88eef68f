"""Applications, judgements and certificates, and what became of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from ratedparts.certificates import taking_back, withdrawal_cases
from ratedparts.evaluations.service import current_evaluation
from ratedparts.review import service as reviews

from .cast import PASSWORD
from .example_parts import EXAMPLE_PARTS, ExamplePart
from .measured_files import INSTRUMENTS
from .stage import RESULTS, Cast, Stage

CERTIFIED = ("issued", "answered", "reinstated", "suspended", "revoked")
LEFT_OPEN = ("applied", "asked", "approved", "refused", "appealed")
QUESTION = "Were the units of lot L2 conditioned before the first readout, and for how long?"
ANSWER = "Yes: 24 h at 23 °C and 50 % relative humidity, as for the other lots."
DOUBT = "The failure analysis of the returned units is not there yet."
CLEARED = "The failure analysis found a damaged board, and no fault of the part."
MOVED = "The maker moved production without notice; what was tested is not what is delivered."
UNCLEAR = "The report does not say how units were chosen from the lots."
GROUNDS = "The sampling plan was in the annex of the report; it is named on page 2."
DRIFT = "Recalibration found the meter outside its tolerance."


def certify(stage: Stage, cast: Cast, ids: dict[str, uuid.UUID]) -> None:
    """Certificates of the past year first, then what is open today."""
    desk = Desk(stage, cast)
    stage.calendar.now = stage.today - RESULTS + timedelta(days=2)
    for part in EXAMPLE_PARTS:
        if part.story in CERTIFIED and desk.reaches_a_grade(ids[part.part_number]):
            stage.calendar.now += timedelta(hours=1)
            desk.certify(part, ids[part.part_number])
    stage.calendar.now = stage.today - timedelta(days=9)
    for part in EXAMPLE_PARTS:
        if part.story in LEFT_OPEN and desk.reaches_a_grade(ids[part.part_number]):
            stage.calendar.now += timedelta(hours=3)
            desk.leave_open(part, ids[part.part_number])
    stage.calendar.now = stage.today - timedelta(days=2)
    desk.propose_withdrawal()


@dataclass(frozen=True)
class Desk:
    """The authority's, with the makers and laboratories on the other side."""

    stage: Stage
    cast: Cast

    def reaches_a_grade(self, part_id: uuid.UUID) -> bool:
        with self.stage.database.reading() as work:
            evaluation = current_evaluation(work, part_id)
        return evaluation is not None and not str(evaluation.grade).startswith("U")

    def certify(self, part: ExamplePart, part_id: uuid.UUID) -> None:
        """From the application to a certificate, and to what became of it."""
        review_id = self._apply(part, part_id)
        if part.story == "answered":
            laboratory = self.cast.laboratories[part.laboratory]
            with self.stage.database.work() as work:
                of = laboratory.organisation_id
                reviews.ask(work, self.cast.reviewers[0], review_id, organisation_id=of, question=QUESTION)
            with self.stage.database.work() as work:
                reviews.answer(work, laboratory, review_id, statement=ANSWER)
        self._judge(review_id, "approved")
        office, issuer = self.stage.installation.office, self.cast.issuers[0]
        with self.stage.database.work() as work:
            intent = office.intend(work, issuer, review_id, PASSWORD)
        number = office.issue(self.stage.database, issuer, intent.id).number
        for verb, reason in {
            "reinstated": (("suspend", DOUBT), ("reinstate", CLEARED)),
            "suspended": (("suspend", DOUBT),),
            "revoked": (("revoke", MOVED),),
        }.get(part.story, ()):
            self.stage.calendar.now += timedelta(hours=1)
            self._take_back(verb, number, reason)

    def leave_open(self, part: ExamplePart, part_id: uuid.UUID) -> None:
        """An application that waits for somebody."""
        review_id = self._apply(part, part_id)
        maker = self.cast.makers[part.maker]
        if part.story == "asked":
            with self.stage.database.work() as work:
                of = maker.organisation_id
                reviews.ask(work, self.cast.reviewers[0], review_id, organisation_id=of, question=QUESTION)
        elif part.story == "approved":
            self._judge(review_id, "approved")
        elif part.story in ("refused", "appealed"):
            self._judge(review_id, "refused", UNCLEAR)
        if part.story == "appealed":
            with self.stage.database.work() as work:
                reviews.appeal(work, maker, review_id, grounds=GROUNDS)

    def propose_withdrawal(self) -> None:
        """One issuer lays the certificates behind an instrument before the other."""
        with self.stage.database.work() as work:
            withdrawal_cases.propose(
                work,
                self.cast.issuers[1],
                self.stage.installation.blobs,
                cause="instrument",
                subject={
                    "laboratory_id": str(self.cast.laboratories[2].organisation_id),
                    "instrument_id": INSTRUMENTS[0],
                },
                action="suspend",
                reason=DRIFT,
            )

    def _apply(self, part: ExamplePart, part_id: uuid.UUID) -> uuid.UUID:
        with self.stage.database.work() as work:
            return reviews.apply(work, self.cast.makers[part.maker], part_id).id

    def _judge(self, review_id: uuid.UUID, verdict: str, statement: str = "") -> None:
        with self.stage.database.work() as work:
            reviews.judge(
                work,
                self.cast.reviewers[0],
                review_id,
                self.stage.installation.office.records,
                verdict=verdict,
                statement=statement,
                password=PASSWORD,
            )

    def _take_back(self, verb: str, number: str, reason: str) -> None:
        taken = {"suspend": taking_back.suspend, "revoke": taking_back.revoke}.get(
            verb, taking_back.reinstate
        )
        with self.stage.database.work() as work:
            log = self.stage.installation.office.log
            taken(work, self.cast.issuers[0], log, number, reason=reason, password=PASSWORD)
