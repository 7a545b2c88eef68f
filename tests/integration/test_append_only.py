"""What was recorded stays as it was recorded: the database itself refuses."""

import uuid
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ratedparts.certificates.documents import make_document
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.db.manifest import manifest
from ratedparts.evidence.service import evidence_of_part, withdraw_evidence
from ratedparts.submissions.change_notices import register_change_notice
from ratedparts.submissions.models import Series
from ratedparts.submissions.withdrawals import withdraw_plan
from tests.integration.test_proficiency_rounds import publish
from tests.integration.test_shadow_runs import run, stricter

TABLES = {  # table → a column
    "audit_line": "verb",
    "submission": "file_name",
    "evidence": "digest",
    "evidence_column": "salt",
    "evidence_withdrawal": "reason",
    "issuance_intent": "number",
    "certificate": "grade",
    "certificate_document": "signed_digest",
    "evaluation_plot": "svg",
    "log_entry": "action",
    "log_node": "node_hash",
    "log_checkpoint": "note",
    "calibration": "document",
    "change_notice": "change",
    "plan_withdrawal": "reason",
    "advisory_look": "units",
    "advisory_finding": "code",
    "review_step": "verb",
    "issuance_ticket": "payload",
    "status_list": "document",
    "shadow_run": "rule_set",
    "shadow_piece": "last_part_id",
    "shadow_chunk": "parts",
    "shadow_difference": "direction",
    "shadow_run_end": "parts",
    "proficiency_round": "unit",
    "proficiency_result": "code",
}


@pytest.fixture(scope="module")
def engine(databases):
    """That of one certified world with a row in every table: nothing here is ever committed."""
    world = databases.world("certified")
    number = world.register_plan(units=2)
    with world.work() as work:
        maker = world.cast["maker"]
        withdraw_plan(work, maker, number, reason="a socket burnt")
        series_id = work.session.scalars(select(Series.id)).one()
        day = date(2026, 7, 1)
        certificate = certificate_by_number(work, world.facts["number"])
        (one, _), *_ = evidence_of_part(work, certificate.part_id)
        withdraw_evidence(work, [one], uuid.uuid4(), "the chamber was too cold")
        make_document(work, certificate, keys=world.installation.keys, blobs=world.installation.blobs)
        register_change_notice(work, maker, series_id=series_id, effective_on=day, change="new electrode")
    publish(world)
    assert run(world, stricter()).parts == 1
    yield world.database.engine
    world.database.dispose()
    databases.forget(world.database.url)


@pytest.mark.parametrize("table", TABLES)
def test_a_recorded_row_can_be_neither_changed_nor_removed(engine, table):
    column = TABLES[table]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with engine.connect() as connection:
            before = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            assert before > 0
            with pytest.raises(DBAPIError, match=f"table {table} is append-only"):
                connection.execute(text(statement))
            connection.rollback()
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == before


def test_these_tables_are_append_only_and_no_others(engine):
    guarded = {line.split()[0] for line in manifest(engine) if " trigger " in line}
    assert guarded == set(TABLES)
