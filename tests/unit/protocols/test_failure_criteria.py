"""The status that a file gives against the criteria of its protocol."""

from __future__ import annotations

from typing import Any

import pytest
from edited_example import EditedExample, only, places

from ratedparts.protocols import CheckReport, check_file


def ceramic(**attributes: Any) -> dict[str, Any]:
    known = {
        "capacitance_nf": 100,
        "rated_voltage_v": 50,
        "dielectric": "X7R",
        "upper_category_temperature_c": 125,
    }
    return {"part_number": "C1", "maker": "M", "family": "mlcc_class2", "attributes": {**known, **attributes}}


def check(file: EditedExample, part: dict[str, Any] | None = None) -> CheckReport:
    return check_file(file.content(), file.protocol, part=part)


@pytest.fixture
def file() -> EditedExample:
    file = EditedExample("MLCC-HTL@1")
    file.everywhere(cap_nF="100")
    return file


def test_a_short_circuit_called_good_is_seen_without_knowing_the_part(file: EditedExample) -> None:
    line = file.set("L1-001", "500", ir_Mohm="0.5")
    fault = only(check(file))
    assert (fault.code, fault.row, fault.column, fault.given) == ("status_disagrees", line, "status", "ok")
    assert fault.parameters["expected"] == "fail"
    assert fault.parameters["criterion_column"] == "ir_Mohm"
    assert (fault.parameters["measured"], fault.parameters["limit"]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("cap", "attributes", "accepted"),
    [
        ("112.5", {}, True),
        ("112.51", {}, False),
        ("87.5", {}, True),
        ("87.49", {}, False),
        ("115", {"dielectric": "X5R", "high_capacitance": False}, True),
        ("115.1", {"dielectric": "X5R", "high_capacitance": False}, False),
        ("115.1", {"dielectric": "X5R", "high_capacitance": True}, True),
        ("115.1", {"dielectric": "X5R"}, True),
        ("120.1", {"dielectric": "X5R", "high_capacitance": True}, False),
    ],
)
def test_the_drift_allowed_is_that_of_the_dielectric(
    file: EditedExample, cap: str, attributes: dict[str, Any], accepted: bool
) -> None:
    line = file.set("L1-001", "1000", cap_nF=cap)
    report = check(file, ceramic(**attributes))
    assert places(report) == ([] if accepted else [("status_disagrees", line, "status")])


def test_without_the_part_only_what_fails_every_class_is_seen(file: EditedExample) -> None:
    file.set("L1-001", "1000", cap_nF="113")
    assert check(file).accepted
    file.set("L1-001", "1000", cap_nF="121")
    assert places(check(file)) == [("status_disagrees", 5, "status")]


def test_insulation_is_judged_by_ohms_or_by_ohm_farads_whichever_is_less(file: EditedExample) -> None:
    file.set("L1-001", "1000", ir_Mohm="500")  # 50 Ω·F of 100 nF
    assert check(file, ceramic()).accepted
    assert places(check(file, ceramic(capacitance_nf=10))) == [("status_disagrees", 5, "status")]


def test_loss_is_judged_only_where_the_part_states_its_limits(file: EditedExample) -> None:
    file.set("L1-001", "1000", df_pct="6.1")
    assert check(file, ceramic()).accepted
    limits = {"dissipation_factor_limit_percent": 3, "endurance_dissipation_factor_limit_percent": 5}
    assert places(check(file, ceramic(**limits))) == [("status_disagrees", 5, "status")]


def test_a_small_class_1_capacitor_may_move_by_a_third_of_a_picofarad() -> None:
    file = EditedExample("MLCC-HTL@1")
    file.everywhere(cap_nF="0.001")
    file.set("L1-001", "1000", cap_nF="0.0013")
    part = ceramic(dielectric="C0G", capacitance_nf=0.001) | {"family": "mlcc_class1"}
    assert check(file, part).accepted
    file.set("L1-001", "1000", cap_nF="0.00131")
    assert places(check(file, part)) == [("status_disagrees", 5, "status")]


