"""One damage a test, by somebody whom no trigger stops: the check that it concerns names exactly that."""

import json
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from ratedparts.audit.models import AuditLine
from ratedparts.catalogue.models import PublishedPart
from ratedparts.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateStanding,
    IssuanceIntent,
    IssuanceTicket,
    IssuingKeyRecord,
    LogCheckpoint,
    LogEntry,
    LogNode,
    StatusList,
)
from ratedparts.evaluations.models import Evaluation, StoredFigures
from ratedparts.evidence.models import Evidence, EvidenceColumn, EvidenceWithdrawal
from ratedparts.jobs.models import Job
from ratedparts.proofs import canonical_bytes, digest_of
from ratedparts.review.models import ReviewStep
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.models import Part, Submission, TestPlan, Upload

from .insider import blob_file, insider


def table(model) -> Table:
    return model.__table__


def column(world, query):
    with world.reading() as work:
        return work.session.scalars(query).first()


def set_(model, where=None, **values):
    """Change the rows of a model, or those of one number."""

    def damage(world, connection):
        query = update(table(model)).values(
            {name: value(world) if callable(value) else value for name, value in values.items()}
        )
        connection.execute(query if where is None else query.where(where(world)))

    return damage


def drop(model, where=None):
    def damage(world, connection):
        query = delete(table(model))
        connection.execute(query if where is None else query.where(where(world)))

    return damage


def one_evidence(protocol="MLCC-HTL"):
    return lambda world: Evidence.id == evidence_of(world, protocol).id


def evidence_of(world, protocol="MLCC-HTL"):
    return column(world, select(Evidence).where(Evidence.protocol.startswith(protocol)))


def current(world):
    return Evaluation.superseded_at.is_(None)


def first(world):
    return Certificate.number == world.facts["first"]


def edited(query, change):
    """A JSON document or column of the row that the query gives, changed."""

    def value(world):
        found = column(world, query(world) if callable(query) else query)
        document = json.loads(found) if isinstance(found, str) else json.loads(json.dumps(found))
        change(document)
        return canonical_bytes(document).decode() if isinstance(found, str) else document

    return value


def dossier_of_now(world):
    return column(world, select(Evaluation.dossier).where(current(world)))


def redacted(change):
    """The dossier of now, changed as by somebody who knows that its digest is looked at, too."""

    def damage(world, connection):
        dossier = column(world, select(Evaluation.dossier).where(current(world)))
        change(dossier)
        digest = digest_of(canonical_bytes(dossier))
        query = update(table(Evaluation)).where(current(world))
        connection.execute(query.values(dossier=dossier, dossier_digest=digest))

    return damage


without_its_last_test = redacted(lambda dossier: dossier["tests"].pop())
with_another_test = redacted(lambda dossier: dossier["tests"][0].update(ended_on="2027-01-01"))
with_another_level = redacted(lambda dossier: dossier["granted"].update(level="FR9"))


def withdrawn(world, connection):
    connection.execute(
        insert(table(EvidenceWithdrawal)).values(
            evidence_id=evidence_of(world).id, case_id=uuid.uuid4(), reason="x", withdrawn_at=world.clock.now
        )
    )


def swapped_leaves(world, connection):
    rows = connection.execute(select(table(LogEntry)).order_by(LogEntry.position)).all()
    for row, other in ((rows[0], rows[1]), (rows[1], rows[0])):
        connection.execute(
            update(table(LogEntry)).where(LogEntry.position == row.position).values(leaf=other.leaf)
        )


def a_job(event, **values):
    def damage(world, connection):
        row = {
            "id": uuid.uuid4(),
            "event": event,
            "parameters": {},
            "state": "queued",
            "attempts": 0,
            "created_at": world.clock.now,
            "not_before": world.clock.now,
            **values,
        }
        connection.execute(insert(table(Job)).values(row))

    return damage


def asked_again(world, connection):
    row = connection.execute(select(table(Job)).where(Job.event == "document_wanted")).first()
    connection.execute(insert(table(Job)).values({**row._mapping, "id": uuid.uuid4()}))


