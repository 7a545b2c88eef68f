"""Instruments with their calibrations, notices of change, plans that are withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.organisations.instruments import register_calibration
from ratedparts.organisations.models import Calibration
from ratedparts.submissions import plans
from ratedparts.submissions.change_notices import register_change_notice
from ratedparts.submissions.models import Series
from ratedparts.submissions.withdrawals import withdraw_plan
from ratedparts.web.requests import EXTENSION

from .world import MEASURED, PASSWORD, World

MEASURED_ON = date(2026, 1, 12)  # the day of the lot samples' example file


@pytest.fixture
def planned(founded: World) -> World:
    """A lot sample is planned in a laboratory that has no instruments yet but one of its own choosing."""
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    founded.facts["content"] = founded.example("PAR-CPK", founded.facts["plan"], 6)
    founded.clock.now = MEASURED
    return founded


def calibrate(world: World, first: date, last: date, **changes: Any) -> Calibration:
    given: dict[str, Any] = {
        "instrument_id": "LCR-7",
        "description": "LCR meter",
        "document": "CAL-1",
        "calibrated_on": first,
        "calibration_due_on": last,
        **changes,
    }
    with world.work() as work:
        return register_calibration(work, world.cast["laboratory"], **given)


@pytest.mark.parametrize(
    ("first", "last", "accepted"),
    [
        (MEASURED_ON, MEASURED_ON, True),
        (MEASURED_ON - timedelta(days=365), MEASURED_ON, True),
        (MEASURED_ON - timedelta(days=365), MEASURED_ON - timedelta(days=1), False),
        (MEASURED_ON + timedelta(days=1), MEASURED_ON + timedelta(days=365), False),
    ],
)
def test_a_reading_counts_on_the_days_of_a_calibration_both_included(
    planned: World, first: date, last: date, accepted: bool
) -> None:
    calibrate(planned, first, last)
    content = planned.facts["content"].replace(b"INSTRUMENT-1", b"LCR-7")
    submission = planned.submit(planned.facts["plan"], content)
    assert (submission.state == "accepted") == accepted
    if not accepted:
        assert {fault["code"] for fault in submission.faults} == {"calibration_expired"}


def test_one_of_several_calibrations_is_enough(planned: World) -> None:
    for years in (2, 1, 0):
        first = date(2025 - years, 3, 1)
        calibrate(planned, first, first + timedelta(days=365))
    content = planned.facts["content"].replace(b"INSTRUMENT-1", b"LCR-7")
    assert planned.submit(planned.facts["plan"], content).state == "accepted"


def test_an_instrument_that_is_not_on_the_register_is_refused_by_name(planned: World) -> None:
    content = planned.facts["content"].replace(b"INSTRUMENT-1", b"LCR-8")
    submission = planned.submit(planned.facts["plan"], content)
    assert [fault["code"] for fault in submission.faults] == ["instrument_unknown"]
    assert submission.faults[0]["parameters"]["expected"] == ["INSTRUMENT-1"]


def test_another_laboratorys_register_does_not_help(planned: World) -> None:
    with planned.work() as work:
        planned.accredit(
            work,
            planned.cast["administrator"],
            planned.cast["other_laboratory"].organisation_id,
            "PAR-CPK",
        )
    plan = planned.register_plan(units=2, laboratory="other_laboratory")
    submission = planned.submit(plan, planned.example("PAR-CPK", plan, 6), by="other_laboratory")
    assert [fault["code"] for fault in submission.faults] == ["instrument_unknown"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instrument_id": "=LCR"}, "instrument_form"),
        ({"instrument_id": ""}, "instrument_form"),
        ({"document": " "}, "text_length"),
        ({"description": "a\u202eb"}, "control_character"),
        ({"calibration_due_on": date(2025, 1, 1)}, "date_order"),
        ({"calibration_due_on": date(2036, 1, 1)}, "interval_too_long"),
        ({"calibrated_on": date(2026, 6, 2), "calibration_due_on": date(2026, 7, 1)}, "day_in_the_future"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(planned: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RatedPartsError) as refusal:
        calibrate(planned, date(2026, 1, 1), date(2026, 12, 31), **changes)
    assert [fault.code for fault in refusal.value.items] == [code]


# --- notices of change


def notify(world: World, effective_on: date, delta: str | None = None, by: str = "maker") -> None:
    with world.work() as work:
        register_change_notice(
            work,
            world.cast[by],
            series_id=work.session.scalars(select(Series.id)).one(),
            effective_on=effective_on,
            change="the electrode is nickel from another supplier",
            delta_qualification=delta,
        )
    world.run_jobs()


def grade(world: World) -> str | None:
    with world.reading() as work:
        found = current_evaluation(work, world.facts["part_id"])
        return found.grade if found else None


def test_a_change_voids_what_was_tested_before_it(rated: World) -> None:
    assert grade(rated) == "A+"
    notify(rated, date(2026, 5, 1))
    assert grade(rated) == "U-PCN"


def test_a_change_with_its_delta_qualification_leaves_the_grade(rated: World) -> None:
    notify(rated, date(2026, 5, 1), "DQ-2026-004")
    assert grade(rated) == "A+"


def test_a_change_takes_effect_on_its_day_by_itself(rated: World) -> None:
    notify(rated, date(2026, 7, 1))
    assert grade(rated) == "A+"
    rated.clock.now += timedelta(days=29, hours=14)  # 2026-06-30 in Shanghai, an hour before midnight
    rated.run_jobs()
    assert grade(rated) == "A+"
    rated.clock.now += timedelta(hours=1)
    rated.run_jobs()
    assert grade(rated) == "U-PCN"


@pytest.mark.parametrize(
    ("by", "effective_on", "code"),
    [
        ("other_maker", date(2026, 7, 1), "not_found"),
        ("laboratory", date(2026, 7, 1), "role_needed"),
        ("maker", date(2031, 7, 1), "form_refused"),
    ],
)
def test_only_the_maker_tells_of_a_change_that_is_near(
    rated: World, by: str, effective_on: date, code: str
) -> None:
    with pytest.raises(RatedPartsError, match=code):
        notify(rated, effective_on, by=by)


# --- plans


def withdraw(world: World, number: str, reason: str = "a socket burnt", by: str = "maker") -> None:
    with world.work() as work:
        withdraw_plan(work, world.cast[by], number, reason=reason)


def test_a_withdrawn_plan_takes_no_results_and_does_not_come_back(planned: World) -> None:
    number = planned.facts["plan"]
    withdraw(planned, number)
    with pytest.raises(RatedPartsError, match="plan_withdrawn"):
        planned.submit(number, planned.facts["content"])
    with pytest.raises(RatedPartsError, match="plan_withdrawn"):
        withdraw(planned, number)


def test_results_cannot_be_withdrawn_by_withdrawing_their_plan(planned: World) -> None:
    planned.submit(planned.facts["plan"], planned.facts["content"])
    with pytest.raises(RatedPartsError, match="plan_has_results"):
        withdraw(planned, planned.facts["plan"])


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [
        ("other_maker", "x", "not_found"),
        ("laboratory", "x", "role_needed"),
        ("maker", " ", "form_refused"),
        ("maker", "x" * 1001, "form_refused"),
    ],
)
def test_a_plan_is_withdrawn_by_its_maker_with_a_reason(
    planned: World, by: str, reason: str, code: str
) -> None:
    with pytest.raises(RatedPartsError, match=code):
        withdraw(planned, planned.facts["plan"], reason, by)


def plan_of(world: World, **changes: Any) -> str:
    with world.work() as work:
        return plans.register_plan(
            work,
            world.cast["maker"],
            world.library,
            part_id=world.facts["part_id"],
            laboratory_id=world.cast["laboratory"].organisation_id,
            protocol="PAR-CPK@2",
            stress={},
            lots=[{"lot_code": f"L{lot}", "units": 2} for lot in (1, 2, 3)],
            part_average_testing=True,
            **changes,
        ).number


def test_nothing_measured_before_a_plan_starts_is_accepted(founded: World) -> None:
    founded.facts["part_id"] = founded.register_part()
    early = plan_of(founded, starts_on=MEASURED_ON, purpose="maintenance")
    late = plan_of(founded, starts_on=MEASURED_ON + timedelta(days=1), purpose="upgrade")
    founded.clock.now = MEASURED
    assert founded.submit(early, founded.example("PAR-CPK", early, 6)).state == "accepted"
    refused = founded.submit(late, founded.example("PAR-CPK", late, 6))
    assert {fault["code"] for fault in refused.faults} == {"outside_test_dates"}


@pytest.mark.parametrize("changes", [{"purpose": "fun"}, {"starts_on": date(2030, 1, 1)}])
def test_a_plan_for_nothing_or_for_never_is_refused(founded: World, changes: dict[str, Any]) -> None:
    founded.facts["part_id"] = founded.register_part()
    with pytest.raises(RatedPartsError, match="form_refused"):
        plan_of(founded, **changes)


def test_a_reviewer_sees_the_changes_and_the_plans_that_were_withdrawn(rated: World) -> None:
    number = rated.register_plan(units=2)
    withdraw(rated, number, "the oven failed")
    notify(rated, date(2026, 5, 1), "DQ-2026-004")
    review_id = rated.apply()
    app = create_app(rated.installation.settings, rated.clock)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"email": "reviewer@example.org", "password": PASSWORD})
    page = client.get(f"/reviews/{review_id}").text
    app.extensions[EXTENSION].database.dispose()
    for told in (number, "the oven failed", "DQ-2026-004", "the electrode is nickel from another supplier"):
        assert told in page


def test_a_maker_finds_the_way_to_a_plan_to_the_planner_and_to_the_changes(founded: World) -> None:
    part_id = founded.register_part()
    number = founded.register_plan(part_id=part_id, units=2)
    with founded.reading() as work:
        series_id = work.session.scalars(select(Series.id)).one()
    app = create_app(founded.installation.settings, founded.clock)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"email": "maker@example.org", "password": PASSWORD})
    new_plan = client.get(f"/maker/parts/{part_id}/plans/new?protocol=MLCC-HTL@1")
    assert new_plan.status_code == 200
    assert "/planner?family=mlcc_class2" in new_plan.text
    for page in (
        "/planner?family=mlcc_class2",
        f"/maker/parts/{part_id}",
        f"/maker/series/{series_id}/changes",
        f"/maker/plans/{number}/withdraw",
    ):
        assert client.get(page).status_code == 200, page
    app.extensions[EXTENSION].database.dispose()