def test_a_failure_that_meets_every_criterion_is_none(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", status="fail", fail_mode="short")
    limits = {"dissipation_factor_limit_percent": 3, "endurance_dissipation_factor_limit_percent": 5}
    fault = only(check(file, ceramic(**limits)))
    assert (fault.code, fault.row, fault.given) == ("status_disagrees", line, "fail")
    assert fault.parameters["expected"] == "ok"


def test_a_failure_that_cannot_be_judged_is_believed(file: EditedExample) -> None:
    file.set("L1-001", "2000", status="fail", fail_mode="short")
    assert check(file).accepted
    file.set("L1-001", "2000", df_pct="")
    limits = {"dissipation_factor_limit_percent": 3, "endurance_dissipation_factor_limit_percent": 5}
    assert check(file, ceramic(**limits)).accepted


def test_a_mode_that_no_criterion_can_find_is_believed(file: EditedExample) -> None:
    file.set("L1-001", "2000", status="fail", fail_mode="crack")
    limits = {"dissipation_factor_limit_percent": 3, "endurance_dissipation_factor_limit_percent": 5}
    assert check(file, ceramic(**limits)).accepted


def test_a_failing_unit_cannot_be_removed_out_of_sight(file: EditedExample) -> None:
    line = file.set("L1-001", "2000", status="removed", removed_reason="external", ir_Mohm="0.1")
    assert places(check(file)) == [("status_disagrees", line, "status")]


def test_a_functional_failure_is_a_failure() -> None:
    file = EditedExample("SEMI-HTOL@1")
    line = file.set("L1-001", "168", functional_pass="0")
    assert places(check(file)) == [("status_disagrees", line, "status")]
    file.drop("L1-001", "500", "1000", "2000")
    file.set("L1-001", "168", status="fail", fail_mode="functional")
    assert check(file).accepted


def test_a_daisy_chain_is_open_a_fifth_above_its_initial_resistance() -> None:
    file = EditedExample("SEMI-TC@1")
    file.everywhere(daisy_chain_ohm="0.8")
    line = file.set("L1-001", "500", daisy_chain_ohm="0.96")
    assert check(file).accepted  # exactly 1.2 times: the limit is met
    file.set("L1-001", "500", daisy_chain_ohm="0.961")
    assert places(check(file)) == [("status_disagrees", line, "status")]


def test_leakage_is_judged_by_the_larger_of_specification_and_ten_times_initial() -> None:
    file = EditedExample("SEMI-THB@1")
    file.everywhere(leakage_nA="1")
    line = file.set("L1-001", "500", leakage_nA="60")
    part = {
        "family": "ic",
        "attributes": {"maximum_junction_temperature_c": 150, "leakage_current_limit_na": 100},
    }
    assert check(file, part).accepted
    part["attributes"] |= {"leakage_current_limit_na": 50}
    assert places(check(file, part)) == [("status_disagrees", line, "status")]


@pytest.mark.parametrize(
    ("family", "tolerance", "resistance", "accepted"),
    [
        ("chip_resistor_thick", 5.0, "1030.1", True),
        ("chip_resistor_thick", 5.0, "1030.2", False),
        ("chip_resistor_thick", 1.0, "1010.05", True),
        ("chip_resistor_thick", 1.0, "1010.1", False),
        ("chip_resistor_thin", 0.1, "1002.55", True),
        ("chip_resistor_thin", 0.1, "1002.6", False),
    ],
)
def test_a_resistor_may_drift_as_its_class_allows(
    family: str, tolerance: float, resistance: str, accepted: bool
) -> None:
    file = EditedExample("RES-LL70@1")
    file.everywhere(r_ohm="1000")
    file.set("L1-001", "1000", r_ohm=resistance)
    attributes = {"resistance_ohm": 1000, "rated_power_w": 0.1, "tolerance_percent": tolerance}
    assert check(file, {"family": family, "attributes": attributes}).accepted is accepted
