"""The audit log: one line a change, chained, and a changed line is found."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from ratedparts.audit.models import AuditLine
from ratedparts.audit.service import first_broken_line, length, newest_lines


def test_the_chain_holds_after_the_whole_way_and_tells_it(certified):
    certified.take_back()
    with certified.reading() as work:
        assert first_broken_line(work) is None
        lines = list(work.session.scalars(select(AuditLine).order_by(AuditLine.sequence)))
        assert [line.sequence for line in lines] == list(range(1, length(work) + 1))
        told = [line.verb for line in lines]
        assert newest_lines(work, limit=1)[0].sequence == len(lines)
    way = ["register_part", "register_plan", "accept_results", "evaluate", "review_apply", "review_approve"]
    places = [told.index(verb) for verb in [*way, "intend_to_issue", "issue", "revoke"]]
    assert places == sorted(places)
    acted = {line.verb: line.actor_id for line in lines}
    assert acted["review_approve"] == certified.cast["reviewer"].person_id
    assert acted["issue"] == acted["revoke"] == certified.cast["issuer"].person_id
    assert acted["evaluate"] is None


def test_a_refused_change_leaves_no_line(rated):
    plan = rated.register_plan(part_id=rated.facts["part_id"])
    with rated.reading() as work:
        before = length(work)
    with rated.work() as work:
        rated.submit_in(work, plan, b"no file at all")
        work.session.rollback()
    with rated.reading() as work:
        assert length(work) == before


@pytest.fixture(scope="module")
def one_world(databases):
    world = databases.world("founded")
    yield world
    world.database.dispose()
    databases.forget(world.database.url)


@pytest.fixture
def unguarded(one_world):
    """A session in which the triggers are off; nothing of it is kept."""
    with one_world.work() as work:
        on = " ON audit_line" if work.session.get_bind().dialect.name == "postgresql" else ""
        for verb in ("update", "delete"):
            work.session.execute(text(f"DROP TRIGGER audit_line_no_{verb}{on}"))
        yield work
        work.session.rollback()


LINE = 6
TAMPERED = {
    "another fact": lambda row: {"facts": {**row.facts, "added": 1}},
    "another instant": lambda row: {"at": row.at + timedelta(microseconds=1)},
    "another actor": lambda row: {"actor_id": None},
    "another organisation": lambda row: {"organisation_id": None},
    "another verb": lambda row: {"verb": "sign_out"},
    "another subject": lambda row: {"subject_id": "CEG-AAAAA-AAAAA"},
    "another kind": lambda row: {"subject_kind": "part"},
    "another digest": lambda row: {"line_digest": "sha256:" + "0" * 64},
    "another predecessor": lambda row: {"previous_digest": "sha256:" + "0" * 64},
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_changed_line_is_found(unguarded, change):
    session, table = unguarded.session, AuditLine.__table__
    row = session.execute(select(table).where(table.c.sequence == LINE)).one()
    session.execute(update(table).where(table.c.sequence == LINE).values(TAMPERED[change](row)))
    assert first_broken_line(unguarded) == LINE


def test_a_removed_line_is_found_at_the_next_one(unguarded):
    table = AuditLine.__table__
    unguarded.session.execute(delete(table).where(table.c.sequence == LINE))
    assert first_broken_line(unguarded) == LINE + 1


def test_of_the_newest_lines_alone_what_lies_before_is_believed(unguarded):
    table = AuditLine.__table__
    unguarded.session.execute(update(table).where(table.c.sequence == LINE).values(verb="x"))
    lines = length(unguarded)
    for newest, found in (
        (0, None),
        (1, None),
        (lines - LINE, None),
        (lines - LINE + 1, LINE),
        (lines, LINE),
        (lines + 9, LINE),
    ):
        assert first_broken_line(unguarded, newest=newest) == found, newest


def test_facts_are_stored_as_they_were_hashed(founded):
    with founded.reading() as work:
        for line in work.session.scalars(select(AuditLine)):
            assert json.loads(json.dumps(line.facts)) == line.facts
