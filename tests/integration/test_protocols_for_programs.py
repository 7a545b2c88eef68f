"""Protocols, the calculator and the planner as programs have them: the same as on the pages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.protocols import load_library
from ratedparts.web.acceleration_question import asked_acceleration
from ratedparts.web.api.asked import names_of
from ratedparts.web.api.calculators import AccelerationQuery
from ratedparts.web.planned_test import rated_families
from tests.integration.world import World

LIBRARY = load_library()
NAMES = sorted(LIBRARY.protocols)
pytestmark = pytest.mark.embedded_database
BOLTZMANN_EV_PER_K = 8.617333262e-5
UNACCELERATED = {"family": "ic", "use.temperature_c": "125", "units_per_lot": "100", "hours": "10000"}


@pytest.fixture(scope="module")
def anyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Nothing here reads a database."""
    var = tmp_path_factory.mktemp("protocols")
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    app = create_app(world.installation.settings, world.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


def had(anyone: FlaskClient, address: str, status: int = 200, language: str = "en", **query: str) -> Any:
    answer = anyone.get(f"/api/v1{address}", query_string=query, headers={"Accept-Language": language})
    assert answer.status_code == status, answer.text
    return answer.get_json()


def page(anyone: FlaskClient, address: str, language: str = "en") -> str:
    text = anyone.get(address, headers={"Accept-Language": language}).text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


# --- protocols


def test_every_version_is_listed_with_its_families_and_whether_it_is_current(anyone: FlaskClient) -> None:
    listed = had(anyone, "/protocols")
    assert [one["name"] for one in listed] == NAMES
    for one in listed:
        protocol = LIBRARY.protocol(one["name"])
        assert (one["families"], one["version"]) == (list(protocol.families), protocol.version)
        assert one["current"] == (LIBRARY.latest(protocol.id) is protocol)
        assert one["summary"] == {"en": protocol.summary.en, "zh": protocol.summary.zh}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("name", NAMES)
def test_a_version_says_what_its_page_says(anyone: FlaskClient, name: str, language: str) -> None:
    told, shown = (
        had(anyone, f"/protocols/{name}", language=language),
        page(anyone, f"/protocols/{name}", language),
    )
    title = "zh" if language == "zh-CN" else "en"
    sentences = [rule["sentence"] for rule in told["criteria"] + told["degradation"]]
    sentences += [rule["parts"] for rule in told["criteria"] + told["degradation"]]
    sentences += [life["model_in_words"] for life in told["ageing"]]
    for list_of in ("columns", "stress", "families"):
        sentences += [one["title"][title] for one in told[list_of]]
    sentences += [note[title] for note in told["notes"]] + [one["name"] for one in told["quantities"]]
    sentences += [one["document"] for one in told["references"]] + [told["digest"], told["title"][title]]
    lacking = [one for one in sentences if re.sub(r"\s+", " ", one) not in shown]
    assert lacking == []
    protocol = LIBRARY.protocol(name)
    assert [one["mode"] for one in told["criteria"]] == [one.mode for one in protocol.criteria]
    assert [len(one["limit"]["terms"]) for one in told["criteria"]] == [
        len(one.limit.terms) for one in protocol.criteria
    ]
    assert told["readouts"] is None or told["readouts"]["at"] == list(protocol.readouts.at)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", NAMES)
def test_the_links_of_a_version_lead_somewhere(anyone: FlaskClient, name: str) -> None:
    links = had(anyone, f"/protocols/{name}")["links"]
    assert {"template", "workbook", "example", "page"} <= set(links)
    assert ("acceleration" in links) == (asked_acceleration(LIBRARY.protocol(name), LIBRARY) is not None)
    for link in links.values():
        assert anyone.get(link).status_code == 200
    assert anyone.get(links["workbook"]).data.startswith(b"PK")


def test_what_has_not_changed_is_not_sent_again(anyone: FlaskClient) -> None:
    for address in (
        "/protocols",
        "/protocols/MLCC-HTL@1",
        "/families",
        "/rule-sets/CEG-2026.1",
        "/planner?family=ic",
    ):
        first = anyone.get(f"/api/v1{address}", headers={"Accept-Language": "en"})
        tag = {"If-None-Match": first.headers["ETag"]}
        again = anyone.get(f"/api/v1{address}", headers={"Accept-Language": "en", **tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers.get("Vary") == first.headers.get("Vary")
    english = anyone.get("/api/v1/protocols/MLCC-HTL@1", headers={"Accept-Language": "en"}).headers["ETag"]
    other = {"Accept-Language": "zh-CN", "If-None-Match": english}
    assert anyone.get("/api/v1/protocols/MLCC-HTL@1", headers=other).status_code == 200


@pytest.mark.parametrize(
    "address", ["/protocols/NONE@1", "/protocols/NONE@1/acceleration", "/rule-sets/NONE"]
)
def test_what_does_not_exist_is_not_found(anyone: FlaskClient, address: str) -> None:
    had(anyone, address, 404)


def test_a_family_is_told_with_its_attributes(anyone: FlaskClient) -> None:
    told = {one["code"]: one for one in had(anyone, "/families")}
    assert list(told) == list(LIBRARY.families)
    assert {code for code, one in told.items() if one["rated"]} >= {"ic", "mlcc_class2"}
    assert [code for code, one in told.items() if not one["rated"]] == ["published_data"]
    capacitance = next(one for one in told["mlcc_class2"]["attributes"] if one["name"] == "capacitance_nf")
    assert (capacitance["type"], capacitance["unit"], capacitance["required"]) == ("number", "nF", True)


# --- the calculator


def test_the_description_names_everything_that_is_asked_of_any_protocol() -> None:
    described = set(AccelerationQuery().fields)
    for protocol in LIBRARY.protocols.values():
        asked = asked_acceleration(protocol, LIBRARY)
        assert asked is None or set(names_of(asked)) <= described


def test_the_acceleration_is_that_of_the_formula_and_of_the_page(anyone: FlaskClient) -> None:
    asked = {"use.temperature_c": "70", "stress.junction_temperature_c": "150"}
    told = had(anyone, "/protocols/SEMI-HTOL@1/acceleration", **asked)

    def arrhenius(energy_ev: float) -> float:
        return math.exp(energy_ev / BOLTZMANN_EV_PER_K * (1 / 343.15 - 1 / 423.15))

    assert told["used"]["value"] == pytest.approx(arrhenius(0.7), rel=1e-12)
    assert told["hours_at_use"] == pytest.approx(1000 * arrhenius(0.7), rel=1e-12)
    assert told["careful"]["value"] == pytest.approx(arrhenius(0.3), rel=1e-12)
    assert [(one["parameter"], one["value"]) for one in told["ends"]] == [("activation_energy_ev", 0.3)]
    assert (told["stress"], told["use"]["temperature_c"]) == ({"junction_temperature_c": 150.0}, 70.0)
    shown = anyone.get("/protocols/SEMI-HTOL@1", query_string=asked).text
    assert f'data-factor="{told["used"]["value"]}"' in shown


def test_what_is_capped_says_so(anyone: FlaskClient) -> None:
    asked = {"use.temperature_c": "25", "stress.temperature_c": "150", "stress.voltage_ratio": "2"}
    used = had(anyone, "/protocols/MLCC-HTL@1/acceleration", **asked)["used"]
    assert (used["value"], used["capped"]) == (20000, True)
    assert used["before_cap"] > 20000


def test_an_attribute_is_read_as_people_write_it(anyone: FlaskClient) -> None:
    asked = {"attribute.thermal_resistance_k_per_w": "200", "attribute.rated_power_w": "250 mW"}
    told = had(anyone, "/protocols/RES-LL70@1/acceleration", **asked)
    assert told["attributes"] == {"thermal_resistance_k_per_w": 200.0, "rated_power_w": 0.25}


def test_everything_that_is_wrong_is_said_at_once_by_its_name(anyone: FlaskClient) -> None:
    asked = {"use.temperature_c": "55,5", "stress.temperature_c": "90", "stress.humidity_rh": "85", "zz": "1"}
    told = had(anyone, "/protocols/MLCC-HTL@1/acceleration", 422, **asked)
    assert {one["column"]: one["code"] for one in told["errors"]} == {
        "use.temperature_c": "number_format",
        "stress.temperature_c": "stress_not_of_this_protocol",
        "stress.humidity_rh": "unknown_key",
        "zz": "unknown_key",
    }
    part = had(anyone, "/protocols/RES-LL70@1/acceleration", 422, **{"attribute.rated_power_w": "-1"})
    assert [one["column"] for one in part["errors"]] == ["attribute.rated_power_w"]


def test_a_protocol_that_nothing_computes_says_so(anyone: FlaskClient) -> None:
    told = had(anyone, "/protocols/SEMI-TC@1/acceleration", 422)
    assert told["code"] == "acceleration_not_computed"
    assert "SEMI-TC@1" in told["title"]
    assert had(anyone, "/protocols/SEMI-TC@1")["calculator"] is None


# --- the planner


def test_the_bounds_of_a_planned_test_are_logarithms(anyone: FlaskClient) -> None:
    told = had(anyone, "/planner", **UNACCELERATED)
    assert (told["plan"]["units"], told["plan"]["unit_hours_at_use"]) == (300, pytest.approx(3e6))
    rates = {one["confidence"]: one for one in told["proven"][0]["rates"]}
    assert rates[0.6]["failure_rate_per_hour"] == pytest.approx(-math.log(0.4) / 3e6)
    assert rates[0.9]["failure_rate_per_hour"] == pytest.approx(math.log(10) / 3e6)
    assert (rates[0.9]["level"], told["proven"][0]["grade"], told["proven"][0]["accepted"]) == (
        "FR6",
        "A",
        True,
    )
    assert told["proven"][1]["accepted"] is False
    half = next(one for one in told["chances"] if one["probability"] == 0.5)
    assert half["failure_rate_per_hour"] == pytest.approx(math.log(2) / 3e6)
    best = told["needed"][0]
    assert (best["grade"], best["units"]) == ("A+", 2303)
    assert best["unit_hours_at_use"] == pytest.approx(math.log(10) / 1e-7)
    life = next(one for one in told["needed_for_life"] if one["percent"] == 10)
    assert life["units"] == math.ceil(math.log(0.1) / ((1e4 / 87600) ** 2 * math.log(0.9)))


def test_every_family_that_can_be_planned_has_an_answer_that_is_the_page_s(anyone: FlaskClient) -> None:
    families = rated_families(LIBRARY)
    assert len(families) == 28
    for family in families:
        told = had(anyone, "/planner", family=family)
        told = told.get("run", told)
        shown = anyone.get("/planner", query_string={"family": family}).text
        assert len(told["proven"]) == shown.count("data-failures=")
        assert [row["grade"] for row in told["needed"]] == re.findall(r'data-grade="([^"]+)"', shown)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({}, {"family": "key_missing"}),
        ({"family": ""}, {"family": "missing_value"}),
        ({"family": "published_data"}, {"family": "family_not_rated"}),
        ({"family": "backplane", "hours": "1"}, {"hours": "unknown_key"}),
        (
            {"family": "ic", "lots": "0", "hours": "nan", "zz": "1"},
            {"lots": "out_of_range", "hours": "out_of_range", "zz": "unknown_key"},
        ),
        ({"family": "ic", "accept": "100000"}, {"accept": "out_of_range"}),
        ({"family": "ic", "stress.voltage_ratio": "2"}, {"stress.voltage_ratio": "unknown_key"}),
        ({"family": "ic", "units_per_lot": "1.5"}, {"units_per_lot": "whole_number_format"}),
    ],
)
def test_a_test_that_cannot_be_is_refused(
    anyone: FlaskClient, asked: dict[str, str], wrong: dict[str, str]
) -> None:
    told = had(anyone, "/planner", 422, **asked)
    assert {one["column"]: one["code"] for one in told["errors"]} == wrong


# --- the rules


def test_a_rule_set_says_what_its_page_says(anyone: FlaskClient) -> None:
    rules, shown = had(anyone, "/rule-sets/CEG-2026.1"), page(anyone, "/grades")
    assert rules["grades"] == ["A+", "A", "B", "C", "U"]
    active = next(one for one in rules["groups"] if one["group"] == "active")
    assert active["targets"][0] == {"grade": "A+", "level": "FR7", "confidence": 0.9}
    assert "ic" in active["families"]
    assert [one["maximum_per_hour"] for one in rules["levels"] if one["code"] == "FR7"] == [1e-7]
    assert {one["code"] for one in rules["use_conditions"]} == {"UC-R", "UC-C", "UC-I", "UC-A"}
    for code in [one["code"] for one in rules["levels"]] + [one["name"] for one in rules["quality_classes"]]:
        assert code in shown
