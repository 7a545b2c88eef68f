"""Receiving results: accepted whole or refused whole, once, by the right laboratory, within its scope."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import delete, func, select

from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.evidence.service import evidence_of_part
from ratedparts.organisations.models import Scope
from ratedparts.submissions.models import Submission

from .world import MEASURED


@pytest.fixture
def planned(founded):
    """A small lot sample is planned; its example file was measured on 2026-01-12 in Shanghai."""
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    founded.facts["content"] = founded.example("PAR-CPK", founded.facts["plan"], 6)
    founded.clock.now = MEASURED
    return founded


def _count(world, table):
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table))


def _rescope(world, *periods):
    """The laboratory's scopes for PAR-CPK are these, and no others."""
    laboratory_id = world.cast["laboratory"].organisation_id
    with world.work() as work:
        work.session.execute(
            delete(Scope).where(Scope.laboratory_id == laboratory_id, Scope.protocol_id == "PAR-CPK")
        )
        for first, last in periods:
            world.accredit(work, world.cast["administrator"], laboratory_id, "PAR-CPK", first, last)


def _evidence(world):
    with world.reading() as work:
        return [one for one, _ in evidence_of_part(work, world.facts["part_id"])]


def test_the_same_bytes_twice_are_one_submission_and_one_piece_of_evidence(planned):
    first = planned.submit(planned.facts["plan"], planned.facts["content"])
    planned.clock.now += timedelta(days=1)
    second = planned.submit(planned.facts["plan"], planned.facts["content"], file_name="again.csv")
    assert (second.id, second.file_name) == (first.id, "results.csv")
    assert (_count(planned, Submission), _count(planned, Evidence)) == (1, 1)
    assert planned.run_jobs() == 3  # a decision, a look, a publication


def test_the_bytes_come_back_exactly_as_they_were_given(planned):
    planned.submit(planned.facts["plan"], planned.facts["content"])
    (evidence,) = _evidence(planned)
    assert planned.installation.blobs.get(evidence.digest) == planned.facts["content"]
    assert planned.installation.blobs.get(evidence.columns_digest).startswith(b"PAR1")


def test_a_refused_file_keeps_nothing_but_its_refusal_and_may_be_sent_again(planned):
    content = planned.facts["content"].replace(b"L1-001,25,cap_nF,", b"L1-001,25,cap_uF,")
    for attempt in (1, 2):
        refused = planned.submit(planned.facts["plan"], content)
        assert (refused.state, refused.evidence_digest) == ("refused", None)
        assert refused.faults
        assert _count(planned, Submission) == attempt
    assert _count(planned, Evidence) == 0
    assert not [path for path in planned.installation.settings.blobs.rglob("*") if path.is_file()]
    assert planned.run_jobs() == 0


