"""Whether a laboratory's scopes cover every day of a test, however they follow or overlap each other."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ratedparts.evidence.service import class_under
from ratedparts.organisations.models import Scope
from ratedparts.submissions.models import TestPlan as Plan

START = date(2026, 1, 1)
LABORATORY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
PLAN = Plan(laboratory_id=LABORATORY, protocol="MLCC-HTL@1")
DAYS = st.integers(0, 30).map(lambda days: START + timedelta(days=days))


def scope(begins: date, ends: date, laboratory: uuid.UUID = LABORATORY, method: str = "MLCC-HTL") -> Scope:
    return Scope(laboratory_id=laboratory, protocol_id=method, valid_from=begins, valid_until=ends)


@given(st.lists(st.tuples(DAYS, DAYS), max_size=6), DAYS, DAYS)
def test_a_test_is_e3_where_each_of_its_days_lies_in_a_scope(
    windows: list[tuple[date, date]], first: date, last: date
) -> None:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    covered = all(any(begins <= day <= ends for begins, ends in windows) for day in days)
    found = class_under([scope(*window) for window in windows], PLAN, first, last)
    assert found == ("E3" if covered else "E1")


def test_a_scope_of_another_laboratory_or_method_does_not_count() -> None:
    whole = (date.min, date.max)
    assert class_under([scope(*whole)], PLAN, START, START) == "E3"
    assert class_under([scope(*whole, OTHER), scope(*whole, method="SEMI-TC")], PLAN, START, START) == "E1"
    assert class_under([], PLAN, START, START) == "E1"
