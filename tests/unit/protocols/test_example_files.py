"""Every protocol's example passes the checker that refuses everything else."""

from __future__ import annotations

import numpy as np
import pytest
from edited_example import EditedExample

from ratedparts.protocols import Layout, check_file, example_file, load_library, template_file

PROTOCOLS = list(load_library().protocols.values())
NAMES = [protocol.name for protocol in PROTOCOLS]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=NAMES)
def test_the_example_of_a_protocol_is_accepted(protocol) -> None:
    report = check_file(example_file(protocol), protocol)
    assert report.accepted, report.faults
    assert report.units == protocol.sample.lots * protocol.sample.units_per_lot
    assert report.not_checked == ("part", "plan")
    assert report.fault_count == 0


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=NAMES)
@pytest.mark.parametrize("units", [1, 2, 7])
def test_an_example_has_as_many_units_as_asked_for(protocol, units: int) -> None:
    assert check_file(example_file(protocol, units), protocol).units == units


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=NAMES)
def test_the_example_is_the_same_at_every_call(protocol) -> None:
    assert example_file(protocol, 5) == example_file(protocol, 5)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=NAMES)
def test_a_template_lacks_nothing_but_rows(protocol) -> None:
    report = check_file(template_file(protocol), protocol)
    assert [(fault.code, fault.row) for fault in report.faults] == [("empty_file", 1)]


@pytest.mark.parametrize("family", ["mlcc_class1", "mlcc_class2"])
@pytest.mark.parametrize("name", ["MLCC-HTL@1", "MLCC-BH@1"])
def test_the_ceramic_example_passes_for_both_classes(name: str, family: str) -> None:
    protocol = load_library().protocol(name)
    part = {
        "family": family,
        "attributes": {
            "capacitance_nf": 100,
            "rated_voltage_v": 50,
            "dielectric": "C0G" if family == "mlcc_class1" else "X7R",
            "upper_category_temperature_c": 125,
        },
    }
    report = check_file(example_file(protocol, 9), protocol, part=part)
    assert report.accepted, report.faults
    assert report.not_checked == ("plan",)


def test_an_example_shows_every_readout() -> None:
    protocol = load_library().protocol("MLCC-HTL@1")
    report = check_file(example_file(protocol, 2), protocol)
    assert report.rows == 2 * 5
    assert [history.readouts for history in report.histories] == [(0, 168, 500, 1000, 2000)] * 2


def test_no_example_has_fewer_than_one_unit() -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        example_file(PROTOCOLS[0], 0)


def test_the_table_keeps_the_text_and_the_double() -> None:
    file = EditedExample("MLCC-HTL@1", 1)
    file.set("L1-001", "0", cap_nF="100.500", measured_at="2026-01-12T09:00:00+08:00")
    table = check_file(file.content(), file.protocol).table
    assert table is not None
    assert table.texts["cap_nF"][0] == "100.500"
    assert table.numbers["cap_nF"][0] == 100.5
    assert np.isnan(table.numbers["applied_V"]).all()
    assert table.instants["measured_at"][0] == np.datetime64("2026-01-12T01:00:00")
    assert table.lines == (2, 3, 4, 5, 6)


def test_columns_may_stand_in_any_order() -> None:
    file = EditedExample("MLCC-HTL@1", 2)
    file.header.reverse()
    for row in file.rows:
        row.reverse()
    assert check_file(file.content(), file.protocol).accepted


def test_rows_may_stand_in_any_order() -> None:
    file = EditedExample("MLCC-HTL@1", 2)
    file.rows.reverse()
    report = check_file(file.content(), file.protocol)
    assert report.accepted
    assert report.histories[0].readouts == (0, 168, 500, 1000, 2000)


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    protocol = load_library().protocol("RES-LL70@1")
    content = b"\xef\xbb\xbf" + example_file(protocol, 2).replace(b"\n", b"\r\n")
    assert check_file(content, protocol).accepted


def test_a_declared_gb18030_file_is_read() -> None:
    file = EditedExample("RES-LL70@1", 1)
    file.set("L1-001", "0", operator="王工")
    content = file.content().decode().encode("gb18030")
    report = check_file(content, file.protocol, encoding="GB18030")
    assert report.accepted
    assert report.encoding == "gb18030"
    assert report.table is not None
    assert report.table.texts["operator"][0] == "王工"


def test_text_that_a_spreadsheet_would_run_is_kept_as_it_was_given() -> None:
    file = EditedExample("RES-LL70@1", 1)
    file.set("L1-001", "0", operator='=HYPERLINK("http://example.org","x")')
    file.set("L1-001", "48", operator="@SUM(A1)")
    table = check_file(file.content(), file.protocol).table
    assert table is not None
    assert table.texts["operator"][:2] == ['=HYPERLINK("http://example.org","x")', "@SUM(A1)"]


def test_layouts_are_all_exercised() -> None:
    assert {protocol.layout for protocol in PROTOCOLS} == set(Layout)