HOSTILE = {
    "empty": b"",
    "nul": b"\x00",
    "nul in a cell": b"plan_id\n\x00\n",
    "utf-16 mark": b"\xff\xfe",
    "one long cell": b"a" * 100_000,
    "gb18030": "计划\n".encode("gb18030"),
    "surrogate": b"\xed\xa0\x80,1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_that_can_be_stored(planned, name):
    refused = planned.submit(planned.facts["plan"], HOSTILE[name])
    assert refused.state == "refused"
    assert refused.faults


def test_a_laboratory_hands_in_for_its_own_plans_only(planned):
    for name in ("other_laboratory", "maker", "other_maker", "reviewer", "administrator"):
        with pytest.raises(RatedPartsError) as refusal:
            planned.submit(planned.facts["plan"], planned.facts["content"], by=name)
        assert refusal.value.code in ("not_found", "role_needed")
    assert _count(planned, Submission) == 0


def test_the_answer_for_a_strangers_plan_is_that_for_no_plan(planned):
    answers = []
    for number in (planned.facts["plan"], "PLAN-AAAAA-AAAAA"):
        with pytest.raises(RatedPartsError) as refusal:
            planned.submit(number, planned.facts["content"], by="other_laboratory")
        answers.append((refusal.value.code, refusal.value.kind, refusal.value.subject))
    assert answers[0] == answers[1]


def test_a_scope_that_had_ended_on_the_day_of_measurement_refuses_the_file(planned):
    _rescope(planned, (date(2020, 1, 1), date(2026, 1, 11)))
    refused = planned.submit(planned.facts["plan"], planned.facts["content"])
    assert refused.state == "refused"
    assert {fault["code"] for fault in refused.faults} == {"outside_scope"}


def test_a_scope_that_ended_with_the_day_of_measurement_still_covers_it(planned):
    _rescope(planned, (date(2020, 1, 1), date(2026, 1, 12)))
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "accepted"
    assert [one.evidence_class for one in _evidence(planned)] == ["E3"]


def test_a_scope_that_began_after_the_measurement_refuses_the_file(planned):
    _rescope(planned, (date(2026, 1, 13), date(2030, 1, 1)))
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "refused"


def test_a_laboratory_without_any_scope_gives_evidence_of_class_e1(planned):
    _rescope(planned)
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "accepted"
    assert [one.evidence_class for one in _evidence(planned)] == ["E1"]


def test_nothing_measured_in_the_future_is_accepted(planned):
    # 23:59 in Shanghai on the day before.
    planned.clock.now = datetime(2026, 1, 11, 15, 59, tzinfo=UTC)
    refused = planned.submit(planned.facts["plan"], planned.facts["content"])
    assert {fault["code"] for fault in refused.faults} == {"outside_test_dates"}


def test_a_file_of_another_plan_is_refused(planned):
    other = planned.register_plan(units=2)
    refused = planned.submit(other, planned.facts["content"])
    assert {fault["code"] for fault in refused.faults} == {"unknown_plan"}


def test_a_plan_registered_after_the_start_counts_only_against_the_part(founded):
    founded.facts["part_id"] = founded.register_part()
    founded.clock.now = datetime(2026, 1, 13, 1, tzinfo=UTC)
    number = founded.register_plan(slot="MLCC-HTL")
    founded.clock.now = MEASURED
    assert founded.submit(number, founded.example("MLCC-HTL", number)).state == "accepted"
    founded.run_jobs()
    with founded.reading() as work:
        evaluation = current_evaluation(work, founded.facts["part_id"])
    assert evaluation.grade.startswith("U")
    assert any("PLAN_UNREGISTERED" in reason["code"] for reason in evaluation.decision["reasons"])


def test_units_that_were_planned_and_not_reported_count_as_failed(planned):
    number = planned.register_plan(slot="MLCC-HTL", units=4)
    planned.submit(number, planned.example("MLCC-HTL", number, 9))  # three of four a lot
    (evidence,) = _evidence(planned)
    missing = [
        group["count"]
        for lot in evidence.summary["lots"]
        for group in lot["units"]
        if group.get("mode") == "missing"
    ]
    assert missing == [1, 1, 1]


def test_all_evidence_counts_whatever_it_says(rated):
    with rated.reading() as work:
        before = current_evaluation(work, rated.facts["part_id"])
    rated.clock.now += timedelta(days=1)
    rated.new_evidence()
    with rated.reading() as work:
        after = current_evaluation(work, rated.facts["part_id"])
        assert after.id != before.id
        assert len(after.dossier["tests"]) == len(before.dossier["tests"]) + 1
        old = work.session.get_one(type(before), before.id)
        assert (old.superseded_at, old.grade) == (rated.clock.now, before.grade)


def test_an_evaluation_stands_while_nothing_has_changed(rated):
    with rated.reading() as work:
        before = current_evaluation(work, rated.facts["part_id"]).id
    with rated.work() as work:
        rated.installation.handlers["evidence_accepted"](work, {"part_id": str(rated.facts["part_id"])})
    assert rated.run_jobs() == 0
    with rated.reading() as work:
        assert current_evaluation(work, rated.facts["part_id"]).id == before


def _as_workbook(content: bytes) -> bytes:
    book = Workbook()
    for row in csv.reader(io.StringIO(content.decode())):
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_evidence_as_good_as_a_table(planned):
    workbook = _as_workbook(planned.facts["content"])
    taken = planned.submit(planned.facts["plan"], workbook, file_name="Results.XLSX")
    assert (taken.state, taken.encoding) == ("accepted", "xlsx")
    (evidence,) = _evidence(planned)
    assert planned.installation.blobs.get(evidence.digest) == workbook
    assert evidence.summary["conformity"]["sampled"] == 6


@pytest.mark.parametrize("name", ["results.xlsx", "results", "results.csv.exe"])
def test_a_file_that_is_not_what_its_name_says_is_refused(planned, name):
    with pytest.raises(RatedPartsError, match="file_name_disagrees"):
        planned.submit(planned.facts["plan"], planned.facts["content"], file_name=name)
    assert _count(planned, Submission) == 0
