"""The rules between the rows of one unit; every case spoils an accepted file in one place."""

from __future__ import annotations

import pytest
from edited_example import EditedExample, only, places

from ratedparts.protocols import CheckReport, UnitHistory, check_file


def check(file: EditedExample) -> CheckReport:
    return check_file(file.content(), file.protocol)


def history(file: EditedExample, unit: str) -> UnitHistory:
    report = check(file)
    assert report.accepted, report.faults
    return next(history for history in report.histories if history.unit_id == unit)


@pytest.fixture
def file() -> EditedExample:
    """Three units, L1-001, L2-001 and L3-001, at 0, 168, 500, 1000 and 2000 h."""
    return EditedExample("MLCC-HTL@1")


def test_a_unit_without_its_initial_readout_is_refused_where_it_first_appears(file: EditedExample) -> None:
    file.drop("L2-001", "0")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("no_initial_readout", 7, "readout")
    assert fault.parameters["unit_id"] == "L2-001"


def test_a_reading_between_two_readouts_is_refused_and_nothing_is_called_missing(file: EditedExample) -> None:
    line = file.set("L1-001", "1000", readout="900")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("readout_not_scheduled", line, "readout")
    assert fault.given == "900"
    assert fault.parameters["expected"] == [0, 168, 500, 1000, 2000]


@pytest.mark.parametrize(
    ("given", "accepted"), [("1000", True), ("1048", True), ("1048.1", False), ("999.9", False)]
)
def test_a_reading_lies_within_the_tolerance_of_its_readout(
    file: EditedExample, given: str, accepted: bool
) -> None:
    file.set("L1-001", "1000", readout=given)
    assert check(file).accepted is accepted


def test_the_actual_hours_are_kept(file: EditedExample) -> None:
    file.set("L1-001", "1000", readout="1030.5")
    assert history(file, "L1-001").readouts == (0, 168, 500, 1030.5, 2000)


def test_a_repeated_reading_is_refused_where_it_is_repeated(file: EditedExample) -> None:
    file.rows.append(list(file.rows[file.find("L1-001", "500")]))
    fault = only(check(file))
    assert (fault.code, fault.row, fault.given) == ("duplicate_readout", 17, "500")
    assert fault.parameters["first_line"] == 4


def test_two_readings_for_one_scheduled_readout_are_a_repetition(file: EditedExample) -> None:
    row = list(file.rows[file.find("L1-001", "500")])
    file.rows.append(row)
    line = file.edit(len(file.rows) - 1, readout="510")
    assert places(check(file)) == [("duplicate_readout", line, "readout")]


def test_a_mandatory_readout_that_is_missing_is_told_at_the_unit_s_last_row(file: EditedExample) -> None:
    file.drop("L1-001", "1000", "2000")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("mandatory_readout_missing", 4, "readout")
    assert fault.parameters["expected"] == 1000


def test_a_readout_that_is_not_mandatory_may_be_left_out(file: EditedExample) -> None:
    file.drop("L1-001", "168", "2000")
    assert history(file, "L1-001").lower == 1000


def test_a_unit_that_failed_has_the_interval_of_its_failure(file: EditedExample) -> None:
    file.drop("L1-001", "1000", "2000")
    file.set("L1-001", "500", status="fail", fail_mode="short", ir_Mohm="0.2", fa_ref="FA-7")
    found = history(file, "L1-001")
    assert (found.status, found.lower, found.upper) == ("fail", 168, 500)
    assert (found.mode, found.failure_analysis) == ("short", "FA-7")
    assert not found.nonconforming_at_receipt


def test_nothing_follows_a_failure(file: EditedExample) -> None:
    file.set("L1-001", "500", status="fail", fail_mode="short", ir_Mohm="0.2")
    report = check(file)
    assert places(report) == [("after_the_end", 5, "readout"), ("after_the_end", 6, "readout")]
    assert report.faults[0].parameters["ended_line"] == 4


def test_a_unit_that_failed_before_any_stress_did_not_conform_at_receipt(file: EditedExample) -> None:
    file.drop("L1-001", "168", "500", "1000", "2000")
    file.set("L1-001", "0", status="fail", fail_mode="short", ir_Mohm="0.2")
    found = history(file, "L1-001")
    assert found.nonconforming_at_receipt
    assert (found.lower, found.upper) == (0, 0)


