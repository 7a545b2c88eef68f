"""The two layouts that are not readouts: published lives, and parameters in long form."""

from __future__ import annotations

import numpy as np
import pytest
from edited_example import EditedExample, only

from ratedparts.protocols import check_file, load_library, normalise_unit

LIVES = b"lot_code,lower_hours,upper_hours,count,stress_voltage_v\n"


def lives(*rows: str) -> bytes:
    return LIVES + "".join(f"{row}\n" for row in rows).encode()


def test_published_lives_need_neither_plan_nor_unit_names() -> None:
    report = check_file(lives("A,0,100,2,35", "A,250,250,1,35", "A,500,,17,35"), "GEN-LIFE@1")
    assert report.accepted, report.faults
    assert report.units == 20
    assert report.table is not None
    assert np.isnan(report.table.numbers["upper_hours"][2])
    assert report.table.numbers["stress_voltage_v"].tolist() == [35, 35, 35]


@pytest.mark.parametrize(
    ("row", "code", "column", "given"),
    [
        ("A,100,50,1,35", "interval_empty", "upper_hours", "50"),
        ("A,0,0,1,35", "interval_empty", "upper_hours", "0"),
        ("A,0,,1,35", "interval_empty", "lower_hours", "0"),
        ("A,-1,5,1,35", "out_of_range", "lower_hours", "-1"),
        ("A,1,5,0,35", "count_not_positive", "count", "0"),
        ("A,1,5,-3,35", "count_not_positive", "count", "-3"),
        ("A,1,5,1.5,35", "whole_number_format", "count", "1.5"),
        ("A,1,5,2147483648,35", "out_of_range", "count", "2147483648"),
        ("A,1,5,1,35 V", "number_format", "stress_voltage_v", "35 V"),
        (",1,5,1,35", "missing_value", "lot_code", ""),
        ("A,,5,1,35", "missing_value", "lower_hours", ""),
    ],
)
def test_a_wrong_life_is_refused(row: str, code: str, column: str, given: str) -> None:
    fault = only(check_file(lives("A,1,5,1,35", row), "GEN-LIFE@1"))
    assert (fault.code, fault.row, fault.column, fault.given) == (code, 3, column, given)


def test_a_named_unit_has_one_row_and_is_one_unit() -> None:
    header = "lot_code,unit_id,lower_hours,upper_hours,count\n"
    fault = only(check_file(f"{header}A,1,5,,1\nA,1,6,,1\n".encode(), "GEN-LIFE@1"))
    assert (fault.code, fault.row, fault.column) == ("duplicate_unit", 3, "unit_id")
    fault = only(check_file(f"{header}A,1,5,,2\n".encode(), "GEN-LIFE@1"))
    assert (fault.code, fault.row, fault.column) == ("count_of_named_unit", 2, "count")


def test_a_column_of_stress_needs_a_name_after_its_prefix() -> None:
    content = lives("A,1,5,1,35").replace(b"stress_voltage_v", b"stress_")
    fault = only(check_file(content, "GEN-LIFE@1"))
    assert (fault.code, fault.parameters["unknown"]) == ("header_mismatch", ["stress_"])


@pytest.fixture
def file() -> EditedExample:
    """Three units, three parameters each."""
    return EditedExample("PAR-CPK@1")


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"parameter": "cap_nf"}, "unknown_parameter", "parameter"),
        ({"unit": "µF"}, "unit_not_in_protocol", "unit"),
        ({"unit": "NF"}, "unit_not_in_protocol", "unit"),
        ({"unit": ""}, "missing_value", "unit"),
        ({"value": ""}, "missing_value", "value"),
        ({"value": "1e400"}, "not_finite", "value"),
    ],
)
def test_a_wrong_parameter_is_refused(
    file: EditedExample, cells: dict[str, str], code: str, column: str
) -> None:
    line = file.edit(0, **cells)
    fault = only(check_file(file.content(), file.protocol))
    assert (fault.code, fault.row, fault.column) == (code, line, column)


def test_mega_is_not_milli(file: EditedExample) -> None:
    line = file.edit(0, parameter="r_ohm", unit="MΩ")
    fault = only(check_file(file.content(), file.protocol))
    assert (fault.code, fault.row, fault.given) == ("unit_not_in_protocol", line, "MΩ")
    assert fault.parameters["expected"] == ["Ω", "ohm"]


@pytest.mark.parametrize(
    ("parameter", "spelling"),
    [
        ("leak_uA", "\u00b5A"),
        ("leak_uA", "\u03bcA"),
        ("leak_uA", "uA"),
        ("r_ohm", "\u2126"),
        ("r_ohm", "\u03a9"),
        ("tcr_ppm_K", "ppm/\u2103"),
    ],
)
def test_look_alikes_that_the_protocol_lists_are_the_same_unit(
    file: EditedExample, parameter: str, spelling: str
) -> None:
    file.edit(0, parameter=parameter, unit=spelling)
    assert check_file(file.content(), file.protocol).accepted


def test_normalisation_touches_only_what_is_listed() -> None:
    protocol = load_library().protocol("PAR-CPK@1")
    assert normalise_unit("\u03bcA", protocol) == "\u00b5A"
    assert normalise_unit("mW", protocol) == "mW"


def test_a_parameter_is_measured_once_at_one_temperature(file: EditedExample) -> None:
    file.rows.append(list(file.rows[1]))
    fault = only(check_file(file.content(), file.protocol))
    assert (fault.code, fault.row, fault.column) == ("duplicate_measurement", 11, "parameter")
    assert fault.parameters["first_line"] == 3
    file.edit(9, temp_C="125")
    assert check_file(file.content(), file.protocol).accepted


def test_a_unit_of_a_capability_lot_belongs_to_one_lot(file: EditedExample) -> None:
    line = file.edit(1, lot_code="L2")
    fault = only(check_file(file.content(), file.protocol))
    assert (fault.code, fault.row, fault.column) == ("duplicate_unit_lot", line, "lot_code")


def test_the_limits_of_the_part_come_with_the_report(file: EditedExample) -> None:
    part = {
        "family": "chip_resistor_thick",
        "attributes": {"resistance_ohm": 1000, "rated_power_w": 0.1},
        "limits": {"r_ohm": [950, 1050], "df_pct": [None, 2.5]},
    }
    report = check_file(file.content(), file.protocol, part=part)
    assert report.accepted, report.faults
    assert report.limits == {"r_ohm": (950.0, 1050.0), "df_pct": (None, 2.5)}
