"""A dossier that contradicts itself is refused with everything that is wrong, by path."""

import copy

import pytest

from ratedparts.errors import RatedPartsError


def change(value, path, new):
    *parents, last = path.split(".")
    for key in parents:
        value = value[int(key)] if isinstance(value, list) else value[key]
    if new is KeyError:
        del value[last]
    else:
        value[int(last) if isinstance(value, list) else last] = new


@pytest.mark.parametrize(
    ("path", "new", "code"),
    [
        ("surprise", 1, "unknown_key"),
        ("part.surprise", 1, "unknown_key"),
        ("tests.0.surprise", 1, "unknown_key"),
        ("tests.0.lots.0.units.0.surprise", 1, "unknown_key"),
        ("tests.0.stress.surprise", 1, "unknown_key"),
        ("rule_set", KeyError, "key_missing"),
        ("part.family", KeyError, "key_missing"),
        ("tests.0.started_on", KeyError, "key_missing"),
        ("tests.0.lots.0.units.0.upper", KeyError, "key_missing"),
        ("tests.0.stress.voltage_ratio", KeyError, "key_missing"),
        ("schema", "ratedparts-dossier/3", "not_a_choice"),
        ("evaluated_on", "22.11.2026", "date_format"),
        ("evaluated_on", "2026-02-30", "date_format"),
        ("tests.0.ended_on", "2026-01-11", "date_order"),
        ("tests.0.ended_on", "2027-01-11", "date_order"),
        ("tests.0.ended_on", "2026-02-20", "longer_than_its_dates"),
        ("tests.0.registered_on", "2027-01-01", "date_order"),
        ("tests.0.lots.0.produced_on", "2026-02-01", "date_order"),
        ("tests.0.lots.1.lot_code", "L1", "duplicate_lot"),
        ("tests.0.lots.0.units.0.count", 0, "count_out_of_range"),
        ("tests.0.lots.0.units.0.count", -77, "count_out_of_range"),
        ("tests.0.lots.0.units.0.count", 76.5, "count_out_of_range"),
        ("tests.0.lots.0.units.0.count", "77", "value_type"),
        ("tests.0.lots.0.units.0.count", True, "value_type"),
        ("tests.0.lots.0.units.0.lower", -1, "number_negative"),
        ("tests.0.lots.0.units.0.upper", 500, "interval_empty"),
        ("tests.0.lots.0.units.0.lower", 0, "interval_empty"),
        ("tests.0.lots.0.units", [], "list_empty"),
        ("tests.0.protocol", "MLCC-HTL@9", "unknown_protocol"),
        ("tests.0.protocol", "nonsense", "unknown_protocol"),
        ("tests.0.protocol", "SEMI-HTOL@1", "family_not_rated"),
        ("part.family", "unobtainium", "unknown_family"),
        ("part.family", "published_data", "family_not_rated"),
        ("part.use_condition", "UC-Z", "unknown_use_condition"),
        ("part.attributes.upper_category_temperature_c", KeyError, "attribute_missing"),
        ("part.design_life_hours", 0, "number_not_positive"),
        ("tests.0.stress.temperature_c", 300, "stress_not_of_this_protocol"),
        ("tests.0.evidence_class", "E9", "not_a_choice"),
        ("tests.4.capability.0.standard_deviation", 0, "number_not_positive"),
        ("tests.4.capability.0.upper_limit", 80, "limits_reversed"),
        ("tests.4.conformity.nonconforming", 231, "more_than_the_sample"),
        ("tests.0.planned", {"units_per_lot": 50}, "more_than_planned"),
        ("tests.0.planned", {"lots": 2}, "more_than_planned"),
        ("tests.0.lots.0.units.0.lower", 1e-300, "magnitude"),
        ("tests.4.capability.0.upper_limit", 1e308, "magnitude"),
        ("part.design_life_hours", 1e300, "magnitude"),
        ("tests.0.ended_on", "9999-12-31", "date_format"),
        ("tests.0.ended_on", "2026-W47-7", "date_format"),
        ("tests.4.capability.0.anderson_darling_p", 5, "fraction_outside_unit_interval"),
    ],
)
def test_what_cannot_be_true_is_refused_at_its_place(g1, decided, path, new, code):
    change(g1, path, new)
    with pytest.raises(RatedPartsError) as refusal:
        decided(g1)
    assert refusal.value.code == "dossier_refused"
    assert code in {fault.code for fault in refusal.value.items}
    # What contradicts something else is named at either of the two, but always in the test it is in.
    inside = ".".join(path.split(".")[:2])
    assert any(fault.column.startswith(inside) for fault in refusal.value.items if fault.code == code)


def test_all_faults_are_named_at_once(g1, decided):
    for path, new in (("surprise", 1), ("evaluated_on", "soon"), ("tests.0.lots.0.units.0.count", 0)):
        change(g1, path, new)
    with pytest.raises(RatedPartsError) as refusal:
        decided(g1)
    assert {fault.code for fault in refusal.value.items} == {
        "unknown_key",
        "date_format",
        "count_out_of_range",
    }


@pytest.mark.parametrize(
    "value", [None, [], "text", 3, {}, {"tests": "none"}, {"part": [], "tests": [1, None]}]
)
def test_anything_else_than_a_dossier_is_refused(decided, value):
    with pytest.raises(RatedPartsError) as refusal:
        decided(value)
    assert refusal.value.code == "dossier_refused"
    assert refusal.value.items


def test_an_unknown_rule_set_is_refused_by_name(g1, decided):
    g1["rule_set"] = "CEG-1999.1"
    with pytest.raises(RatedPartsError) as refusal:
        decided(g1)
    assert refusal.value.code == "unknown_rule_set"


def test_deciding_does_not_change_the_dossier(g1, decided):
    before = copy.deepcopy(g1)
    decided(g1)
    assert g1 == before
