"""Drift from the file to the dossier, and from there to a life."""

from __future__ import annotations

import io

import pytest

from ratedparts.evidence.summary import summarise
from ratedparts.protocols import check_file, check_stream, example_file, load_library

PROTOCOL = load_library().protocol("OPT-AGE@1")


def changed(content: bytes, unit: str, readout: str, column: str, to: str) -> bytes:
    header, *rows = [line.split(",") for line in content.decode().splitlines()]
    for row in rows:
        if (row[header.index("unit_id")], row[header.index("readout")]) == (unit, readout):
            row[header.index(column)] = to
    return ("\n".join(",".join(row) for row in [header, *rows]) + "\n").encode()


def units_of(content: bytes) -> list[dict]:
    report = check_file(content, PROTOCOL)
    assert report.accepted, report.faults
    return [unit for lot in summarise(report, PROTOCOL)["lots"] for unit in lot["units"]]


def test_every_unit_stands_by_itself_with_its_drift() -> None:
    content = changed(example_file(PROTOCOL, 6), "L1-001", "0", "ith_mA", "8")
    content = changed(content, "L1-001", "5000", "ith_mA", "10")
    units = units_of(content)
    assert len(units) == 6
    path = units[0]["degradation"][0]
    assert path[0] == [0.0, 0.0]
    assert path[-1] == [5000.0, pytest.approx(25.0)]
    assert len(path) == len(PROTOCOL.readouts.at)


def test_a_unit_with_a_reading_left_out_has_no_path() -> None:
    units = units_of(changed(example_file(PROTOCOL, 3), "L1-001", "500", "ith_mA", ""))
    assert [("degradation" in unit) for unit in units] == [False, True, True]


def test_a_long_file_tells_the_same_as_a_short_one() -> None:
    content = example_file(PROTOCOL, 900)
    assert len(content) > 2**19
    streamed = summarise(check_stream(io.BytesIO(content), PROTOCOL), PROTOCOL)
    assert streamed == summarise(check_file(content, PROTOCOL), PROTOCOL)
    assert sum(len(lot["units"]) for lot in streamed["lots"]) == 900
