"""Requests that come again, at once, out of order, by a clock that is wrong: tests/faults/README.md, D."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ratedparts.audit.service import last_at
from ratedparts.certificates.models import Certificate, IssuanceIntent, LogEntry
from ratedparts.certificates.standing import certificate_by_number, status_at
from ratedparts.certificates.status_list import newest_status_list
from ratedparts.db import lock
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.proofs import parse_json
from ratedparts.review.models import Review, ReviewStep
from ratedparts.submissions.models import Part, Submission

from .test_applications import invited
from .test_life_of_a_certificate import take
from .world import PASSWORD


def many(world, table):
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table))


# --- D 52


def test_the_same_file_by_two_accounts_of_one_laboratory_is_one_piece_of_evidence(rated):
    plan = rated.facts["plans"]["MLCC-HTL"]
    before = many(rated, Evidence), many(rated, Submission)
    invited(rated, "second_technician", "laboratory", of="laboratory")
    content = rated.example("MLCC-HTL", plan)
    with rated.reading() as work:
        digest = work.session.scalars(select(Evidence.digest).where(Evidence.protocol == "MLCC-HTL@1")).one()
    again = rated.submit(plan, content, by="second_technician")
    assert (again.state, again.evidence_digest) == ("accepted", digest)
    assert (many(rated, Evidence), many(rated, Submission)) == before, "it points to the first"


# --- D 53


def _sent_twice(client, place, given, seen=None):
    headers = {"Idempotency-Key": place, **({"If-Match": seen} if seen else {})}
    first, second = (client.post(place, json=given, headers=headers) for _ in "ab")
    assert first.status_code in (200, 201), first.text
    assert (second.status_code, second.get_json()) == (first.status_code, first.get_json())
    assert second.headers["Idempotency-Replayed"] == "true"
    other = client.post(place, json={**given, "remark": "another body"}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")
    return first.get_json()


def test_applying_judging_issuing_and_revoking_sent_again_are_carried_out_once(rated, programs):
    maker, reviewer, issuer = (programs.of(name) for name in ("maker", "reviewer", "issuer"))
    applied = _sent_twice(maker, f"/api/v1/own/parts/{rated.facts['part_id']}/applications", {})
    place = f"/api/v1/reviews/{applied['id']}"
    judged = {"verdict": "approved", "statement": "", "password": PASSWORD}
    _sent_twice(reviewer, f"{place}/judgement", judged, reviewer.get(place).headers["ETag"])
    signature = {"password": PASSWORD}
    issued = _sent_twice(issuer, f"{place}/certificate", signature, issuer.get(place).headers["ETag"])
    place = f"/api/v1/certificates/{issued['number']}"
    revoked = {"reason": "a wrong dielectric", "password": PASSWORD}
    _sent_twice(issuer, f"{place}/revocation", revoked, issuer.get(place).headers["ETag"])
    assert [many(rated, table) for table in (Review, IssuanceIntent, Certificate, ReviewStep)] == [1, 1, 1, 2]
    with rated.reading() as work:
        actions = list(work.session.scalars(select(LogEntry.action).order_by(LogEntry.position)))
    assert actions == ["issued", "revoked"]


# --- D 57


def test_while_the_clock_is_behind_issuing_stops_and_reading_goes_on(rated, programs):
    review_id = rated.approve()
    client = programs.of("issuer")
    place = f"/api/v1/reviews/{review_id}"
    seen = {"If-Match": client.get(place).headers["ETag"]}
    rated.clock.now -= timedelta(minutes=5)
    answer = client.post(f"{place}/certificate", json={"password": PASSWORD}, headers=seen)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "clock_behind")
    assert answer.headers["Retry-After"]
    assert client.get(place).status_code == 200
    assert many(rated, IssuanceIntent) == 0
    rated.clock.now += timedelta(minutes=5)
    assert client.post(f"{place}/certificate", json={"password": PASSWORD}, headers=seen).status_code == 201


def test_after_a_jump_forward_nothing_is_issued_until_the_clock_has_caught_up(rated):
    """What was recorded by a wrong clock cannot be taken back; issuing waits instead of dating behind it."""
    review_id = rated.approve()
    right = rated.clock.now
    rated.clock.now = right + timedelta(days=20)
    with rated.work() as work:
        rated.calibrate(work, "INSTRUMENT-9")
        assert last_at(work) == work.at
    rated.clock.now = right
    for _ in range(2):
        with pytest.raises(RatedPartsError) as refused:
            rated.intend(review_id)
        assert (refused.value.code, refused.value.kind) == ("clock_behind", Kind.UNAVAILABLE)
        rated.clock.now += timedelta(days=19)
    rated.clock.now = right + timedelta(days=20)
    assert rated.issue(review_id)


def test_the_order_of_the_log_and_of_the_lists_is_that_of_recording_and_not_of_the_clock(certified):
    for verb in ("suspend", "reinstate", "suspend"):  # a clock that stands
        take(certified, verb)
        certified.run_jobs()
    with certified.reading() as work:
        entries = work.session.execute(select(LogEntry.position, LogEntry.action).order_by(LogEntry.position))
        assert list(map(tuple, entries)) == [
            (0, "issued"),
            (1, "suspended"),
            (2, "reinstated"),
            (3, "suspended"),
        ]
        subject = parse_json(newest_status_list(work).document)["credentialSubject"]
    assert subject["log_size"] == 4
    assert [one["status"] for one in subject["certificates"]] == ["suspended"]


# --- D 60


def test_a_step_that_is_skipped_is_refused_by_the_interface(rated, programs):
    """Each with all that the step itself needs: the right person, the password, what was seen."""
    clients = {name: programs.of(name) for name in ("maker", "reviewer", "issuer")}
    review_id = rated.apply()
    place = f"/api/v1/reviews/{review_id}"
    signature = {"password": PASSWORD}
    seen = {"If-Match": clients["issuer"].get(place).headers["ETag"]}
    issue = clients["issuer"].post(f"{place}/certificate", json=signature, headers=seen)
    assert (issue.status_code, issue.get_json()["code"]) == (409, "not_approved")
    doubt = clients["issuer"].post(f"{place}/doubt", json={"statement": "?"}, headers=seen)
    assert (doubt.status_code, doubt.get_json()["code"]) == (409, "review_step_impossible")
    for name, verb, given in (
        ("maker", "judgement", {"verdict": "approved", "password": PASSWORD}),
        ("issuer", "judgement", {"verdict": "approved", "password": PASSWORD}),
        ("reviewer", "certificate", signature),
        ("maker", "certificate", signature),
    ):
        answer = clients[name].post(f"{place}/{verb}", json=given, headers=seen)
        assert answer.status_code in (403, 404), (name, verb, answer.text)
    assert many(rated, IssuanceIntent) == 0
    with rated.reading() as work:
        assert work.session.get_one(Review, review_id).state == "waiting"


# --- D 61


@pytest.mark.postgresql
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
def test_of_two_that_wait_for_each_other_one_is_refused_and_leaves_nothing(rated):
    """PostgreSQL ends one of them; the other goes on, and what was refused can be tried again."""
    start, outcome = threading.Barrier(2), {}
    kinds = {"first": (Part, Evaluation), "second": (Evaluation, Part)}

    def run(name):
        try:
            with rated.work() as work:
                for step, kind in enumerate(kinds[name]):
                    lock(work, work.session.scalars(select(kind).limit(1)).one())
                    if step == 0:
                        start.wait()
            outcome[name] = None
        except RatedPartsError as error:
            outcome[name] = error

    threads = [threading.Thread(target=run, args=(name,)) for name in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [error for error in outcome.values() if error is not None]
    assert len(refused) == 1
    assert (refused[0].code, refused[0].kind) == ("database_busy", Kind.UNAVAILABLE)
    assert rated.issue(rated.approve())
    with rated.reading() as work:
        number = work.session.scalars(select(Certificate.number)).one()
        assert status_at(certificate_by_number(work, number), work.at) == "valid"
