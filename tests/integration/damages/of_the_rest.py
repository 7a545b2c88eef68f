"""Damage to the audit log, to the catalogue, to jobs and letters, to uploads, to what refers to what."""

from __future__ import annotations

import uuid

from sqlalchemy import insert, select

from ratedparts.audit.models import AuditLine
from ratedparts.catalogue.models import PublishedPart
from ratedparts.jobs.models import Job
from ratedparts.submissions.models import Part, Submission, TestPlan, Upload

from .ways import Damage, column, drop, edited, set_, table


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


DAMAGES: dict[str, Damage] = {
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