def an_upload(world, connection):
    plan = column(world, select(TestPlan.id))
    connection.execute(
        insert(table(Upload)).values(
            id=uuid.uuid4(),
            number="SUB-AAAAA-AAAAA",
            plan_id=plan,
            uploaded_by=world.cast["laboratory"].person_id,
            file_name="x.csv",
            encoding="utf-8",
            size_bytes=9,
            received_bytes=5,
            lines=0,
            open_line_bytes=5,
            checked_bytes=0,
            state="arriving",
            begun_at=world.clock.now,
            last_at=world.clock.now,
        )
    )


def later(model, name, where):
    return lambda world: column(world, select(getattr(model, name)).where(where(world))) + timedelta(hours=1)


def standing_of(world):
    return CertificateStanding.number == world.facts["first"]


def newest_list(world):
    return StatusList.sequence == column(
        world, select(StatusList.sequence).order_by(StatusList.sequence.desc())
    )


def grade_better(document):
    document["grade"] = "A+" if document["grade"] != "A+" else "B"


def figures_better(document):
    document["figures"]["b10_lower_90"] = 9e9


# What was done → the check that finds it, the codes that it tells, the damage.
DAMAGES = {
    "an audit line changed": (
        "audit_chain",
        ["audit_line_changed"],
        set_(AuditLine, lambda world: AuditLine.sequence == 6, verb="x"),
    ),
    "an audit line removed": (
        "audit_chain",
        ["audit_lines_missing"],
        drop(AuditLine, lambda world: AuditLine.sequence == 6),
    ),
    "the tail of the audit log removed": (
        "audit_tells",
        ["log_and_audit_differ"],
        drop(AuditLine, lambda world: AuditLine.verb == "revoke"),
    ),
    "the line of an issue removed": (
        "audit_tells",
        ["row_without_audit_line"],
        drop(
            AuditLine,
            lambda world: (AuditLine.verb == "issue") & (AuditLine.subject_id == world.facts["first"]),
        ),
    ),
    "a refused submission removed": (
        "audit_tells",
        ["audit_line_without_row"],
        drop(Submission, lambda world: Submission.state == "refused"),
    ),
    "a row that others refer to removed": (
        "constraints",
        ["row_refers_to_nothing"] * 6,
        drop(Part),
    ),
    "a summary changed": (
        "evidence",
        ["evidence_differs"],
        set_(
            Evidence,
            one_evidence(),
            summary=edited(
                select(Evidence.summary).where(Evidence.protocol.startswith("MLCC-HTL")),
                lambda summary: summary["lots"][0]["units"][0].update(lower=9999.0),
            ),
        ),
    ),
    "a day of evidence changed": (
        "evidence",
        ["evidence_differs"],
        set_(Evidence, one_evidence(), ended_on=date(2026, 12, 31)),
    ),
    "a salt changed": (
        "evidence",
        ["evidence_differs"],
        set_(
            EvidenceColumn,
            lambda world: (EvidenceColumn.evidence_id == evidence_of(world).id) & (EvidenceColumn.place == 2),
            salt="00" * 16,
        ),
    ),
    "a sealed column removed": (
        "evidence",
        ["evidence_differs"],
        drop(
            EvidenceColumn,
            lambda world: (EvidenceColumn.evidence_id == evidence_of(world).id) & (EvidenceColumn.place == 2),
        ),
    ),
    "the digest of a protocol changed": (
        "evidence",
        ["evidence_differs"],
        set_(Evidence, one_evidence(), protocol_digest="sha256:" + "0" * 64),
    ),
    "the count of a submission changed": (
        "evidence",
        ["evidence_differs"],
        set_(Submission, lambda world: Submission.id == evidence_of(world).submission_id, rows=1),
    ),
    "typed columns of another file": (
        "evidence",
        ["evidence_differs"],
        set_(
            Evidence,
            one_evidence(),
            columns_digest=lambda world: evidence_of(world, "SEMI-TC").columns_digest,
        ),
    ),
    "a plan that the file was not made for": (
        "evidence",
        ["evidence_refused_again"],
        set_(TestPlan, lambda world: TestPlan.id == evidence_of(world).plan_id, number="PLAN-XXXXX-XXXXX"),
    ),
    "a dossier changed": (
        "dossiers",
        ["dossier_digest_differs", "dossier_test_without_evidence", "evidence_not_in_dossier"],
        set_(
            Evaluation,
            current,
            dossier=edited(
                lambda world: select(Evaluation.dossier).where(current(world)),
                lambda dossier: dossier["tests"][0].update(ended_on="2027-01-01"),
            ),
        ),
    ),
    "a dossier changed with its digest": (
        "dossiers",
        ["dossier_test_without_evidence", "evidence_not_in_dossier"],
        with_another_test,
    ),
    "a dossier with a better level granted": (
        "decisions",
        ["dossier_granted_differs"],
        with_another_level,
    ),
    "evidence left out of a dossier": ("dossiers", ["evidence_not_in_dossier"], without_its_last_test),
    "evidence withdrawn and still counted": ("dossiers", ["dossier_counts_withdrawn"], withdrawn),
    "a grade changed": ("dossiers", ["evaluation_grade_differs"], set_(Evaluation, current, grade="X")),
    "a decision changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            decision=edited(lambda world: select(Evaluation.decision).where(current(world)), grade_better),
        ),
    ),
    "a figure of a decision changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            decision=edited(lambda world: select(Evaluation.decision).where(current(world)), figures_better),
        ),
    ),
    "the analysis changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            analysis=edited(
                lambda world: select(Evaluation.analysis).where(current(world)),
                lambda analysis: analysis.update(unit="cycles"),
            ),
        ),
    ),
    "stored figures changed": (
        "decisions",
        ["decision_differs"],
        set_(
            StoredFigures,
            lambda world: (
                StoredFigures.dossier_digest
                == column(world, select(Evaluation.dossier_digest).where(current(world)))
            ),
            figures='["x"]',
        ),
    ),
    "another grade on a certificate's row": (
        "issuance",
        ["certificate_differs"],
        set_(Certificate, first, grade="X"),
    ),
    "a longer term on a certificate's row": (
        "issuance",
        ["certificate_differs"],
        set_(Certificate, first, valid_until=later(Certificate, "valid_until", first)),
    ),
    "an intent of another number": (
        "issuance",
        ["certificate_without_intent"],
        set_(IssuanceIntent, lambda world: IssuanceIntent.number == world.facts["first"], number="CEG-X"),
    ),
    "tickets removed": (
        "issuance",
        ["certificate_without_ticket", "certificate_without_ticket"],
        drop(IssuanceTicket),
    ),
    "a credential changed": (
        "signatures",
        ["signature_does_not_hold"],
        set_(
            Certificate,
            first,
            credential=edited(
                lambda world: select(Certificate.credential).where(first(world)),
                lambda credential: credential["credentialSubject"].update(design_life_hours="876000"),
            ),
        ),
    ),
    "a credential cut off": (
        "signatures",
        ["row_unreadable"],
        set_(Certificate, first, credential="{"),
    ),
    "a judgement changed": (
        "signatures",
        ["signature_does_not_hold"],
        set_(
            ReviewStep,
            lambda world: (ReviewStep.review_id == world.facts["review_id"]) & ReviewStep.record.is_not(None),
            record=edited(
                lambda world: select(ReviewStep.record).where(
                    ReviewStep.review_id == world.facts["review_id"], ReviewStep.record.is_not(None)
                ),
                lambda record: record["credentialSubject"].update(verdict="refused"),
            ),
        ),
    ),
    "a key that begins later": (
        "signatures",
        ["signature_does_not_hold"] * 2,
        set_(
            IssuingKeyRecord,
            lambda world: (
                IssuingKeyRecord.id == column(world, select(Certificate.key_id).where(first(world)))
            ),
            valid_from=lambda world: (
                column(world, select(Certificate.issued_at).where(first(world))) + timedelta(seconds=1)
            ),
        ),
    ),
    "a PDF of another certificate": (
        "documents",
        ["document_of_another_certificate"],
        set_(
            CertificateDocument,
            lambda world: CertificateDocument.number == world.facts["first"],
            signed_digest=lambda world: column(
                world,
                select(CertificateDocument.signed_digest).where(
                    CertificateDocument.number == world.facts["number"]
                ),
            ),
        ),
    ),
    "a leaf removed": (
        "log",
        ["log_entries_missing"] * 6,
        drop(LogEntry, lambda world: LogEntry.position == 1),
    ),
    "the last leaf removed": (
        "log",
        ["log_entries_missing"],
        drop(LogEntry, lambda world: LogEntry.position == 5),
    ),
    "a leaf's row changed": (
        "log",
        ["log_entry_differs"],
        set_(LogEntry, lambda world: LogEntry.position == 5, action="suspended"),
    ),
    "a hash changed": (
        "log",
        ["log_node_differs"],
        set_(LogNode, lambda world: (LogNode.level == 1) & (LogNode.position == 1), node_hash="00" * 32),
    ),
    "a hash removed": (
        "log",
        ["log_node_missing"],
        drop(LogNode, lambda world: (LogNode.level == 1) & (LogNode.position == 1)),
    ),
    "an older checkpoint removed": (
        "log",
        ["log_checkpoint_missing"],
        drop(LogCheckpoint, lambda world: LogCheckpoint.size == 2),
    ),
    "an older checkpoint in the place of another": (
        "log",
        ["log_checkpoint_differs"],
        set_(
            LogCheckpoint,
            lambda world: LogCheckpoint.size == 3,
            note=lambda world: column(world, select(LogCheckpoint.note).where(LogCheckpoint.size == 2)),
        ),
    ),
    "a checkpoint cut off": (
        "log",
        ["row_unreadable"],
        set_(LogCheckpoint, lambda world: LogCheckpoint.size == 3, note="x"),
    ),
    "a revoked certificate in force again": (
        "standings",
        ["standing_against_log"],
        set_(
            CertificateStanding,
            standing_of,
            state="superseded",
            decided_at=None,
            revoked_at=None,
            invalid_since=None,
            revoked_by=None,
            revocation_reason=None,
        ),
    ),
    "a revocation dated forward": (
        "standings",
        ["standing_differs"],
        set_(
            CertificateStanding, standing_of, revoked_at=later(CertificateStanding, "revoked_at", standing_of)
        ),
    ),
    "a standing removed": (
        "standings",
        ["certificate_without_standing"],
        drop(CertificateStanding, standing_of),
    ),
    "a successor that is none": (
        "standings",
        ["standing_differs"],
        set_(CertificateStanding, standing_of, superseded_by="CEG-X"),
    ),
    "a leaf that cannot follow": (
        "standings",
        ["log_order_impossible", "log_order_impossible"],
        set_(LogEntry, lambda world: LogEntry.position == 1, action="reinstated"),
    ),
    "a status list removed": (
        "status_lists",
        ["status_lists_missing"],
        drop(StatusList, lambda world: StatusList.sequence == 2),
    ),
    "an older status list in the place of the newest": (
        "status_lists",
        ["status_row_differs", "status_row_differs", "status_row_differs"],
        set_(
            StatusList,
            newest_list,
            document=lambda world: column(world, select(StatusList.document).order_by(StatusList.sequence)),
        ),
    ),
    "a status list changed": (
        "status_lists",
        ["row_unreadable"],
        set_(
            StatusList,
            newest_list,
            document=edited(
                lambda world: select(StatusList.document).where(newest_list(world)),
                lambda document: document["credentialSubject"].update(certificates=[]),
            ),
        ),
    ),
    "a better grade in the catalogue": (
        "catalogue_rows",
        ["catalogue_row_differs"],
        set_(PublishedPart, grade="X"),
    ),
    "better answers in the catalogue": (
        "catalogue_rows",
        ["catalogue_row_differs"],
        set_(
            PublishedPart,
            use_numbers=edited(
                select(PublishedPart.use_numbers), lambda numbers: numbers.update({next(iter(numbers)): 9.9})
            ),
        ),
    ),
    "a part taken from the catalogue": ("catalogue_rows", ["catalogue_row_missing"], drop(PublishedPart)),
    "columns that say something else": (
        "catalogue_columns",
        ["catalogue_columns_differ"],
        set_(PublishedPart, maker_en="Somebody"),
    ),
    "a job that nobody does": ("jobs", ["job_without_handler"], a_job("nothing_of_ours")),
    "a job about nothing": (
        "jobs",
        ["job_about_nothing"],
        a_job("part_evaluated", parameters={"part_id": str(uuid.uuid4())}),
    ),
    "a document asked for twice": ("letters", ["told_twice"], asked_again),
    "an upload without its bytes": ("uploads", ["upload_bytes_missing"], an_upload),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_named(lived, damage):
    check, codes, harm = DAMAGES[damage]
    with insider(lived) as connection:
        harm(lived, connection)
    report = verify_store(Store.of(lived.installation), only=[check])
    assert {one.name for one in report.checks if one.faults} == {check}
    assert sorted(report.codes) == sorted(codes)


