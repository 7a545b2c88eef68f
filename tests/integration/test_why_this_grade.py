"""Why a part has its grade, and what would bring the next one: on both pages, and for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.web.requests import EXTENSION
from tests.integration.programs import Programs
from tests.integration.world import PASSWORD, World


@pytest.fixture
def programs(certified: World) -> Iterator[Programs]:
    found = Programs(certified)
    yield found
    found.app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def anyone(programs: Programs) -> FlaskClient:
    return programs.app.test_client()


def of(page: str, axis: str) -> str:
    found = re.search(rf'<section class="card[^"]*" data-axis="{axis}">.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_the_public_page_says_why_by_axis_with_margins_in_words(
    programs: Programs, anyone: FlaskClient
) -> None:
    page = anyone.get(f"/parts/{programs.world.facts['part_id']}?lang=en").text
    assert "times better than needed" in of(page, "R")
    assert 'href="/grades/rules/6.5"' in of(page, "R")
    assert "Cpk" in of(page, "Q")
    assert "may fail, at most" in of(page, "Q")
    assert set(re.findall(r'data-axis="(\w+)"', page)) >= {"R", "L", "Q", "E"}
    assert "plan it" not in page  # that is the maker's


def test_the_best_grade_has_no_next(programs: Programs, anyone: FlaskClient) -> None:
    part_id = programs.world.facts["part_id"]
    told = anyone.get(f"/api/v1/parts/{part_id}/next-grade").get_json()
    page = anyone.get(f"/parts/{part_id}?lang=en").text
    if told["next"] is None:
        assert (told["paths"], told["obstacles"]) == ([], [])
        assert "This is the best grade" in page
    else:
        assert f"What would bring grade {told['next']}?" in page
        assert page.count("data-path=") == min(len(told["paths"]), 3)


def test_what_is_not_public_has_no_next_grade(programs: Programs, anyone: FlaskClient) -> None:
    other = programs.world.register_part("EX-NEVER-TESTED")
    assert anyone.get(f"/api/v1/parts/{other}/next-grade").status_code == 404
    maker = programs.of("maker")
    assert maker.get(f"/api/v1/own/parts/{other}/next-grade").status_code == 404  # nothing was decided
    part_id = programs.world.facts["part_id"]
    assert programs.of("other_maker").get(f"/api/v1/own/parts/{part_id}/next-grade").status_code == 404
    assert anyone.get(f"/api/v1/own/parts/{part_id}/next-grade").status_code == 401


def with_one_test(world: World) -> Any:
    """Another part of the maker's with its lot sample alone: not rated, and nobody else's business."""
    part_id = world.register_part("EX-ONE-TEST")
    number = world.register_plan(slot="SEMI-TC", part_id=part_id)
    assert world.submit(number, world.example("SEMI-TC", number)).state == "accepted"
    world.run_jobs()
    return part_id


def test_an_unrated_part_tells_its_maker_what_brings_the_first_grade(programs: Programs) -> None:
    world = programs.world
    part_id = with_one_test(world)
    told = programs.of("maker").get(f"/api/v1/own/parts/{part_id}/next-grade").get_json()
    assert (told["grade"], told["next"]) == ("U-INSUFFICIENT", "C")
    cheapest = told["paths"][0]
    assert {"MLCC-HTL", "MLCC-BH:rated", "MLCC-BH:low", "PAR-CPK"} <= {
        step["slot"] for step in cheapest["steps"]
    }
    assert all(step["sentence"] and "?" not in step["sentence"] for step in cheapest["steps"])
    assert cheapest["unit_hours"] == sum(
        step["units"] * step["duration"] for step in cheapest["steps"] if step["duration_unit"] == "h"
    )
    client = create_app(world.installation.settings, world.clock).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post(
        "/sign-in",
        data={"email": "maker@example.org", "password": PASSWORD, "csrf_token": token[1]},
    )
    page = client.get(f"/maker/parts/{part_id}?lang=en").text
    assert "What would bring grade C?" in page
    assert f"/maker/parts/{part_id}/plans/new?protocol=MLCC-HTL" in page
    assert page.count("data-path=") == min(len(told["paths"]), 3)
    chinese = client.get(f"/maker/parts/{part_id}?lang=zh").text
    assert "如何达到 C 级" in chinese
    assert programs.app.test_client().get(f"/parts/{part_id}").status_code == 404
    client.application.extensions[EXTENSION].database.dispose()
