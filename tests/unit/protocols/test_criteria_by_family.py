"""Every failure criterion of the protocols for capacitors, filters, connectors, optics, sensors and boards.

Each case sets a value just inside the limit and then just beyond it; a good unit may show only the first.
"""

from __future__ import annotations

from typing import Any

import pytest
from edited_example import EditedExample, places

from ratedparts.protocols import check_file, load_library

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "al_electrolytic": {"capacitance_uf": 100, "rated_voltage_v": 25, "upper_category_temperature_c": 105},
    "ta_mno2": {"capacitance_uf": 100, "rated_voltage_v": 16, "upper_category_temperature_c": 125},
    "ta_polymer": {"capacitance_uf": 100, "rated_voltage_v": 16, "upper_category_temperature_c": 105},
    "saw": {"centre_frequency_mhz": 2000, "rated_power_dbm": 30},
    "baw_fbar": {"centre_frequency_mhz": 2000, "rated_power_dbm": 30},
    "backplane": {"rated_matings": 250},
    "laser_dfb": {"wavelength_nm": 1310, "maximum_operating_temperature_c": 85},
    "transceiver": {"wavelength_nm": 1310, "maximum_operating_temperature_c": 70},
    "photodiode": {"wavelength_nm": 1310, "maximum_operating_temperature_c": 85},
    "accelerometer": {"maximum_junction_temperature_c": 125},
    "gyroscope": {"maximum_junction_temperature_c": 125},
    "pressure": {"maximum_junction_temperature_c": 125},
    "hdi": {"layers": 10},
    "inductor": {"upper_category_temperature_c": 125},
}
LEAKAGE = {"leakage_current_limit_ua": 10}
LOSS = {"dissipation_factor_limit_percent": 6}
RESISTANCE = {"equivalent_series_resistance_mohm": 100}

# protocol, mandatory readout, family, further attributes, column, initial value, inside, beyond
CASES = [
    ("CAP-END@1", "1000", "al_electrolytic", {}, "cap_uF", "100", "80", "79.9"),
    ("CAP-END@1", "1000", "al_electrolytic", {}, "cap_uF", "100", "120", "120.1"),
    ("CAP-END@1", "1000", "al_electrolytic", {"rated_voltage_v": 6.3}, "cap_uF", "100", "70", "69.9"),
    ("CAP-END@1", "1000", "al_electrolytic", LOSS, "df_pct", "4", "12", "12.1"),
    ("CAP-END@1", "1000", "al_electrolytic", LEAKAGE, "leak_uA", "5", "10", "10.1"),
    ("CAP-END@1", "1000", "ta_mno2", {}, "cap_uF", "100", "90", "89.9"),
    ("CAP-END@1", "1000", "ta_mno2", LOSS, "df_pct", "4", "6", "6.1"),
    ("CAP-END@1", "1000", "ta_mno2", LEAKAGE, "leak_uA", "5", "12.5", "12.6"),
    ("CAP-END@1", "1000", "ta_mno2", RESISTANCE, "esr_mohm", "90", "125", "125.1"),
    ("CAP-END@1", "1000", "ta_polymer", {}, "cap_uF", "100", "80", "79.9"),
    ("CAP-END@1", "1000", "ta_polymer", {}, "cap_uF", "100", "110", "110.1"),
    ("CAP-END@1", "1000", "ta_polymer", LOSS, "df_pct", "4", "6", "6.1"),
    ("CAP-END@1", "1000", "ta_polymer", LEAKAGE, "leak_uA", "5", "20", "20.1"),
    ("CAP-END@1", "1000", "ta_polymer", RESISTANCE, "esr_mohm", "90", "200", "200.1"),
    ("TA-WG@1", "40", "ta_mno2", {}, "fuse_blown", "0", "0", "1"),
    ("RFF-PWR@1", "1000", "saw", {}, "il_db", "1.5", "2.0", "2.01"),
    ("RFF-PWR@1", "1000", "saw", {}, "f_center_MHz", "2000", "1999.4", "1999.39"),
    ("RFF-PWR@1", "1000", "baw_fbar", {}, "f_center_MHz", "2000", "1999.8", "1999.79"),
    (
        "RFF-PWR@1",
        "1000",
        "saw",
        {"temperature_compensated": True},
        "f_center_MHz",
        "2000",
        "2000.2",
        "2000.21",
    ),
    ("RFF-PWR@1", "1000", "saw", {"stop_band_attenuation_limit_db": 40}, "atten_stop_db", "45", "40", "39.9"),
    ("CON-DUR@1", "3", "backplane", {}, "llcr_mohm", "15", "25", "25.1"),
    ("CON-DUR@1", "3", "backplane", {"contact_resistance_limit_mohm": 20}, "llcr_mohm", "15", "20", "20.1"),
    ("CON-DUR@1", "3", "backplane", {}, "dwv_pass", "1", "1", "0"),
    ("CON-DUR@1", "3", "backplane", {}, "il_db", "1.0", "1.5", "1.51"),
    ("CON-DUR@1", "3", "backplane", {}, "discontinuity_us", "", "1", "1.1"),
    ("OPT-AGE@1", "2000", "laser_dfb", {}, "ith_mA", "8", "12", "12.1"),
    ("OPT-AGE@1", "2000", "laser_dfb", {}, "ibias_mA", "40", "60", "60.1"),
    ("OPT-AGE@1", "2000", "laser_dfb", {}, "pout_mW", "10", "8", "7.9"),
    (
        "OPT-AGE@1",
        "2000",
        "laser_dfb",
        {"wavelength_shift_limit_nm": 1},
        "wavelength_nm",
        "1310",
        "1309",
        "1308.9",
    ),
    ("OPT-AGE@1", "2000", "photodiode", {}, "idark_nA", "1", "10", "10.1"),
    ("OPT-AGE@1", "2000", "photodiode", {"dark_current_limit_na": 5}, "idark_nA", "1", "5", "5.1"),
    ("OPT-AGE@1", "2000", "transceiver", {}, "ber_pass", "1", "1", "0"),
    ("MEMS-DRIFT@1", "1000", "accelerometer", {}, "offset_mg", "10", "-40", "-40.1"),
    ("MEMS-DRIFT@1", "1000", "accelerometer", {"automotive": True}, "offset_mg", "10", "35", "35.1"),
    ("MEMS-DRIFT@1", "1000", "accelerometer", {"offset_drift_limit_mg": 5}, "offset_mg", "10", "15", "15.1"),
    ("MEMS-DRIFT@1", "1000", "accelerometer", {}, "sens_lsb_per_g", "1000", "970", "969"),
    ("MEMS-DRIFT@1", "1000", "accelerometer", {}, "self_test_pass", "1", "1", "0"),
    ("MEMS-DRIFT@1", "1000", "gyroscope", {"offset_drift_limit_dps": 1}, "offset_dps", "0", "-1", "-1.1"),
    ("MEMS-DRIFT@1", "1000", "gyroscope", {}, "sens_lsb_per_dps", "16", "16.48", "16.5"),
    ("MEMS-DRIFT@1", "1000", "pressure", {}, "offset_pct_fs", "0.2", "1.2", "1.21"),
    ("MEMS-DRIFT@1", "1000", "pressure", {}, "sens_lsb_per_kPa", "100", "97", "96.9"),
    ("PCB-CAF-TC@1", "500", "hdi", {}, "ir_ohm", "1e11", "1e10", "9.9e9"),
    ("PCB-CAF-TC@1", "500", "hdi", {}, "ir_ohm", "9e7", "1e7", "9.9e6"),
    ("PCB-TC@1", "500", "hdi", {}, "net_ohm", "1.0", "1.1", "1.101"),
    ("MAG-AGE@1", "1000", "inductor", {}, "inductance_uH", "10", "9", "8.99"),
    (
        "MAG-AGE@1",
        "1000",
        "inductor",
        {"inductance_drift_limit_percent": 5},
        "inductance_uH",
        "10",
        "9.5",
        "9.49",
    ),
]
WRITTEN = sorted({case[0] for case in CASES})


