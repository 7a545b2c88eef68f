"""What anybody may read of a shadow run, and how an administrator starts one."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.evaluations.shadow.rule_set_file import LARGEST_BYTES
from ratedparts.organisations.models import Person
from ratedparts.web.requests import EXTENSION
from tests.integration.programs import Programs
from tests.integration.test_shadow_runs import another_rated_part, run, stricter
from tests.integration.world import PASSWORD, World

PROPOSAL = Path(__file__).parents[2] / "docs" / "rule-set-proposals" / "CEG-2027.1-draft.toml"


@pytest.fixture
def programs(certified: World) -> Iterator[Programs]:
    found = Programs(certified)
    yield found
    found.app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def anyone(programs: Programs) -> FlaskClient:
    return programs.app.test_client()


@pytest.fixture
def number(certified: World) -> str:
    another_rated_part(certified, "SECRET-0001")
    return run(certified, stricter()).number


def test_a_run_names_only_parts_whose_grade_is_public(
    anyone: FlaskClient, certified: World, number: str
) -> None:
    page = anyone.get(f"/grades/shadow/{number}?lang=en").text
    told = anyone.get(f"/api/v1/shadow-runs/{number}").get_json()
    named = anyone.get(f"/api/v1/shadow-runs/{number}/differences").get_json()["items"]
    file = anyone.get(f"/grades/shadow/{number}/differences.csv").text
    assert [one["part_number"] for one in named] == ["EX-0603X7R104K"]
    assert all("EX-0603X7R104K" in text for text in (page, file))
    assert all("SECRET" not in text for text in (page, file, json.dumps(told)))
    assert sum(told["families"]["mlcc_class2"].values()) == sum(told["totals"].values()) == 2
    assert told["parts"] == 2
    assert told["unnamed"] == sum(told["totals"].values()) - told["totals"]["unchanged"] - 1


def test_newer_evidence_takes_the_name_away_until_it_is_certified(
    anyone: FlaskClient, certified: World
) -> None:
    certified.new_evidence()  # another evaluation, which is nobody's business yet
    number = run(certified, stricter()).number
    assert anyone.get(f"/api/v1/shadow-runs/{number}/differences").get_json()["items"] == []
    told = anyone.get(f"/api/v1/shadow-runs/{number}").get_json()
    assert (told["totals"]["fallen"], told["unnamed"]) == (1, 1)


def test_page_interface_and_file_say_the_same_of_a_part(anyone: FlaskClient, number: str) -> None:
    (one,) = anyone.get(f"/api/v1/shadow-runs/{number}/differences").get_json()["items"]
    page = anyone.get(f"/grades/shadow/{number}?lang=en").text
    row = re.search(r'<tr data-direction="fallen">.*?</tr>', page, re.DOTALL)
    assert row
    assert "would fall" in row[0]
    assert [
        f'class="grade{" u" if grade.startswith("U") else ""}">{grade}' in row[0]
        for grade in (one["old_grade"], one["new_grade"])
    ] == [True, True]
    assert 'href="/grades/rules/6.5"' in row[0]
    file = anyone.get(f"/grades/shadow/{number}/differences.csv")
    (line,) = csv.DictReader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff")))
    assert (line["old_grade"], line["new_grade"]) == (one["old_grade"], one["new_grade"])
    target = next(rule for rule in one["rules"] if rule["code"] == "R_TARGET")
    assert f"limit {target['old']['limit']:g} met, limit {target['new']['limit']:g} not met" in line["rules"]


def test_a_run_says_what_its_rule_set_says_otherwise(anyone: FlaskClient, number: str) -> None:
    told = anyone.get(f"/api/v1/shadow-runs/{number}").get_json()
    assert {"path": "targets.passive.A+.level", "old": "FR8", "new": "FR10"} in told["limits"]
    assert len(told["limits"]) == 4
    assert told["content"]["id"] == told["rule_set"] == "CEG-2027.1-draft"
    page = anyone.get(f"/grades/shadow/{number}?lang=zh").text
    assert "targets.passive.A+.level" in page
    assert "将降级" in page


def test_differences_are_asked_for_by_direction_family_and_page(anyone: FlaskClient, number: str) -> None:
    address = f"/api/v1/shadow-runs/{number}/differences"

    def items(**query: Any) -> list[Any]:
        found: list[Any] = anyone.get(address, query_string=query).get_json()["items"]
        return found

    assert len(items(direction="fallen")) == len(items(family="mlcc_class2", limit=1)) == 1
    assert items(direction="risen") == items(family="ic") == []
    last = items()[-1]["part_id"]
    assert items(cursor=last) == []
    assert anyone.get(address, query_string={"cursor": "x"}).status_code == 422
    assert anyone.get(address, query_string={"direction": "sideways"}).status_code == 422
    assert anyone.get("/grades/shadow/SHADOW-NONE").status_code == 404
    assert anyone.get(f"/grades/shadow/{number}?direction=sideways&family=x").status_code == 200


def test_the_list_of_runs_shows_progress(anyone: FlaskClient, certified: World, number: str) -> None:
    listed = anyone.get("/api/v1/shadow-runs").get_json()["items"]
    assert [(one["number"], one["progress"]) for one in listed] == [(number, 1.0)]
    page = anyone.get("/grades/shadow?lang=en").text
    assert f"/grades/shadow/{number}" in page
    assert "complete" in page


def test_an_administrator_sends_a_file_and_the_worker_runs_it(programs: Programs, certified: World) -> None:
    client = signed_in(programs, "administrator")
    answer = send(client, PROPOSAL.read_bytes())
    assert answer.status_code == 302
    before = programs.app.test_client().get(f"{answer.location}?lang=en").text
    assert "0 of 1 parts are done." in before
    certified.run_jobs()
    after = programs.app.test_client().get(f"{answer.location}?lang=en").text
    assert "are done." not in after


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "required and is missing"),
        (b"id = ", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        (b"#" * (LARGEST_BYTES + 1), "this file is larger"),
        (PROPOSAL.read_bytes().replace(b"minimum_units = 45", b"least_units = 45"), "least_units"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_what_is_wrong(
    content: bytes, says: str, programs: Programs
) -> None:
    answer = send(signed_in(programs, "administrator"), content)
    assert answer.status_code == 422
    assert says in answer.text


def test_without_a_file_nothing_is_begun(programs: Programs) -> None:
    client = signed_in(programs, "administrator")
    assert client.post("/administration/shadow", data=csrf(client)).status_code == 422
    assert programs.app.test_client().get("/api/v1/shadow-runs").get_json()["items"] == []


def test_a_program_of_an_administrator_may_and_no_other(programs: Programs, anyone: FlaskClient) -> None:
    body = {"rule_set": stricter()}
    answer = programs.of("administrator").post("/api/v1/shadow-runs", json=body)
    assert (answer.status_code, answer.get_json()["progress"]) == (202, 0.0)
    again = programs.of("administrator").post("/api/v1/shadow-runs", json=body)
    assert again.get_json()["number"] == answer.get_json()["number"]
    assert programs.of("maker").post("/api/v1/shadow-runs", json=body).status_code == 404
    assert anyone.post("/api/v1/shadow-runs", json=body).status_code == 401
    del body["rule_set"]["targets"]["passive"][0]["level"]
    refused = programs.of("administrator").post("/api/v1/shadow-runs", json=body)
    assert refused.status_code == 422
    assert refused.get_json()["code"] == "rule_set_refused"


def signed_in(programs: Programs, who: str) -> FlaskClient:
    client = programs.app.test_client()
    with programs.world.reading() as work:
        email = work.session.get_one(Person, programs.world.cast[who].person_id).email
    client.post("/sign-in?lang=en", data=csrf(client, "/sign-in") | {"email": email, "password": PASSWORD})
    client.get("/?lang=en")
    return client


def csrf(client: FlaskClient, page: str = "/administration/shadow") -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return {"csrf_token": found[1]}


def send(client: FlaskClient, content: bytes) -> Any:
    file = (io.BytesIO(content), "rules.toml")
    return client.post(
        "/administration/shadow", data=csrf(client) | {"file": file}, content_type="multipart/form-data"
    )
