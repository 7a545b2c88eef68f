"""Two people and a password, or nothing; a number once, whatever was lost on the way."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ratedparts.audit.service import length
from ratedparts.certificates import standing
from ratedparts.certificates.models import Certificate, IssuanceIntent, LogEntry
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.models import Role
from ratedparts.review import lists
from ratedparts.review.models import Review

from .world import PASSWORD


def _lengths(world):
    """How much is on record, table by table."""
    with world.reading() as work:
        counted = [
            work.session.scalar(select(func.count()).select_from(t))
            for t in (Review, IssuanceIntent, Certificate, LogEntry)
        ]
        return [*counted, length(work)]


def _state(world, review_id):
    with world.reading() as work:
        return work.session.get_one(Review, review_id).state


def _refused(code, verb, *arguments, **more):
    with pytest.raises(RatedPartsError) as refusal:
        verb(*arguments, **more)
    assert refusal.value.code == code


def _held_once(world, person, organisation):
    """The person had a role there, long ago."""
    with world.work() as work:
        work.session.add(
            Role(
                id=work.new_id(),
                person_id=world.cast[person].person_id,
                organisation_id=world.cast[organisation].organisation_id,
                name=world.cast[organisation].role,
                granted_at=work.at - timedelta(days=900),
                ended_at=work.at - timedelta(days=800),
            )
        )


@pytest.mark.parametrize("name", ["maker", "laboratory", "issuer", "administrator"])
def test_only_a_reviewer_judges(rated, name):
    review_id = rated.apply()
    _refused("role_needed", rated.judge, review_id, by=name)
    assert _state(rated, review_id) == "waiting"


@pytest.mark.parametrize("name", ["maker", "laboratory", "reviewer", "administrator"])
def test_only_an_issuer_issues(rated, name):
    review_id = rated.approve()
    _refused("role_needed", rated.intend, review_id, by=name)


@pytest.mark.parametrize("party", ["maker", "laboratory"])
def test_whoever_was_ever_with_a_party_neither_judges_nor_issues(rated, party):
    review_id = rated.apply()
    _held_once(rated, "reviewer", party)
    _refused("conflict_of_interest", rated.judge, review_id)
    assert _state(rated, review_id) == "waiting"


@pytest.mark.parametrize("party", ["maker", "laboratory"])
def test_whoever_was_ever_with_a_party_does_not_issue(rated, party):
    review_id = rated.approve()
    _held_once(rated, "issuer", party)
    _refused("conflict_of_interest", rated.intend, review_id)


def test_a_laboratory_that_has_nothing_to_do_with_the_part_is_no_conflict(rated):
    _held_once(rated, "reviewer", "other_laboratory")
    review_id = rated.approve()
    assert _state(rated, review_id) == "approved"


def test_the_reviewer_does_not_issue_in_another_role_either(rated):
    review_id = rated.approve()
    rated.cast["both"] = rated.in_role("reviewer", "issuer")
    _refused("same_person", rated.intend, review_id, by="both")


def test_whoever_applied_does_not_judge_in_another_role(rated):
    review_id = rated.apply()
    rated.cast["both"] = rated.in_role("maker", "reviewer")
    _refused("conflict_of_interest", rated.judge, review_id, by="both")


def test_a_wrong_password_signs_nothing_and_changes_nothing(rated):
    review_id = rated.apply()
    before = _lengths(rated)
    _refused("password_wrong", rated.judge, review_id, password="wrong password")
    assert (_lengths(rated), _state(rated, review_id)) == (before, "waiting")
    rated.judge(review_id)
    before = _lengths(rated)
    _refused("password_wrong", rated.intend, review_id, password=PASSWORD + " ")
    assert _lengths(rated) == before


def test_a_wrong_password_revokes_nothing(certified):
    before = _lengths(certified)
    _refused("password_wrong", certified.take_back, password="wrong password")
    assert _lengths(certified) == before
    with certified.reading() as work:
        certificate = standing.certificate_by_number(work, certified.facts["number"])
        assert standing.status_at(certificate, work.at) == "valid"


def test_a_review_is_judged_once(rated):
    review_id = rated.approve()
    for verdict in ("approved", "refused"):
        _refused("review_step_impossible", rated.judge, review_id, verdict, statement="why")
    assert _state(rated, review_id) == "approved"


def test_a_judgement_against_says_why_and_nothing_can_be_issued_on_it(rated):
    review_id = rated.apply()
    _refused("statement_missing", rated.judge, review_id, "refused", statement="  ")
    rated.judge(review_id, "refused", statement="the lots are from one day")
    _refused("not_approved", rated.intend, review_id)


def test_nothing_is_issued_before_it_was_judged(rated):
    _refused("not_approved", rated.intend, rated.apply())


def test_one_applies_once_for_an_evaluation(rated):
    rated.apply()
    _refused("already_applied", rated.apply)


def test_nothing_can_be_applied_for_without_a_grade(founded):
    founded.facts["part_id"] = founded.register_part()
    _refused("nothing_to_certify", founded.apply)


def test_an_evaluation_superseded_before_the_judgement_is_not_judged(rated):
    review_id = rated.apply()
    rated.new_evidence()
    _refused("evaluation_superseded", rated.judge, review_id)
    with rated.reading() as work:
        assert lists.reviews_in(work, "waiting") == []


def test_an_evaluation_superseded_after_the_approval_is_not_issued(rated):
    review_id = rated.approve()
    rated.new_evidence()
    _refused("evaluation_superseded", rated.intend, review_id)


def test_an_evaluation_superseded_after_the_intent_is_not_signed(rated):
    intent_id = rated.intend(rated.approve())
    rated.new_evidence()
    before = _lengths(rated)
    _refused("evaluation_superseded", rated.sign, intent_id)
    assert _lengths(rated) == before


def test_issuing_twice_gives_the_same_certificate_and_one_leaf(rated):
    review_id = rated.approve()
    number = rated.issue(review_id)
    before = _lengths(rated)
    rated.clock.now += timedelta(hours=1)
    assert rated.issue(review_id) == number
    assert _lengths(rated) == before
    assert before[1:4] == [1, 1, 1]


def test_an_intent_whose_answer_was_lost_keeps_its_number(rated):
    review_id = rated.approve()
    first = rated.intend(review_id)
    rated.database.dispose()  # whoever asked is gone; somebody asks again later
    rated.clock.now += timedelta(days=3)
    assert rated.intend(review_id) == first
    with rated.reading() as work:
        number = work.session.get_one(IssuanceIntent, first).number
    assert rated.sign(first) == number


def test_the_certificate_says_what_was_decided_and_on_which_evidence(certified):
    with certified.reading() as work:
        certificate = standing.certificate_by_number(work, certified.facts["number"])
        subject = json.loads(certificate.credential)["credentialSubject"]
        evaluation = certificate.intent.review.evaluation
        assert subject["number"] == certificate.number
        assert subject["environment"] == "test"
        assert subject["decision"]["grade"] == certificate.grade == evaluation.grade
        assert subject["dossier_digest"] == evaluation.dossier_digest
        assert len(subject["evidence"]) == len(evaluation.dossier["tests"]) == 5
        for one in subject["evidence"]:
            assert certified.installation.blobs.get(one["digest"])


def test_a_newer_certificate_supersedes_the_older_one(certified):
    old = certified.facts["number"]
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    new = certified.issue(certified.approve())
    certified.run_jobs()
    assert new != old
    with certified.reading() as work:
        assert standing.status_at(standing.certificate_by_number(work, old), work.at) == "superseded"
        assert standing.certificate_by_number(work, old).standing.superseded_by == new
        assert standing.status_at(standing.certificate_by_number(work, new), work.at) == "valid"
        actions = [row.action for row in work.session.scalars(select(LogEntry).order_by(LogEntry.position))]
        assert actions == ["issued", "superseded", "issued"]


def test_nothing_is_issued_while_newer_evidence_waits_for_its_evaluation(rated):
    review_id = rated.approve()
    plan = rated.register_plan(part_id=rated.facts["part_id"])
    assert rated.submit(plan, rated.example("PAR-CPK", plan)).state == "accepted"
    _refused("evaluation_superseded", rated.intend, review_id)
