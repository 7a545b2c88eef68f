"""Proficiency rounds on pages and for programs: who enters them, who sees whose result."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from ratedparts.app import create_app
from ratedparts.organisations import signing_in

from .test_proficiency_rounds import CSV, publish
from .world import PASSWORD

FORM = {
    "measurand": "Capacitance at 1 kHz",
    "protocol_id": "PAR-CPK",
    "unit": "nF",
    "assigned_by": "reference",
    "reference_value": "100.0",
    "reference_expanded": "0.2",
    "sigma_pt": "0.5",
    "held_on": "2026-01-02",
    "results": CSV,
}


@pytest.fixture
def app(founded):
    app = create_app(founded.installation.settings, founded.clock)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def at(app):
    """Who → a client that is signed in."""

    def sign_in(name):
        client = app.test_client()
        answer = client.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        assert answer.status_code == 302
        client.get("/?lang=en")
        return client

    return sign_in


def program(app, world, who):
    with world.work() as work:
        token = signing_in.create_access_token(work, world.cast[who], "test")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.mark.parametrize("as_file", [False, True])
def test_the_administrator_enters_a_round_and_everybody_reads_it(at, app, as_file):
    form = FORM | ({"results": "", "file": (io.BytesIO(CSV.encode()), "round.csv")} if as_file else {})
    answer = at("administrator").post("/administration/proficiency", data=form)
    assert answer.status_code == 302, answer.text
    page = app.test_client().get(answer.location + "?lang=en").text
    assert "L01" in page
    assert "Other Laboratory" not in page
    assert "+3.80" in page
    assert "<desc" in page
    assert "Capacitance at 1 kHz" in app.test_client().get("/proficiency").text


def test_every_fault_of_the_form_stands_on_the_page_and_nothing_is_kept(at, app):
    lines = 'laboratory,value,expanded_uncertainty\nNobody,1,1\nLaboratory,"12,5",0.1\n'
    wrong = FORM | {"measurand": "", "sigma_pt": "0,5", "held_on": "soon", "results": lines}
    answer = at("administrator").post("/administration/proficiency", data=wrong)
    assert answer.status_code == 422
    for name in ("measurand", "sigma_pt", "held_on", "results"):
        assert f'id="{name}-wrong-1"' in answer.text, name
    assert "Nobody" in answer.text
    assert "12,5" in answer.text
    assert app.test_client().get("/api/v1/proficiency-rounds").json["items"] == []


@pytest.mark.parametrize("results", ["", "a;b;c\n1;2;3\n"])
def test_results_that_are_no_table_are_refused_as_that(at, results):
    answer = at("administrator").post("/administration/proficiency", data=FORM | {"results": results})
    assert answer.status_code == 422
    assert answer.text.count('id="results-wrong-') == 1
    assert "expanded_uncertainty" in answer.text


def test_a_laboratory_sees_which_code_is_its_own(founded, at):
    number = publish(founded).number
    mine, other = (
        at(name).get("/laboratory/proficiency").text for name in ("laboratory", "other_laboratory")
    )
    assert ("L01" in mine) != ("L01" in other)
    assert "Your laboratory is" in at("laboratory").get(f"/proficiency/{number}").text
    assert "Your laboratory is" not in at("maker").get(f"/proficiency/{number}").text


def test_names_are_shown_only_where_the_round_says_so(founded, app):
    hidden, named = publish(founded), publish(founded, by_name=True)
    client = app.test_client()
    for round_, expected in ((hidden, {"L01", "L02"}), (named, {"Laboratory", "Other Laboratory"})):
        told = client.get(f"/api/v1/proficiency-rounds/{round_.number}").json
        assert {one["laboratory"] for one in told["scores"]} == expected
        assert not any(one["mine"] for one in told["scores"])


def test_programs_publish_correct_and_read(founded, app):
    new = {
        **{name: FORM[name] for name in ("measurand", "unit", "assigned_by", "held_on")},
        "reference_value": 100.0,
        "reference_expanded": 0.2,
        "sigma_pt": 0.5,
        "results": [{"laboratory": "实验室", "value": "100.2", "expanded_uncertainty": "0.4"}],
    }
    administrator = program(app, founded, "administrator")
    first = administrator.post("/api/v1/proficiency-rounds", json=new)
    assert first.status_code == 201, first.json
    founded.clock.now += timedelta(minutes=1)
    second = administrator.post("/api/v1/proficiency-rounds", json=new | {"supersedes": first.json["number"]})
    assert second.json["supersedes"] == first.json["number"]
    listed = app.test_client().get("/api/v1/proficiency-rounds").json["items"]
    assert [one["superseded_by"] for one in listed] == [None, second.json["number"]]
    own = program(app, founded, "laboratory").get("/api/v1/own/proficiency-rounds").json
    assert [one["scores"][0]["mine"] for one in own] == [True, True]
    refused = administrator.post(
        "/api/v1/proficiency-rounds", json=new | {"results": [new["results"][0]] * 2}
    )
    assert refused.status_code == 422
    assert {one["code"] for one in refused.json["errors"]} == {"laboratory_twice"}
    assert program(app, founded, "maker").post("/api/v1/proficiency-rounds", json=new).status_code == 404
