"""The page of the grades, a page for each rule and the curves: what they say is what the rule set holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.grading import CEG_2026_1, LEVELS
from ratedparts.web.drawn_curves import CURVES
from ratedparts.wording.rule_texts import rule_texts
from tests.integration.world import World


@pytest.fixture
def anyone(founded: World) -> Iterator[FlaskClient]:
    app = create_app(founded.installation.settings, founded.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


def page(anyone: FlaskClient, address: str, language: str = "en", status: int = 200) -> str:
    answer = anyone.get(address, headers={"Accept-Language": language})
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


def rows(html: str, group: str) -> list[str]:
    table = re.search(rf'<table[^>]*data-group="{group}">.*?</table>', html, re.DOTALL)
    assert table is not None, group
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr><td>.*?</tr>", table[0], re.DOTALL)]


def test_every_group_has_its_targets(anyone: FlaskClient) -> None:
    shown = page(anyone, "/grades")
    for group, targets in CEG_2026_1.targets.items():
        found = rows(shown, group)
        assert [row.split()[:2] for row in found] == [[one.grade, one.level] for one in targets]
    for group, runs in CEG_2026_1.run_targets.items():
        found = rows(shown, group)
        assert [row.split()[0] for row in found] == [one.grade for one in runs]
    assert [row.split()[-1] for row in rows(shown, "connector")] == ["2302", "230", "92", "18"]
    assert "99 % good at 90 % confidence is shown by 230 units without a failure" in shown


def test_environment_rules_are_those_of_the_group(anyone: FlaskClient) -> None:
    shown = page(anyone, "/grades")
    assert "3 lots of 77 units without a failure" in shown
    filters = re.search(r'data-environment="RFF-PWR">.*?</tr>', shown, re.DOTALL)
    assert filters is not None
    assert "45 units without a failure" in filters[0]
    assert "at most 20 % fail; without a failure 11 units" in filters[0]
    costly = re.search(r'data-environment="optical connector board">.*?</tr>', shown, re.DOTALL)
    assert costly is not None
    assert ("22 units" in costly[0], "11 units" in costly[0], "7 units" in costly[0]) == (True, True, True)


def test_no_level_is_a_bare_letter(anyone: FlaskClient) -> None:
    for language in ("en", "zh-CN"):
        shown = page(anyone, "/grades", language)
        for level in LEVELS:
            assert f"GB/T 1772 {level.gbt1772}）" in shown
        cells = re.findall(r"<td[^>]*>\s*([YWLQBJSMPR])\s*</td>", shown)
        assert cells == []


def test_all_families_that_are_graded_are_on_the_page(anyone: FlaskClient) -> None:
    shown = page(anyone, "/grades")
    told = [code for codes in re.findall(r'data-family="([^"]+)"', shown) for code in codes.split()]
    families = anyone.get("/api/v1/families").get_json()
    assert sorted(told) == sorted(one["code"] for one in families if one["rated"])
    drift = re.search(r'data-family="laser_dfb.*?</tr>', shown, re.DOTALL)
    assert drift is not None
    assert "/grades/rules/L3" in drift[0]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_rule_has_a_page_that_leads_on(anyone: FlaskClient, language: str) -> None:
    index = page(anyone, "/grades/rules", language)
    grades = page(anyone, "/grades", language)
    for name, text in rule_texts(language).rules.items():
        assert f'href="/grades/rules/{name}"' in index
        shown = page(anyone, f"/grades/rules/{name}", language)
        assert text.title in shown
        for place in re.findall(r'href="/grades#(\w+)"', shown):
            assert f'id="{place}"' in grades
        assert "{" not in re.sub(r"<style.*?</style>", "", shown)
        for code in re.findall(r'href="/grades/rules#(\w+)"', shown):
            assert f'id="{code}"' in index


def test_a_rule_that_is_none_is_not_found(anyone: FlaskClient) -> None:
    page(anyone, "/grades/rules/R99", status=404)
    page(anyone, "/grades/curves/none.svg", status=404)


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_is_drawn_in_both_languages(anyone: FlaskClient, name: str) -> None:
    drawings = []
    for language in ("en", "zh"):
        answer = anyone.get(f"/grades/curves/{name}.svg?lang={language}")
        assert answer.mimetype == "image/svg+xml"
        ElementTree.fromstring(answer.data)
        drawings.append(answer.data)
        again = anyone.get(
            f"/grades/curves/{name}.svg?lang={language}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
    assert drawings[0] != drawings[1]


def test_the_table_beside_the_curves_has_the_printed_chances(anyone: FlaskClient) -> None:
    shown = anyone.get("/grades", headers={"Accept-Language": "en"}).get_data(as_text=True)
    line = re.search(r"<tr><td[^>]*>90 %, 1 allowed</td>(.*?)</tr>", shown, re.DOTALL)
    assert line is not None
    assert re.findall(r">([^<>]+)</td>", line[1]) == [
        "98.3",
        "94.1",
        "74.6",
        "42.1",
        "10.0",
        "2.0",
        "0.4",
        "&lt; 0.1",
        "&lt; 0.1",
    ]


# --- the same for programs


def had(anyone: FlaskClient, address: str, language: str = "en") -> Any:
    answer = anyone.get(f"/api/v1{address}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.get_json()


def test_programs_are_told_of_runs_environments_and_least_samples(anyone: FlaskClient) -> None:
    rules = had(anyone, "/rule-sets/CEG-2026.1")
    groups = {one["group"]: one for one in rules["groups"]}
    best = groups["connector"]["run_targets"][0]
    assert best == {"grade": "A+", "reliability": 0.999, "confidence": 0.9, "units": 2302}
    assert groups["connector"]["targets"] == []
    assert (groups["connector"]["minimum_units"], groups["passive"]["minimum_units"]) == (7, 22)
    assert groups["connector"]["minimum_unit_hours"] is None
    assert groups["passive"]["run_targets"] == []
    classes = {one["name"]: one for one in rules["quality_classes"]}
    assert (classes["Q3"]["lots"], classes["Q3"]["units"], classes["Q1"]["failing_fraction"]) == (3, 77, 0.1)
    filters = next(one for one in rules["environment_of"] if one["of"] == "RFF-PWR")
    assert [one["units"] for one in filters["classes"]] == [45, 22, None]


def test_programs_are_told_the_rules_in_their_language(anyone: FlaskClient) -> None:
    for language in ("en", "zh-CN"):
        told = {one["rule"]: one for one in had(anyone, "/rule-sets/CEG-2026.1/rules", language)}
        assert list(told) == list(rule_texts(language).rules)
        assert told["6.5"]["title"] == rule_texts(language).rules["6.5"].title
        assert [one["code"] for one in told["6.5"]["codes"]] == ["R_TARGET", "R_HOURS"]
    assert anyone.get("/api/v1/rule-sets/NONE/rules").status_code == 404


def test_programs_are_told_the_curves(anyone: FlaskClient) -> None:
    told = had(anyone, "/rule-sets/CEG-2026.1/operating-characteristics")
    limit = told["multiples"].index(1.0)
    assert len(told["rates"]) == 6
    for plan in told["rates"]:
        assert plan["chances"][limit] == pytest.approx(plan["consumers_risk"])
    assert {one["group"]: [plan["units"] for plan in one["plans"]] for one in told["runs"]} == {
        "connector": [2302, 230, 92, 18],
        "board": [230, 76, 45, 22],
    }
    assert anyone.get("/api/v1/rule-sets/NONE/operating-characteristics").status_code == 404
