"""What only the part, and only the plan, can decide."""

from __future__ import annotations

from typing import Any

import pytest
from edited_example import EditedExample, only, places

from ratedparts.protocols import CheckReport, check_file

ATTRIBUTES = {
    "capacitance_nf": 100,
    "rated_voltage_v": 50,
    "dielectric": "X7R",
    "upper_category_temperature_c": 125,
}
PART = {"part_number": "C1", "maker": "M", "family": "mlcc_class2", "attributes": ATTRIBUTES}
LOTS = [{"lot_code": lot, "units": 1} for lot in ("L1", "L2", "L3")]
PLAN: dict[str, Any] = {
    "plan_id": "PLAN-EXAMPLE",
    "protocol": "MLCC-HTL@1",
    "lots": LOTS,
    "started_on": "2026-01-12",
    "ended_on": "2026-04-05",
    "missing_units": [],
    "instruments": [
        {"instrument_id": "INSTRUMENT-1", "calibrated_on": "2025-06-01", "calibration_due_on": "2026-06-01"}
    ],
    "scope": [{"protocol": "MLCC-HTL", "valid_from": "2024-01-01", "valid_until": "2028-12-31"}],
}


def having(attributes: dict[str, Any]) -> dict[str, Any]:
    return PART | {"attributes": ATTRIBUTES | attributes}


@pytest.fixture
def file() -> EditedExample:
    return EditedExample("MLCC-HTL@1")


def with_part(file: EditedExample, part: object) -> CheckReport:
    return check_file(file.content(), file.protocol, part=part)


def with_plan(file: EditedExample, **changes: Any) -> CheckReport:
    return check_file(file.content(), file.protocol, plan=PLAN | changes)


def test_a_part_and_a_plan_that_fit_leave_nothing_unchecked(file: EditedExample) -> None:
    report = check_file(file.content(), file.protocol, part=PART, plan=PLAN)
    assert report.accepted, report.faults
    assert report.not_checked == ()
    assert report.undeclared_missing == {}


@pytest.mark.parametrize(
    ("part", "code", "path"),
    [
        (
            PART | {"family": "ic", "attributes": {"maximum_junction_temperature_c": 150}},
            "family_not_rated",
            "part.family",
        ),
        (PART | {"family": "capacitor"}, "unknown_family", "part.family"),
        ({"attributes": ATTRIBUTES}, "missing_value", "part.family"),
        (PART | {"colour": "blue"}, "unknown_key", "part.colour"),
        (having({"colour": 1}), "unknown_key", "part.attributes.colour"),
        (having({"capacitance_nf": "100"}), "attribute_type", "part.attributes.capacitance_nf"),
        (having({"capacitance_nf": True}), "attribute_type", "part.attributes.capacitance_nf"),
        (having({"capacitance_nf": 10**400}), "attribute_type", "part.attributes.capacitance_nf"),
        (having({"capacitance_nf": -1}), "out_of_range", "part.attributes.capacitance_nf"),
        (having({"dielectric": "C0G"}), "not_a_choice", "part.attributes.dielectric"),
        (having({"dielectric": 7}), "attribute_type", "part.attributes.dielectric"),
        (having({"high_capacitance": 1}), "attribute_type", "part.attributes.high_capacitance"),
        (
            PART | {"attributes": {k: v for k, v in ATTRIBUTES.items() if k != "dielectric"}},
            "attribute_missing",
            "part.attributes.dielectric",
        ),
        (PART | {"attributes": []}, "wrong_type", "part.attributes"),
        (PART | {"limits": {"cap_nF": [90]}}, "wrong_type", "part.limits.cap_nF"),
        (PART | {"limits": {"cap_nF": [110, 90]}}, "interval_empty", "part.limits.cap_nF"),
        (PART | {"maker": 5}, "wrong_type", "part.maker"),
        ([PART], "wrong_type", "part"),
    ],
)
def test_a_wrong_part_is_refused_by_key(file: EditedExample, part: object, code: str, path: str) -> None:
    fault = only(with_part(file, part))
    assert (fault.code, fault.row, fault.column) == (code, None, path)


def test_the_part_of_a_dossier_is_taken_as_it_is(file: EditedExample) -> None:
    part = PART | {"design_life_hours": 87600, "use_condition": "UC-A", "screened": False}
    assert with_part(file, part).accepted