# --- files


NAMED_BY = {
    "evidence.digest": lambda world: evidence_of(world).digest,
    "evidence.columns_digest": lambda world: evidence_of(world).columns_digest,
    "certificate_document.signed_digest": lambda world: column(
        world, select(CertificateDocument.signed_digest)
    ),
}


@pytest.mark.embedded_database
@pytest.mark.parametrize("place", NAMED_BY)
def test_a_blob_that_is_gone_or_changed_in_one_bit_is_named(lived, place):
    digest = NAMED_BY[place](lived)
    file = blob_file(lived, digest)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    report = verify_store(Store.of(lived.installation))
    assert [(one.code, one.place, one.parameters) for check in report.checks for one in check.faults] == [
        ("kept_blob_damaged", place, {"digest": digest})
    ]
    file.unlink()
    report = verify_store(Store.of(lived.installation))
    assert report.codes == ("kept_blob_missing",)


@pytest.mark.embedded_database
def test_a_byte_of_the_columns_of_the_catalogue_is_named(lived):
    folder = lived.installation.settings.catalogue
    file = max(folder.glob("*/*.spelled"))
    file.write_bytes(b"EX-9999X7R104K\n"[: file.stat().st_size].ljust(file.stat().st_size, b"\n"))
    report = verify_store(Store.of(lived.installation))
    (fault,) = (one for check in report.checks for one in check.faults)
    assert (fault.code, fault.place) == ("catalogue_columns_differ", "catalogue mlcc_class2")
    assert fault.parameters == {"member": "spelled", "rows": 1}


