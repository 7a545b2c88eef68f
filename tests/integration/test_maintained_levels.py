"""A level that a certificate bears has to be kept up: from one certificate of a part to the next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ratedparts.certificates.granted_level import granted_level
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.grading.evidence import add_months
from ratedparts.grading.failure_rate_levels import BY_CODE
from tests.integration.programs import Programs
from tests.integration.world import PASSWORD, World


def evaluated(world: World) -> Evaluation:
    with world.reading() as work:
        found = current_evaluation(work, world.facts["part_id"])
        assert found is not None
        assert found.decision is not None
        return found


def granted_in(world: World) -> dict[str, object]:
    with world.reading() as work:
        found = granted_level(work, world.library, world.facts["part_id"])
        assert found is not None
        return found


def issued_on(world: World, number: str) -> date:
    with world.reading() as work:
        return certificate_by_number(work, number).issued_at.date()


def go_to(world: World, day: date) -> None:
    world.clock.now += timedelta(days=(day - world.clock.now.date()).days)


def test_the_first_evaluation_knows_of_no_level(rated: World) -> None:
    assert evaluated(rated).dossier["schema"] == "ratedparts-dossier/1"
    with rated.reading() as work:
        assert granted_level(work, rated.library, rated.facts["part_id"]) is None


def test_after_a_certificate_the_dossier_states_the_level_that_it_bears(certified: World) -> None:
    number = certified.facts["number"]
    certified.new_evidence()
    dossier = evaluated(certified).dossier
    day = issued_on(certified, number).isoformat()
    assert dossier["schema"] == "ratedparts-dossier/2"
    level, _, confidence = evaluated(certified).decision["vector"]["R"].partition("@")
    assert dossier["granted"] == {
        "certificate": number,
        "level": level,
        "confidence": int(confidence) / 100,
        "on": day,
        "judged_to": day,
    }


def test_the_next_certificate_goes_on_from_the_first(certified: World) -> None:
    first = granted_in(certified)
    certified.clock.now += timedelta(days=40)
    certified.new_evidence()
    second = certified.issue(certified.approve())
    granted = granted_in(certified)
    assert granted["certificate"] == second
    assert granted["on"] == first["on"]
    assert granted["judged_to"] == issued_on(certified, second).isoformat()
    with certified.reading() as work:
        ends = certificate_by_number(work, second).valid_until.date()
    assert ends <= add_months(date.fromisoformat(str(first["on"])), 12)


def test_when_a_period_ends_without_a_further_test_the_level_goes_down(certified: World) -> None:
    certified.new_evidence()
    before = evaluated(certified)
    first = granted_in(certified)
    go_to(certified, add_months(date.fromisoformat(str(first["on"])), 12) + timedelta(days=1))
    certified.run_jobs()
    after = evaluated(certified)
    assert after.id != before.id
    lost = [one for one in after.decision["reasons"] if one["code"] == "R_KEPT"]
    assert [(one["met"], one["parameters"]["level"]) for one in lost] == [(False, first["level"])]


def test_a_revoked_certificate_has_no_level_to_keep_up(certified: World) -> None:
    certified.take_back()
    with certified.reading() as work:
        assert granted_level(work, certified.library, certified.facts["part_id"]) is None


@pytest.mark.parametrize("days", [0, 200])
def test_a_day_alone_within_a_period_makes_no_other_evaluation(certified: World, days: int) -> None:
    certified.new_evidence()
    before = evaluated(certified)
    certified.clock.now += timedelta(days=days)
    certified.run_jobs()
    assert evaluated(certified).id == before.id


def test_the_maker_is_told_what_the_running_period_still_needs(rated: World, programs: Programs) -> None:
    rated.certify()
    level = granted_in(rated)
    told = programs.of("maker").get(f"/api/v1/own/parts/{rated.facts['part_id']}").get_json()["upkeep"]
    limit = BY_CODE[str(level["level"])].maximum
    assert told["level"] == level["level"]
    assert told["ends_on"] == add_months(date.fromisoformat(str(level["on"])), 12).isoformat()
    # m(10 %, no failure) = 0.10536 of the facts
    assert told["missing_unit_hours"] == pytest.approx(0.105361 / limit, rel=1e-5)
    programs.app.config["WTF_CSRF_ENABLED"] = False
    client = programs.app.test_client()
    client.post("/sign-in", data={"email": "maker@example.org", "password": PASSWORD})
    for language, said in (("en", "Keeping level"), ("zh", "维持等级")):
        page = client.get(f"/maker/parts/{rated.facts['part_id']}?lang={language}").text
        assert f"{said} {level['level']}" in page
        assert told["ends_on"] in page
