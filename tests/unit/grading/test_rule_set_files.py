"""Rule sets as files of data: read whole, or refused with everything that is wrong."""

import copy
import json
import tomllib
from pathlib import Path

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, read_rule_set, rule_set_as_json

PROPOSALS = Path(__file__).parents[3] / "docs" / "rule-set-proposals"


def faults_of(content, library):
    with pytest.raises(RatedPartsError) as caught:
        read_rule_set(content, library)
    assert caught.value.code == "rule_set_refused"
    return {(fault.column, fault.code) for fault in caught.value.items}


@pytest.fixture
def content():
    """The released rule set under another name."""
    return copy.deepcopy(rule_set_as_json(CEG_2026_1)) | {"id": "CEG-2027.1-draft"}


def test_the_released_rule_set_is_read_from_its_own_data(library):
    told = rule_set_as_json(CEG_2026_1)
    assert read_rule_set(json.loads(json.dumps(told)), library) == CEG_2026_1


@pytest.mark.parametrize("path", sorted(PROPOSALS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_proposal_is_understood(path, library):
    assert read_rule_set(tomllib.loads(path.read_text(encoding="utf-8")), library).id == path.stem


@pytest.mark.parametrize("name", sorted(rule_set_as_json(CEG_2026_1)))
def test_a_limit_that_is_missing_is_named(name, content, library):
    del content[name]
    assert (name, "key_missing") in faults_of(content, library)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("id", "no name", "rule_set_name"),
        ("renewal_confidence", 0.1, "unknown_key"),
        ("maintenance.confidence", 0.0, "fraction_outside_unit_interval"),
        ("in_force_on", "soon", "date_format"),
        ("minimum_units", 22.5, "value_type"),
        ("minimum_units", True, "value_type"),
        ("minimum_units", 0, "number_not_positive"),
        ("life_confidence", 1, "fraction_outside_unit_interval"),
        ("life_confidence", "high", "value_type"),
        ("first_year_hours", float("nan"), "value_type"),
        ("levels_confidences", [0.6], "value_type"),
        ("decreasing_rate_cap", "D", "not_a_choice"),
        ("evidence_caps.E4", "A", "unknown_key"),
        ("rated_condition", "UC-Z", "not_a_choice"),
        ("use_conditions.UC-A", {"voltage_ratio": 0.5}, "value_of_a_part"),
        ("use_conditions.UC-A.temperature_c", -300, "temperature_below_absolute_zero"),
        ("targets.passive.0.level", "FR99", "not_a_choice"),
        ("targets.passive.0.confidence", 0.8, "not_a_choice"),
        ("targets.passive.0.grade", "A", "grades_in_order"),
        ("targets.toys", [], "list_empty"),
        ("run_targets.board.1.reliability", 1.0, "fraction_outside_unit_interval"),
        ("quality_classes.1.conformity_aql", 0.66, "not_a_choice"),
        ("environment", [{"units": 77}], "one_a_class"),
        ("environment.0", {"lots": 3}, "units_missing"),
        ("environment_of.RFF-POWER", [{"units": 1}] * 3, "unknown_key"),
        ("minimum_units_of.toys", 7, "unknown_key"),
    ],
)
def test_what_no_check_could_be_made_with_is_refused(path, value, code, content, library):
    *way, last = path.split(".")
    inner = content
    for step in way:
        inner = inner[int(step) if isinstance(inner, list) else step]
    inner[int(last) if isinstance(inner, list) else last] = value
    where = {
        "value_of_a_part": ("use_conditions.UC-A.temperature_c", "key_missing"),
        "units_missing": ("environment.0.units", "key_missing"),
        "grades_in_order": ("targets.passive", "grades_in_order"),
    }
    assert where.get(code, (path, code)) in faults_of(content, library)


def test_a_released_name_stays_with_its_limits(content, library):
    assert read_rule_set(content | {"id": "CEG-2026.1"}, library) == CEG_2026_1
    other = content | {"id": "CEG-2026.1", "minimum_units": 23}
    assert faults_of(other, library) == {("id", "rule_set_is_released")}


def test_all_that_is_wrong_is_said_at_once(content, library):
    del content["targets"]["optical"]
    content["minimum_units"], content["significance"] = -1, 2.0
    assert faults_of(content, library) == {
        ("targets.optical", "key_missing"),
        ("minimum_units", "number_not_positive"),
        ("significance", "fraction_outside_unit_interval"),
    }


@pytest.mark.parametrize("content", [None, [], "CEG", 7])
def test_what_is_no_table_is_refused(content, library):
    assert faults_of(content, library) == {("", "value_type")}
