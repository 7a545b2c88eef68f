"""What those who watch a part are told when another certificate takes the place of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.catalogue.bill_of_materials.models import WatchedPart, WatchNotice
from ratedparts.catalogue.bill_of_materials.ratings import Rating, change_between
from ratedparts.certificates import standing
from ratedparts.grading import GRADES

from .test_life_of_a_certificate import take


@pytest.fixture
def world(certified):
    with certified.work() as work:
        given = {"text": "EX-0603X7R104K 1", "asked": {}, "email": "designer@example.org", "language": "en"}
        token = watching.ask_to_watch(work, **given, webhook="", private_webhooks=False).token
        watching.confirm(work, token, [certified.facts["part_id"]])
    certified.run_jobs()
    return certified


def told(world):
    world.run_jobs()
    with world.reading() as work:
        query = select(WatchNotice).order_by(WatchNotice.noticed_at, WatchNotice.id)
        return [one.change for one in work.session.scalars(query)]


def another_certificate(world):
    world.clock.now += timedelta(days=1)
    world.new_evidence()
    return world.issue(world.approve())


def told_as(world, grade):
    """As if the part had been rated so when somebody was last told."""
    with world.work() as work:
        work.session.scalars(select(WatchedPart)).one().grade = grade


def test_a_renewal_of_the_same_grade_alarms_nobody(world):
    with world.reading() as work:
        before = standing.certificate_by_number(work, world.facts["number"]).grade
    number = another_certificate(world)
    with world.reading() as work:
        told_as(world, standing.certificate_by_number(work, number).grade)
    assert told(world) == []
    with world.reading() as work:
        watched = work.session.scalars(select(WatchedPart)).one()
        assert watched.certificate_number == number
        assert before is not None


def test_a_successor_of_a_better_grade_is_told(world):
    number = another_certificate(world)
    with world.reading() as work:
        now = GRADES.index(standing.certificate_by_number(work, number).grade)
    told_as(world, GRADES[now + 1])
    assert told(world) == ["rose"]


@pytest.mark.parametrize(
    ("known", "now", "change"),
    [
        (("valid", "A+", "1"), ("valid", "A", "2"), "fell"),
        (("valid", "C", "1"), ("valid", "B", "2"), "rose"),
        (("valid", "B", "1"), ("valid", "B", "2"), None),
        (("valid", "B", "1"), ("superseded", "B", "1"), None),
        (("valid", "B", "1"), ("revoked", "A", "2"), "revoked"),
        (("suspended", "B", "1"), ("revoked", "B", "1"), "revoked"),
        (("suspended", "B", "1"), ("valid", "C", "2"), "restored"),
        (("expired", "B", "1"), ("expired", "B", "1"), None),
        (("unrated",), ("valid", "B", "1"), "rose"),
    ],
)
def test_what_is_told_depends_on_the_grades_and_not_on_the_numbers(known, now, change):
    assert change_between(Rating(*known), Rating(*now)) == change


def test_the_end_of_a_successor_is_told_as_that_of_the_first(world):
    number = another_certificate(world)
    known = told(world)
    with world.reading() as work:
        until = standing.certificate_by_number(work, number).valid_until
    world.clock.now = until - timedelta(days=59)
    assert told(world) == [*known, "ending"]


def test_a_part_that_is_rated_again_shortly_before_its_end_is_told_both(world):
    take(world, "suspend")
    with world.reading() as work:
        until = standing.certificate_by_number(work, world.facts["number"]).valid_until
    assert told(world) == ["suspended"]
    world.clock.now = until - timedelta(days=30)
    take(world, "reinstate")
    assert sorted(told(world)) == ["ending", "restored", "suspended"]
    world.clock.now = until + timedelta(seconds=1)
    assert sorted(told(world)) == ["ending", "expired", "restored", "suspended"]