def test_a_unit_outside_the_part_s_limits_at_receipt_is_marked_and_not_refused(file: EditedExample) -> None:
    file.set("L2-001", "0", cap_nF="89.9")
    file.set("L3-001", "2000", cap_nF="110.5")
    report = with_part(file, PART | {"limits": {"cap_nF": [90, 110], "esr_mohm": [None, 5]}})
    assert report.accepted, report.faults
    assert [history.nonconforming_at_receipt for history in report.histories] == [False, True, False]
    assert report.limits == {"cap_nF": (90.0, 110.0)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"plan_id": "P-2"}, ("unknown_plan", 2, "plan_id")),
        (
            {"lots": [{"lot_code": "L1", "units": 1}, {"lot_code": "L3", "units": 1}]},
            ("unknown_lot", 7, "lot_code"),
        ),
        ({"started_on": "2026-01-13"}, ("outside_test_dates", 2, "measured_at")),
        ({"ended_on": "2026-04-04", "lots": None}, ("outside_test_dates", 6, "measured_at")),
        ({"instruments": []}, ("instrument_unknown", 2, "instrument_id")),
        ({"scope": [{"protocol": "MLCC-BH"}]}, ("outside_scope", None, "plan.scope")),
        (
            {"scope": [{"protocol": "MLCC-HTL", "valid_until": "2026-04-04"}]},
            ("outside_scope", 6, "measured_at"),
        ),
        (
            {"missing_units": [{"unit_id": "L1-001", "reason": "broken"}]},
            ("missing_unit_present", 2, "unit_id"),
        ),
        (
            {"missing_units": [{"unit_id": "X", "lot_code": "L9", "reason": "x"}]},
            ("unknown_lot", None, "plan.missing_units[0].lot_code"),
        ),
        ({"protocol": "MLCC-BH@1"}, ("plan_of_another_protocol", None, "plan.protocol")),
        ({"colour": 1}, ("unknown_key", None, "plan.colour")),
        ({"lots": [*LOTS, {"lot_code": "L4", "unit": 1}]}, ("unknown_key", None, "plan.lots[3].unit")),
        ({"lots": [*LOTS, {"lot_code": "L4", "units": 0}]}, ("out_of_range", None, "plan.lots[3].units")),
        ({"lots": [*LOTS, {"lot_code": "L1"}]}, ("duplicate_name", None, "plan.lots[3]")),
        ({"started_on": "12.01.2026"}, ("wrong_type", None, "plan.started_on")),
        ({"ended_on": "2026-02-30"}, ("wrong_type", None, "plan.ended_on")),
        ({"scope": "MLCC-HTL"}, ("wrong_type", None, "plan.scope")),
    ],
)
def test_a_file_that_does_not_fit_its_plan_is_refused(
    file: EditedExample, changes: dict[str, Any], expected: tuple[str, int | None, str]
) -> None:
    report = with_plan(file, **changes)
    assert places(report)[0] == expected, report.faults
    assert {fault.code for fault in report.faults} == {expected[0]}


def test_a_plan_without_its_protocol_is_refused(file: EditedExample) -> None:
    plan = {key: value for key, value in PLAN.items() if key != "protocol"}
    fault = only(check_file(file.content(), file.protocol, plan=plan))
    assert (fault.code, fault.column) == ("missing_value", "plan.protocol")


def test_a_plan_that_ends_before_it_starts_is_refused(file: EditedExample) -> None:
    report = with_plan(file, started_on="2026-03-01", ended_on="2026-02-01")
    assert ("dates_reversed", None, "plan.ended_on") in places(report)


def test_a_plan_of_a_protocol_alone_checks_nothing_more(file: EditedExample) -> None:
    assert check_file(file.content(), file.protocol, plan={"protocol": "MLCC-HTL"}).accepted


def test_more_units_than_planned_are_refused_at_the_first_of_them() -> None:
    file = EditedExample("MLCC-HTL@1", 6)  # two units a lot, five rows a unit
    lots = [{"lot_code": "L1", "units": 2}, {"lot_code": "L2", "units": 1}, {"lot_code": "L3"}]
    fault = only(with_plan(file, lots=lots))
    assert (fault.code, fault.row, fault.column) == ("too_many_units", 17, "lot_code")
    assert (fault.parameters["found"], fault.parameters["expected"]) == (2, 1)


def test_fewer_units_than_planned_are_counted_unless_their_reason_is_declared(file: EditedExample) -> None:
    report = with_plan(
        file,
        lots=[{"lot_code": "L1", "units": 3}, {"lot_code": "L2", "units": 2}, {"lot_code": "L3", "units": 1}],
        missing_units=[
            {"unit_id": "L1-002", "lot_code": "L1", "reason": "fell"},
            {"unit_id": "L2-002", "lot_code": "L2", "reason": "fell"},
        ],
    )
    assert report.accepted
    assert report.undeclared_missing == {"L1": 1}


def test_a_calibration_is_valid_on_the_day_in_shanghai_on_which_it_is_due(file: EditedExample) -> None:
    register = [
        {"instrument_id": "INSTRUMENT-1", "calibrated_on": "2025-06-01", "calibration_due_on": "2026-04-05"}
    ]
    file.set("L1-001", "2000", measured_at="2026-04-05T15:59:59Z")
    assert with_plan(file, instruments=register).accepted
    line = file.set("L1-001", "2000", measured_at="2026-04-05T16:00:00Z")
    fault = only(with_plan(file, instruments=register, ended_on="2026-04-06"))
    assert (fault.code, fault.row, fault.column) == ("calibration_expired", line, "instrument_id")
    assert (fault.given, fault.parameters["day"]) == ("INSTRUMENT-1", "2026-04-06")


def test_a_second_calibration_continues_the_first(file: EditedExample) -> None:
    register = [
        {"instrument_id": "INSTRUMENT-1", "calibrated_on": "2025-06-01", "calibration_due_on": "2026-02-01"},
        {"instrument_id": "INSTRUMENT-1", "calibrated_on": "2026-02-01", "calibration_due_on": "2027-02-01"},
    ]
    assert with_plan(file, instruments=register).accepted


def test_a_fault_that_many_rows_share_is_told_once_with_their_number(file: EditedExample) -> None:
    fault = only(with_plan(file, plan_id="P-2"))
    assert (fault.given, fault.parameters) == ("PLAN-EXAMPLE", {"rows": 15, "expected": "P-2"})


def test_faults_of_part_plan_and_file_come_in_one_report(file: EditedExample) -> None:
    line = file.set("L1-001", "500", cap_nF="12,5")
    report = check_file(file.content(), file.protocol, part=PART | {"x": 1}, plan=PLAN | {"plan_id": "P"})
    assert places(report) == [
        ("unknown_key", None, "part.x"),
        ("unknown_plan", 2, "plan_id"),
        ("number_format", line, "cap_nF"),
    ]
