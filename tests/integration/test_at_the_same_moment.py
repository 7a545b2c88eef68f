"""PostgreSQL only: two do the same at the same moment.  No sleeps: the second is seen waiting in pg_locks."""

import threading

import pytest
from sqlalchemy import text

from tests.integration.world import MEASURED

# SQLite has one writer, so nobody can be second there: only PostgreSQL is asked.
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session"),
]


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
    with rated.work() as work:
        first = rated.installation.office.sign_and_record(work, rated.cast["issuer"], intent_id).number
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, lambda: rated.sign(intent_id))
    thread.join()
    assert "error" not in outcome, repr(outcome["error"])[:300]
    assert outcome["value"] == first


def test_applying_at_the_same_moment_is_refused_and_not_broken(rated):
    from ratedparts.errors import RatedPartsError
    from ratedparts.review import service as reviews

    with rated.work() as work:
        reviews.apply(work, rated.cast["maker"], rated.facts["part_id"])
        work.session.flush()
        thread, outcome = _second_while_first_holds(rated, rated.apply)
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]
    assert outcome["error"].code == "already_applied"


def test_the_same_part_at_the_same_moment_is_refused_and_not_broken(founded):
    from ratedparts.errors import RatedPartsError
    from ratedparts.submissions import parts

    founded.register_part("FIRST-1")
    with founded.work() as work:
        series = parts.series_of(work, founded.cast["maker"])[0]
        parts.register_part(
            work,
            founded.cast["maker"],
            founded.library,
            series_id=series.id,
            part_number="SAME-1",
            attributes={
                "capacitance_nf": 100,
                "rated_voltage_v": 50,
                "dielectric": "X7R",
                "upper_category_temperature_c": 125,
            },
            limits={"cap_nF": [90, 110]},
            use_condition="UC-A",
        )
        thread, outcome = _second_while_first_holds(founded, lambda: founded.register_part("SAME-1"))
    thread.join()
    assert isinstance(outcome.get("error"), RatedPartsError), repr(outcome)[:300]
