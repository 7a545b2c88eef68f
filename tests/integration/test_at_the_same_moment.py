"""PostgreSQL only: two do the same at the same moment.  No sleeps: the second is seen waiting in pg_locks."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.catalogue.bill_of_materials.models import WatchedPart, WatchNotice
from ratedparts.certificates import doubting, standing
from ratedparts.certificates.models import LogEntry
from ratedparts.certificates.standing_states import LOGGED, STEPS
from ratedparts.db import lock
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations import register, signing_in
from ratedparts.review import service as reviews
from ratedparts.submissions import uploads
from tests.integration.sending import begin, found
from tests.integration.world import MEASURED, PASSWORD

# SQLite has one writer, so nobody can be second there: only PostgreSQL is asked.
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session"),
]

VERBS = ("suspend", "reinstate", "revoke")


def _second_while_first_holds(world, second):
    """Start `second` in a thread and come back when PostgreSQL shows it waiting for a lock."""
    outcome = {}

    def run():
        try:
            outcome["value"] = second()
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=run)
    thread.start()
    with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        while thread.is_alive() and not watch.scalar(
            text(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN "
                "(SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
            )
        ):
            pass
    return thread, outcome


def test_the_same_bytes_at_the_same_moment_are_one_submission(founded):
    founded.facts["part_id"] = founded.register_part()
    plan = founded.register_plan(units=2)
    content = founded.example("PAR-CPK", plan, 6)
    founded.clock.now = MEASURED
    with founded.work() as work:
        first = founded.submit_in(work, plan, content)
        thread, outcome = _second_while_first_holds(founded, lambda: founded.submit(plan, content))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    assert outcome["value"].id == first.id


def test_signing_at_the_same_moment_gives_the_same_certificate(rated):
    intent_id = rated.intend(rated.approve())
    office, issuer = rated.installation.office, rated.cast["issuer"]
    with rated.work() as work:
        ticket = office.check(work, issuer, intent_id)
    with rated.work() as work:
        first = office.record(work, issuer, intent_id, ticket, office.sign(ticket)).number
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: rated.sign(intent_id))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    assert outcome["value"] == first


def test_applying_at_the_same_moment_is_refused_and_not_broken(rated):
    with rated.work() as work:
        reviews.apply(work, rated.cast["maker"], rated.facts["part_id"])
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, rated.apply)
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]
    assert outcome["error"].code == "already_applied"


def test_the_same_part_at_the_same_moment_is_refused_and_not_broken(founded):
    founded.register_part("FIRST-1")
    with founded.work() as work:
        founded.register_part_in(work, "SAME-1")
        thread, outcome = _second_while_first_holds(founded, lambda: founded.register_part("SAME-1"))
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]


# --- conditions: what was seen is compared with a row that is held


def script(programs, by):
    """A script that has used its token before, so that the use is not noted in the middle of the test."""
    client = programs.of(by)
    client.get("/api/v1/tokens")
    return client


def test_a_judgement_on_what_is_being_judged_is_refused(rated, programs):
    review_id = rated.apply()
    client = script(programs, "reviewer")
    path = f"/api/v1/reviews/{review_id}"
    seen = {"If-Match": client.get(path).headers["ETag"]}
    given = {"verdict": "refused", "statement": "too few units", "password": PASSWORD}
    with rated.work() as work:
        approved = {"verdict": "approved", "statement": "", "password": PASSWORD}
        records = rated.installation.office.records
        reviews.judge(work, rated.cast["reviewer"], review_id, records, **approved)
        work.session.flush()
        thread, outcome = _second_while_first_holds(
            rated, lambda: client.post(f"{path}/judgement", json=given, headers=seen)
        )
    thread.join()
    assert (outcome["value"].status_code, outcome["value"].get_json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path).get_json()["state"] == "approved"


def test_a_judgement_on_what_is_being_superseded_is_refused(rated, programs):
    review_id = rated.apply()
    client = script(programs, "reviewer")
    path = f"/api/v1/reviews/{review_id}"
    seen = {"If-Match": client.get(path).headers["ETag"]}
    with rated.work() as work:
        current_evaluation(work, rated.facts["part_id"]).superseded_at = work.at
        work.session.flush()
        given = {"verdict": "approved", "password": PASSWORD}
        thread, outcome = _second_while_first_holds(
            rated, lambda: client.post(f"{path}/judgement", json=given, headers=seen)
        )
    thread.join()
    assert (outcome["value"].status_code, outcome["value"].get_json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path).get_json()["state"] == "waiting"


def test_a_certificate_that_is_being_revoked_keeps_its_first_reason(rated, programs):
    rated.certify()
    client = script(programs, "issuer")
    place = f"/api/v1/certificates/{rated.facts['number']}"
    seen = {"If-Match": client.get(place).headers["ETag"]}
    with rated.work() as work:
        rated.take_back_in(work, reason="the first reason")
        work.session.flush()
        second = {"reason": "the second reason", "password": PASSWORD}
        thread, outcome = _second_while_first_holds(
            rated, lambda: client.post(f"{place}/revocation", json=second, headers=seen)
        )
    thread.join()
    assert (outcome["value"].status_code, outcome["value"].get_json()["code"]) == (412, "changed_meanwhile")
    assert client.get(place).get_json()["revocation_reason"] == "the first reason"


PAIRS = [(state, first, second) for state in ("valid", "suspended") for first in VERBS for second in VERBS]


@pytest.mark.parametrize(
    ("state", "first", "second"),
    [(state, first, second) for state, first, second in PAIRS if (state, first) in STEPS],
)
def test_two_verbs_on_one_certificate_go_one_after_the_other(rated, state, first, second):
    """The second to come finds what the first left, and is taken or refused as the table says."""
    rated.certify()
    if state == "suspended":
        rated.take_back("suspend")
    with rated.work() as work:
        rated.take_back_in(work, first)
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: rated.take_back(second))
    thread.join()
    between = STEPS[state, first]
    after = STEPS.get((between, second))
    if after is None:
        assert outcome["error"].code == "standing_step_impossible"
        assert outcome["error"].parameters == {"state": between, "verb": second}
    else:
        assert "error" not in outcome, repr(outcome["error"])[:300]
    with rated.reading() as work:
        found = standing.certificate_by_number(work, rated.facts["number"])
        assert standing.status_at(found, work.at) == (after or between)
        told = list(work.session.scalars(select(LogEntry.action).order_by(LogEntry.position)))
    expected = [LOGGED["suspend"]] if state == "suspended" else []
    expected += [LOGGED[first]] + ([LOGGED[second]] if after else [])
    assert told == ["issued", *expected], "a leaf for each that was taken, none for a refusal"


def test_of_an_approval_and_a_withdrawal_at_once_one_is_taken(rated):
    review_id = rated.apply()
    with rated.work() as work:
        reviews.withdraw(work, rated.cast["maker"], review_id)
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: rated.judge(review_id))
    thread.join()
    assert outcome["error"].code == "review_step_impossible"
    assert outcome["error"].parameters == {"state": "withdrawn", "verb": "approve"}


def test_an_application_is_not_sent_back_while_its_certificate_is_recorded(rated):
    review_id = rated.approve()
    intent_id = rated.intend(review_id)
    office, issuer = rated.installation.office, rated.cast["issuer"]
    with rated.work() as work:
        ticket = office.check(work, issuer, intent_id)

    def doubt():
        with rated.work() as work:
            return doubting.send_back(work, issuer, review_id, statement="Lot 2 again.")

    with rated.work() as work:
        office.record(work, issuer, intent_id, ticket, office.sign(ticket))
        thread, outcome = _second_while_first_holds(rated, doubt)
    thread.join()
    assert outcome["error"].code == "certificate_was_issued"


def test_a_certificate_revoked_while_its_successor_is_signed_stays_revoked(rated):
    rated.certify()
    first = rated.facts["number"]
    rated.new_evidence()
    intent_id = rated.intend(rated.approve())
    with rated.work() as work:
        rated.take_back_in(work, number=first)
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: rated.sign(intent_id))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    with rated.reading() as work:
        states = [
            standing.status_at(standing.certificate_by_number(work, number), work.at)
            for number in (first, outcome["value"])
        ]
    assert states == ["revoked", "valid"]


def test_a_role_that_is_being_ended_ends_once(rated, programs):
    client = script(programs, "administrator")
    with rated.reading() as work:
        role_id = signing_in.roles_of(work, rated.cast["other_maker"].person_id).roles[0].id
    place = f"/api/v1/roles/{role_id}"
    seen = {"If-Match": client.get(place).headers["ETag"]}
    with rated.work() as work:
        register.end_role(work, rated.cast["administrator"], role_id)
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: client.delete(place, headers=seen))
    thread.join()
    assert outcome["value"].status_code == 404


# --- uploads


def test_an_upload_that_is_being_continued_does_not_expire(founded):
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    number = begin(founded, 100)
    founded.clock.now += timedelta(days=2)
    with founded.work() as work:
        upload = uploads.find_upload(work, number)
        lock(work, upload)
        upload.last_at = work.at
        work.session.flush()
        thread, outcome = _second_while_first_holds(founded, lambda: begin(founded, 100))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    assert found(founded, number).state == "arriving"


def test_two_uploads_begun_at_once_are_counted_one_after_the_other(founded):
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    for _ in range(uploads.MOST_AT_ONCE - 1):
        begin(founded, 100)
    with founded.work() as work:
        actor, plan = founded.cast["laboratory"], founded.facts["plan"]
        uploads.begin_upload(work, actor, plan_number=plan, file_name="last.csv", size_bytes=100)
        work.session.flush()
        thread, outcome = _second_while_first_holds(founded, lambda: begin(founded, 100))
    thread.join()
    assert "too_many_uploads" in repr(outcome.get("error")), repr(outcome)[:300]


# --- links


def test_one_link_used_at_the_same_moment_sets_one_password(founded):
    from ratedparts.errors import RatedPartsError
    from ratedparts.organisations import forgotten_passwords, signing_in

    with founded.work() as work:
        person_id = str(founded.cast["maker"].person_id)
        _, token = forgotten_passwords.make_link(work, person_id)

    def second():
        with founded.work() as work:
            signing_in.choose_password(work, token, "the second password")

    with founded.work() as work:
        signing_in.choose_password(work, token, "the first password")
        work.session.flush()
        thread, outcome = _second_while_first_holds(founded, second)
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]
    assert outcome["error"].code == "link_not_usable"
    with founded.work() as work:
        assert signing_in.sign_in(work, email="maker@example.org", password="the first password")


# --- bills that somebody watches


def asked_to_watch(world):
    with world.work() as work:
        given = {"text": "EX-0603X7R104K 1", "asked": {}, "email": "designer@example.org", "language": "en"}
        return watching.ask_to_watch(work, **given, webhook="", private_webhooks=False).token


def begin_to_watch(world, token):
    with world.work() as work:
        return watching.confirm(work, token, [world.facts["part_id"]])


def stop_watching(world, token):
    with world.work() as work:
        watching.stop_watching(work, token)


def test_beginning_to_watch_twice_at_the_same_moment_is_as_once(certified):
    token = asked_to_watch(certified)
    with certified.work() as work:
        watching.confirm(work, token, [certified.facts["part_id"]])
        work.session.flush()
        thread, outcome = _second_while_first_holds(certified, lambda: begin_to_watch(certified, token))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    assert outcome["value"].confirmed_at is not None


@pytest.mark.parametrize("second", [begin_to_watch, stop_watching])
def test_what_comes_at_the_moment_of_stopping_finds_nothing(certified, second):
    token = asked_to_watch(certified)
    with certified.work() as work:
        watching.stop_watching(work, token)
        work.session.flush()
        thread, outcome = _second_while_first_holds(certified, lambda: second(certified, token))
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]
    assert outcome["error"].code == "not_found"


def test_stopping_while_something_is_told_leaves_nothing(certified):
    token = asked_to_watch(certified)
    begin_to_watch(certified, token)
    certified.take_back("suspend")
    with certified.work() as work:
        watching.look_at_part(work, certified.facts["part_id"])
        work.session.flush()
        thread, outcome = _second_while_first_holds(certified, lambda: stop_watching(certified, token))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    with certified.reading() as work:
        assert work.session.scalars(select(WatchNotice)).all() == []


def test_looking_while_somebody_stops_tells_nobody(certified):
    token = asked_to_watch(certified)
    begin_to_watch(certified, token)

    def look():
        with certified.work() as work:
            watching.look_at_part(work, certified.facts["part_id"])

    with certified.work() as work:
        watching.stop_watching(work, token)
        work.session.flush()
        thread, outcome = _second_while_first_holds(certified, look)
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]


def test_what_changes_while_somebody_begins_to_watch_is_not_missed(certified, monkeypatch):
    token = asked_to_watch(certified)
    note = watching.record

    def note_after_somebody_faster(*given, **more):
        certified.take_back("suspend")
        certified.run_jobs()  # whoever looks at the part now does not see that it is watched
        note(*given, **more)

    monkeypatch.setattr(watching, "record", note_after_somebody_faster)
    begin_to_watch(certified, token)
    with certified.reading() as work:
        assert [one.standing for one in work.session.scalars(select(WatchedPart))] == ["suspended"]