def test_a_failure_names_its_mode(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", status="fail", ir_Mohm="0.2")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("fail_mode_missing", line, "fail_mode")
    assert "short" in fault.parameters["expected"]


def test_a_failure_mode_is_one_of_the_protocol_s(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", status="fail", fail_mode="Short", ir_Mohm="0.2")
    assert places(check(file)) == [("fail_mode_unknown", line, "fail_mode")]


def test_a_good_unit_has_no_failure_mode(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", fail_mode="short")
    assert places(check(file)) == [("fail_mode_unexpected", line, "fail_mode")]


def test_a_removal_states_its_reason(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", status="removed")
    assert places(check(file)) == [("removed_reason_missing", line, "removed_reason")]


def test_a_unit_that_stayed_has_no_reason_of_removal(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", removed_reason="external: socket burnt")
    assert places(check(file)) == [("removed_reason_unexpected", line, "removed_reason")]


@pytest.mark.parametrize(
    ("reason", "removed"),
    [("external: socket burnt", "external"), ("destructive analysis", "destructive analysis")],
)
def test_a_unit_may_be_removed_between_readouts(file: EditedExample, reason: str, removed: str) -> None:
    file.drop("L1-001", "1000", "2000")
    blank = {"cap_nF": "", "df_pct": "", "ir_Mohm": "", "instrument_id": "", "measured_at": ""}
    file.set("L1-001", "500", readout="300", status="removed", removed_reason=reason, **blank)
    found = history(file, "L1-001")
    assert (found.status, found.lower, found.upper, found.removed) == ("removed", 300, None, removed)


def test_a_lost_unit_is_known_good_up_to_the_readout_before(file: EditedExample) -> None:
    file.drop("L1-001", "2000")
    blank = {"cap_nF": "", "df_pct": "", "ir_Mohm": "", "instrument_id": "", "measured_at": ""}
    file.set("L1-001", "1000", status="lost", **blank)
    found = history(file, "L1-001")
    assert (found.status, found.lower, found.upper, found.removed) == ("lost", 500, None, "lost")


def test_a_good_unit_s_measurements_may_not_be_blank(file: EditedExample) -> None:
    line = file.set("L1-001", "1000", cap_nF="")
    assert places(check(file)) == [("missing_value", line, "cap_nF")]


def test_a_unit_belongs_to_one_lot(file: EditedExample) -> None:
    line = file.set("L1-001", "1000", lot_code="L2")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("duplicate_unit_lot", line, "lot_code")
    assert (fault.given, fault.parameters["expected"]) == ("L2", "L1")


def test_time_does_not_run_backwards(file: EditedExample) -> None:
    line = file.set("L1-001", "1000", measured_at="2026-01-12T02:00:00Z")
    assert places(check(file)) == [("measured_out_of_order", line, "measured_at")]


def test_one_bad_cell_is_one_fault_and_not_a_chain_of_them(file: EditedExample) -> None:
    line = file.set("L1-001", "0", readout="zero")
    assert places(check(file)) == [("number_format", line, "readout")]
    file = EditedExample("MLCC-HTL@1")
    line = file.set("L1-001", "1000", unit_id="")
    assert places(check(file)) == [("missing_value", line, "unit_id")]
    file = EditedExample("MLCC-HTL@1")
    file.drop("L1-001", "1000", "2000")
    line = file.set("L1-001", "500", status="FAIL", fail_mode="short")
    assert places(check(file)) == [("not_a_choice", line, "status")]


def test_a_file_of_one_bias_does_not_change_it() -> None:
    file = EditedExample("MLCC-BH@1")
    line = file.set("L2-001", "500", bias_mode="low")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column) == ("stress_varies", line, "bias_mode")
    assert fault.parameters["expected"] == "rated"


def test_every_fault_is_told_in_the_order_of_the_file(file: EditedExample) -> None:
    file.set("L3-001", "500", cap_nF="12,5")
    file.set("L1-001", "0", df_pct="-1")
    file.set("L1-001", "0", cap_nF="x")
    file.set("L2-001", "1000", status="removed")
    assert places(check(file)) == [
        ("number_format", 2, "cap_nF"),
        ("out_of_range", 2, "df_pct"),
        ("removed_reason_missing", 10, "removed_reason"),
        ("after_the_end", 11, "readout"),
        ("number_format", 14, "cap_nF"),
    ]