# --- the schema


def test_a_trigger_that_was_dropped_is_named(lived):
    on = " ON certificate" if lived.database.engine.dialect.name == "postgresql" else ""
    with lived.work() as work:
        work.session.execute(text(f"DROP TRIGGER certificate_no_update{on}"))
    report = verify_store(Store.of(lived.installation), quick=True)
    assert [(one.code, one.place) for check in report.checks for one in check.faults] == [
        ("schema_trigger_missing", "certificate trigger certificate_no_update")
    ]


def test_a_trigger_that_does_nothing_any_more_is_named(lived):
    with lived.work() as work:
        if lived.database.engine.dialect.name == "postgresql":
            work.session.execute(text("ALTER TABLE certificate DISABLE TRIGGER certificate_no_update"))
        else:
            work.session.execute(text("DROP TRIGGER certificate_no_update"))
            work.session.execute(
                text("CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate BEGIN SELECT 1; END")
            )
    report = verify_store(Store.of(lived.installation), quick=True)
    assert len(report.codes) == 1
    assert report.codes[0] in ("schema_trigger_changed", "schema_trigger_disabled")


def test_an_index_that_was_dropped_is_named(lived):
    with lived.work() as work:
        work.session.execute(text("DROP INDEX uq_certificate_standing_current"))
    report = verify_store(Store.of(lived.installation), quick=True)
    assert [(one.code, one.place) for check in report.checks for one in check.faults] == [
        ("schema_constraint_missing", "certificate_standing unique index uq_certificate_standing_current")
    ]


def test_a_constraint_that_old_rows_need_not_meet_is_named(lived):
    if lived.database.engine.dialect.name != "postgresql":
        with insider(lived) as connection:
            connection.execute(update(table(Evaluation)).where(current(lived)).values(state="analysed"))
        report = verify_store(Store.of(lived.installation), only=["constraints"])
        assert report.codes == ("row_breaks_constraint",)
        return
    with lived.work() as work:
        name = "ck_evaluation_decided_has_a_grade"
        for statement in (
            f"ALTER TABLE evaluation DROP CONSTRAINT {name}",
            "UPDATE evaluation SET state = 'analysed'",
            (
                f"ALTER TABLE evaluation ADD CONSTRAINT {name}"
                " CHECK ((state = 'decided') = (grade IS NOT NULL)) NOT VALID"
            ),
        ):
            work.session.execute(text(statement))
    report = verify_store(Store.of(lived.installation), only=["constraints"])
    assert report.codes == ("schema_constraint_unchecked", "row_breaks_constraint")
