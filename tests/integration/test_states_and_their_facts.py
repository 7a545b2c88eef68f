"""A state contradicts its facts nowhere: each contradiction is tried, and the database refuses it."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ratedparts.catalogue.models import PublishedPart
from ratedparts.certificates import withdrawal_cases
from ratedparts.certificates.models import (
    Certificate,
    CertificateStanding,
    IssuingKeyRecord,
    LogEntry,
    WithdrawalCase,
)
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.organisations.models import OneTimeLink, Organisation, Person, Role, Scope
from ratedparts.review.models import Review, ReviewStep
from ratedparts.submissions.models import Submission, TestPlan

AT = datetime(2026, 6, 2, tzinfo=UTC)
LATER = AT + timedelta(days=1)
DIGEST = "sha256:" + "0" * 64
NOBODY = {"reviewer_id": None, "reviewed_at": None}
WAITING = {"state": "waiting", **NOBODY}
REVOKED = {
    "state": "revoked",
    "decided_at": AT,
    "revoked_at": AT,
    "invalid_since": AT,
    "revoked_by": uuid.UUID(int=1),
    "revocation_reason": "why",
}
SUSPENDED = {
    "state": "suspended",
    "suspended_at": AT,
    "suspended_by": uuid.UUID(int=1),
    "suspension_reason": "why",
}
CASE = {"state": "proposed", "cause": "engine", "action": "revoke", "decided_by": None, "decided_at": None}

# A good row of the table, with these changes, breaks that constraint.
CONTRADICTIONS = [
    (Job, "state", {"state": "lost", "finished_at": None}),
    (Job, "running_has_a_lease", {"state": "running", "finished_at": None, "lease_until": None}),
    (Job, "running_has_a_lease", {"state": "queued", "finished_at": None, "lease_until": AT}),
    (Job, "finished_has_its_time", {"state": "done", "finished_at": None}),
    (Job, "finished_has_its_time", {"state": "queued", "finished_at": AT}),
    (Job, "failed_says_why", {"state": "failed", "finished_at": AT, "error": None}),
    (Submission, "state", {"state": "pending", "evidence_digest": None}),
    (Submission, "refused_says_why", {"state": "refused", "evidence_digest": None, "fault_count": 0}),
    (Submission, "refused_says_why", {"state": "accepted", "evidence_digest": DIGEST, "fault_count": 1}),
    (Submission, "accepted_has_evidence", {"state": "accepted", "evidence_digest": None}),
    (
        Submission,
        "accepted_has_evidence",
        {"state": "refused", "evidence_digest": DIGEST, "fault_count": 1},
    ),
    (Evidence, "dates", {"started_on": date(2026, 2, 2), "ended_on": date(2026, 2, 1)}),
    (Evidence, "evidence_class", {"evidence_class": "E4"}),
    (Evaluation, "state", {"state": "guessed", "grade": None, "superseded_at": AT}),
    (Evaluation, "decided_has_a_grade", {"state": "decided", "grade": None, "superseded_at": AT}),
    (Evaluation, "decided_has_a_grade", {"state": "analysed", "grade": "A", "superseded_at": AT}),
    (Review, "state", {"state": "liked", **NOBODY}),
    (Review, "judged_has_its_judge", {"state": "approved", "reviewer_id": None}),
    (Review, "judged_has_its_judge", {"state": "approved", "reviewed_at": None}),
    (Review, "judged_has_its_judge", {"state": "waiting"}),
    (Review, "judged_has_its_judge", {**WAITING, "reviewed_at": AT}),
    (Review, "says_why", {"state": "refused", "statement": None}),
    (Review, "asked_of_whom", {**WAITING, "state": "asked"}),
    (Review, "asked_of_whom", lambda row: {**WAITING, "asked_organisation_id": uuid.UUID(int=5)}),
    (Review, "withdrawn_when", {**WAITING, "state": "withdrawn"}),
    (Review, "withdrawn_when", {**WAITING, "withdrawn_at": AT}),
    (Review, "appeal_against_whom", lambda row: {"appeal_of": row["id"]}),
    (Review, "appeal_against_whom", {"grounds": "why"}),
    (
        Review,
        "appeal_before_another",
        lambda row: {"appeal_of": row["id"], "first_reviewer_id": row["reviewer_id"], "grounds": "why"},
    ),
    (ReviewStep, "judgement_is_signed", {"verb": "approve", "record": None, "statement": "why"}),
    (ReviewStep, "judgement_is_signed", {"verb": "apply", "record": "{}"}),
    (ReviewStep, "question_has_its_addressee", {"verb": "ask", "record": None, "statement": "why"}),
    (ReviewStep, "says_what", {"verb": "answer", "record": None, "statement": None}),
    (WithdrawalCase, "state", {**CASE, "state": "guessed", "decided_by": uuid.UUID(int=1), "decided_at": AT}),
    (WithdrawalCase, "cause", {**CASE, "cause": "weather"}),
    (WithdrawalCase, "action", {**CASE, "action": "forget"}),
    (WithdrawalCase, "decided_by_whom", {**CASE, "state": "confirmed"}),
    (
        WithdrawalCase,
        "two_people",
        lambda row: {**CASE, "state": "confirmed", "decided_at": AT, "decided_by": row["proposed_by"]},
    ),
    (Review, "never_ones_own", lambda row: {"reviewer_id": row["applied_by"]}),
    (Certificate, "three_people", lambda row: {"reviewer_id": row["issuer_id"]}),
    (Certificate, "three_people", lambda row: {"reviewer_id": row["applicant_id"]}),
    (Certificate, "three_people", lambda row: {"issuer_id": row["applicant_id"]}),
    (Certificate, "not_back_dated", lambda row: {"issued_at": row["valid_from"] + timedelta(seconds=1)}),
    (Certificate, "validity", lambda row: {"valid_until": row["valid_from"]}),
    (CertificateStanding, "state", {"state": "lent"}),
    *(
        (CertificateStanding, "revoked_says_why", {**REVOKED, missing: None})
        for missing in REVOKED
        if missing != "state"
    ),
    (CertificateStanding, "revoked_says_why", {**REVOKED, "state": "valid"}),
    (CertificateStanding, "revoked_dates", {**REVOKED, "decided_at": LATER}),
    (CertificateStanding, "revoked_dates", {**REVOKED, "invalid_since": LATER}),
    *(
        (CertificateStanding, "suspended_says_why", {**SUSPENDED, missing: None})
        for missing in SUSPENDED
        if missing != "state"
    ),
    (CertificateStanding, "suspended_says_why", {**SUSPENDED, "state": "valid"}),
    (CertificateStanding, "superseded_by_whom", {"state": "superseded", "superseded_by": None}),
    (CertificateStanding, "superseded", {"state": "valid", "superseded_by": "CEG-AAAAA-AAAAA"}),
    (PublishedPart, "kind", {"kind": "loved", "certificate_number": None}),
    (PublishedPart, "rated_has_a_certificate", {"kind": "rated", "certificate_number": None}),
    (PublishedPart, "rated_has_a_certificate", {"kind": "analysed", "grade": None, "valid_until": None}),
    (PublishedPart, "analysed_has_no_grade", {"kind": "rated", "grade": None}),
    (
        PublishedPart,
        "analysed_has_no_grade",
        {"kind": "analysed", "certificate_number": None, "valid_until": None},
    ),
    (PublishedPart, "analysed_has_no_term", {"kind": "rated", "valid_until": None}),
    (PublishedPart, "generated_was_not_evaluated", {"kind": "generated", "certificate_number": None}),
    (PublishedPart, "generated_was_not_evaluated", {"kind": "rated", "evaluation_id": None}),
    (
        PublishedPart,
        "generated_is_an_example",
        {"kind": "generated", "certificate_number": None, "evaluation_id": None, "example": False},
    ),
    (LogEntry, "position", {"position": -1}),
    (IssuingKeyRecord, "purpose", {"purpose": "anything"}),
    (IssuingKeyRecord, "window", {"valid_from": LATER, "valid_until": AT}),
    (TestPlan, "accept", {"accept": -1}),
    (Scope, "dates", {"valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}),
    (Organisation, "kind", {"kind": "friend"}),
    (Person, "email_lower", {"email": "Upper@example.org"}),
    (Role, "name", {"name": "king"}),
    (OneTimeLink, "purpose", {"purpose": "curiosity"}),
]


def _row_with(connection, model, changes):
    row = dict(
        connection.execute(select(model.__table__).order_by(*model.__table__.primary_key).limit(1))
        .mappings()
        .one()
    )
    return {**row, **(changes(row) if callable(changes) else changes)}


def _under_another_key(model, row):
    """The row under a key of its own, so that nothing but the contradiction is in its way."""
    free = {uuid.UUID: uuid.UUID(int=7), int: 10**6, str: "ANOTHER"}
    for column in model.__table__.primary_key:
        value = row[column.name]
        if value != -1:  # a key may itself be the contradiction
            row[column.name] = free[type(value)]
    return row


@pytest.mark.parametrize(
    ("model", "constraint", "changes"),
    CONTRADICTIONS,
    ids=[f"{i}-{m.__tablename__}-{c}" for i, (m, c, _) in enumerate(CONTRADICTIONS)],
)
def test_a_row_whose_state_contradicts_its_facts_is_refused(certified_engine, model, constraint, changes):
    name = f"ck_{model.__tablename__}_{constraint}"
    with certified_engine.connect() as connection:
        row = _under_another_key(model, _row_with(connection, model, changes))
        with pytest.raises(IntegrityError, match=rf"\b{name}\b"):
            connection.execute(insert(model.__table__).values(row))


ONLY_ONE = [  # "at most one current": another row like the one that is there
    (Evaluation, lambda row: {"id": uuid.UUID(int=1)}, "uq_evaluation_current|evaluation.part_id"),
    (
        CertificateStanding,
        lambda row: {"number": "CEG-AAAAA-AAAAA"},
        "uq_certificate_standing_current|certificate_standing.part_id",
    ),
    (
        CertificateStanding,
        lambda row: {"number": "CEG-AAAAA-AAAAA", **SUSPENDED},
        "uq_certificate_standing_current|certificate_standing.part_id",
    ),
    (Role, lambda row: {"id": uuid.UUID(int=1)}, "uq_role_current|role.person_id"),
    (Review, lambda row: {"id": uuid.UUID(int=1)}, "uq_review_standing|review.evaluation_id"),
    (Evidence, lambda row: {"id": uuid.UUID(int=1)}, "uq_evidence_|evidence."),
]


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    ONLY_ONE,
    ids=[f"{i}-{m.__tablename__}" for i, (m, _, _) in enumerate(ONLY_ONE)],
)
def test_a_second_current_row_is_refused(certified_engine, model, changes, constraint):
    with certified_engine.connect() as connection:
        row = _row_with(connection, model, changes)
        with pytest.raises(IntegrityError, match=constraint):
            connection.execute(insert(model.__table__).values(row))


def test_history_is_no_second_current_row(certified_engine):
    with certified_engine.connect() as connection:
        row = _row_with(connection, Evaluation, {"id": uuid.UUID(int=1), "superseded_at": AT})
        connection.execute(insert(Evaluation.__table__).values(row))
        row = _row_with(connection, Role, {"id": uuid.UUID(int=1), "ended_at": AT})
        connection.execute(insert(Role.__table__).values(row))


@pytest.fixture(scope="module")
def certified_engine(databases):
    """One certified world for the whole module: nothing here is ever committed."""
    world = databases.world("certified")
    with world.work() as work:
        withdrawal_cases.propose(
            work,
            world.cast["issuer"],
            world.installation.blobs,
            cause="protocol",
            subject={"protocol": "MLCC-HTL@1"},
            action="revoke",
            reason="a wrong limit",
        )
    yield world.database.engine
    world.database.dispose()
    databases.forget(world.database.url)