@pytest.mark.parametrize(
    ("protocol", "readout", "family", "attributes", "column", "initial", "inside", "beyond"),
    CASES,
    ids=[f"{case[0]}-{case[2]}-{case[4]}-{case[7]}" for case in CASES],
)
def test_a_unit_beyond_a_limit_is_no_good_one(
    protocol: str,
    readout: str,
    family: str,
    attributes: dict[str, Any],
    column: str,
    initial: str,
    inside: str,
    beyond: str,
) -> None:
    part = {"family": family, "attributes": {**ATTRIBUTES[family], **attributes}}
    file = EditedExample(protocol)
    file.everywhere(**{column: initial})
    line = file.set("L1-001", readout, **{column: inside})
    assert check_file(file.content(), protocol, part=part).accepted
    file.set("L1-001", readout, **{column: beyond})
    report = check_file(file.content(), protocol, part=part)
    assert places(report) == [("status_disagrees", line, "status")]
    assert report.faults[0].parameters["criterion_column"] == column


@pytest.mark.parametrize("name", WRITTEN)
def test_every_criterion_has_a_case(name: str) -> None:
    tried = {case[4] for case in CASES if case[0] == name}
    protocol = load_library().protocol(name)
    assert tried == {criterion.column for criterion in protocol.criteria}
    assert sum(case[0] == name for case in CASES) >= len(protocol.criteria)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        (protocol.name, family)
        for protocol in load_library().protocols.values()
        if protocol.name in WRITTEN
        for family in protocol.families
        if family in ATTRIBUTES
    ],
)
def test_the_example_is_good_for_a_part_of_each_family(name: str, family: str) -> None:
    file = EditedExample(name)
    part = {"family": family, "attributes": {**ATTRIBUTES[family]}}
    report = check_file(file.content(), name, part=part)
    assert report.accepted, report.faults


def test_a_low_voltage_aluminium_capacitor_may_move_further() -> None:
    file = EditedExample("CAP-END@1")
    file.everywhere(cap_uF="100")
    line = file.set("L1-001", "1000", cap_uF="75")
    attributes = ATTRIBUTES["al_electrolytic"]
    part = {"family": "al_electrolytic", "attributes": {**attributes, "rated_voltage_v": 6.3}}
    assert check_file(file.content(), "CAP-END@1", part=part).accepted
    part["attributes"] = {**attributes, "rated_voltage_v": 6.4}
    assert places(check_file(file.content(), "CAP-END@1", part=part)) == [
        ("status_disagrees", line, "status")
    ]


def test_contacts_of_one_connector_are_units_of_their_own() -> None:
    file = EditedExample("CON-DUR@1", 230)
    assert len({row[file.header.index("connector_id")] for row in file.rows}) == 8
    line = file.set("L1-007", "2", connector_id="")
    assert places(check_file(file.content(), "CON-DUR@1")) == [("missing_value", line, "connector_id")]


def test_a_sensor_has_a_unit_for_each_axis() -> None:
    file = EditedExample("MEMS-DRIFT@1", 9)
    axes = {(row[file.header.index("device_id")], row[file.header.index("axis")]) for row in file.rows}
    assert len(axes) == 9
    line = file.set("L1-001", "500", axis="w")
    assert places(check_file(file.content(), "MEMS-DRIFT@1")) == [("not_a_choice", line, "axis")]
