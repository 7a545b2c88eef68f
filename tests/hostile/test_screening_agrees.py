"""The quick screen finds what the exact checker finds, and passes what is right without a second look."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ratedparts.protocols import (
    CheckReport,
    Table,
    UnitOutcomes,
    check_file,
    check_stream,
    example_file,
    load_library,
)
from ratedparts.protocols.csv_reader import Records
from ratedparts.protocols.part_rules import Part
from ratedparts.protocols.screening import Scattered, Screen
from ratedparts.protocols.screening.gathering import gathered
from ratedparts.protocols.typed_frame import typed_frame

LIBRARY = load_library()
BY_READOUT = [p.name for p in LIBRARY.protocols.values() if p.readouts is not None]
CELLS = [
    *(
        "",
        " ",
        "0",
        "-0",
        "-0.0",
        "00",
        "1",
        "-1",
        "+1",
        ".5",
        "5.",
        "5.e3",
        "1e5",
        "1E-5",
        "1e400",
        "1e-400",
    ),
    *("0e5", "0.0000000000000000000000001e-400", "nan", "inf", "-inf", "Infinity", "1_0", "12,5", "1 "),
    " 1",
    *("٣", "0x10", "1e", "--1", "9" * 65, "9" * 300, "0." + "0" * 70, "ok", "fail", "removed", "lost", "OK"),
    *(
        "crack",
        "short",
        "external: socket",
        "L1",
        "L9",
        "L1-001",
        "L1-002",
        "U1\u00a0",
        "\u3000L1",
        "x" * 501,
    ),
    *("2026-01-12T01:00:00Z", "2026-02-30T01:00:00Z", "2026-01-12T01:00", "2026-01-12T01:00:60Z"),
    *(
        "2026-01-12T01:00:00.123456+08:00",
        "2026-1-12T01:00:00Z",
        "2026-01-12T24:00:00Z",
        "1949-12-31T23:00:00Z",
    ),
    *(
        "2026-01-12T01:00:00+24:00",
        "2026-01-12T01:00:00+0800",
        "2026-01-12 01:00:00Z",
        "9999-12-31T23:59:59Z",
    ),
    *(
        "168",
        "168.0",
        "1.68e2",
        "216",
        "217",
        "500",
        "1000",
        "1048",
        "1049",
        "2000",
        "-168",
        "rated",
        "low",
        "rt",
    ),
    *("样品", "a\tb", "a\u200bb", 'a"b', "a\rb", "a\x00b", "\ufeff"),
]
SMALL: Any = {"gather": False, "block_bytes": 4096}
PARTS: list[Any] = [
    None,
    {"family": "mlcc_class2", "attributes": {"dielectric": "X7R", "capacitance_nf": 100.0}},
    {
        "family": "mlcc_class2",
        "attributes": {
            "dielectric": "X7R",
            "capacitance_nf": 100.0,
            "rated_voltage_v": 50.0,
            "upper_category_temperature_c": 125.0,
        },
        "limits": {"cap_nF": [99.5, 100.5]},  # about half of the example's units
    },
]


SAID = (
    "protocol",
    "accepted",
    "rows",
    "units",
    "fault_count",
    "faults",
    "not_checked",
    "encoding",
    "limits",
    "outcomes",
    "measured",
    "undeclared_missing",
)


def both(
    content: bytes,
    protocol: str,
    part: object = None,
    block_bytes: int = 4096,
    plan: object = None,
    encoding: str = "utf-8",
) -> CheckReport:
    """Both reports, held against each other, and the columns against the table."""
    known = LIBRARY.protocol(protocol)
    given: Any = {"library": LIBRARY, "part": part, "plan": plan, "encoding": encoding}
    exact = check_file(content, known, **given)
    columns: list[pl.DataFrame] = []

    def take(frames: Iterator[pl.DataFrame], schema: Any) -> None:
        columns.clear()
        columns.append(pl.concat([pl.DataFrame(schema=schema), *frames]))

    source = io.BytesIO(content)
    quick = check_stream(source, known, block_bytes=block_bytes, screen_from=0, take_columns=take, **given)
    for name in SAID:
        assert getattr(quick, name) == getattr(exact, name), name
    if exact.table is not None:
        assert_frame_equal(columns[0].sort("line"), typed_frame(exact.table))
    return quick


def as_csv(rows: list[list[str]]) -> bytes:
    # Written plainly: a cell that needs quotes makes a ragged row or an odd quote, and both must say so.
    return "".join(",".join(row) + "\n" for row in rows).encode()


def spoilt(protocol: str, seed: int, changes: int) -> bytes:
    """An example with some cells, rows or the order of rows changed."""
    dice = random.Random(seed)
    content = example_file(LIBRARY.protocol(protocol), dice.randint(1, 12)).decode()
    header, *rows = csv.reader(io.StringIO(content))
    for _ in range(changes):
        at = dice.randrange(len(rows))
        kind = dice.randrange(10)
        if kind < 6:
            rows[at] = list(rows[at])
            rows[at][dice.randrange(len(rows[at]))] = dice.choice(CELLS)
        elif kind == 6 and len(rows) > 1:
            del rows[at]
        elif kind == 7:
            rows.insert(dice.randrange(len(rows)), rows[at])
        elif kind == 8:
            other = dice.randrange(len(rows))
            rows[at], rows[other] = rows[other], rows[at]
        elif dice.random() < 0.3:
            dice.shuffle(rows)
        else:
            rows[at] = [*rows[at], "1"] if dice.random() < 0.5 else rows[at][:-1]
    return as_csv([header, *rows])


def never(records: Records, stated: Mapping[str, str]) -> Table:
    raise AssertionError("held back")


@pytest.mark.parametrize("protocol", BY_READOUT)
def test_an_example_is_beyond_doubt(protocol: str) -> None:
    known = LIBRARY.protocol(protocol)
    content = example_file(known, 50)
    found = Screen(io.BytesIO(content), known, Part(), never, UnitOutcomes())
    assert sum(frame.height for frame in found.frames(**SMALL)) == found.rows
    assert (found.rows, found.units) == (content.count(b"\n") - 1, 50)
    assert both(content, protocol).accepted


def a_plan(protocol: str, seed: int) -> dict[str, Any]:
    """A plan that fits the example, or nearly."""
    dice = random.Random(seed)
    days = ["2026-01-12", "2026-01-19", "2026-02-23", "2026-04-06", "2025-12-31", "2027-12-31"]
    first, last = sorted(dice.sample(days, 2))
    plan: dict[str, Any] = {"protocol": protocol, "plan_id": dice.choice(["PLAN-EXAMPLE", "P2"])}
    plan["lots"] = [{"lot_code": f"L{n}", "units": dice.randint(1, 12)} for n in range(1, dice.randint(2, 4))]
    plan["missing_units"] = [{"unit_id": dice.choice(["L1-001", "L1-099"]), "lot_code": "L1", "reason": "x"}]
    plan["instruments"] = [
        {"instrument_id": name, "calibrated_on": first, "calibration_due_on": last}
        for name in dice.sample(["INSTRUMENT-1", "INSTRUMENT-2", "X"], 2)
    ]
    if dice.random() < 0.5:
        plan |= {"started_on": first, "ended_on": last}
    if dice.random() < 0.5:
        plan["scope"] = [{"protocol": protocol.split("@")[0], "valid_from": first, "valid_until": last}]
    return plan


@given(protocol=st.sampled_from(BY_READOUT), seed=st.integers(0, 2**32), changes=st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_both_paths_say_the_same_of_a_spoilt_file(protocol: str, seed: int, changes: int) -> None:
    part = PARTS[seed % 3] if protocol.startswith("MLCC") else None
    plan = a_plan(protocol, seed) if seed % 3 else None
    content = spoilt(protocol, seed, changes)
    encoding = "gb18030" if seed % 5 == 0 else "utf-8"
    if encoding == "gb18030":
        content = content.decode().encode("gb18030")
    both(content, protocol, part, block_bytes=300 + seed % 5000, plan=plan, encoding=encoding)


@given(protocol=st.sampled_from(BY_READOUT), content=st.binary(max_size=3), at=st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_both_paths_say_the_same_of_bytes_that_are_no_gb18030(
    protocol: str, content: bytes, at: float
) -> None:
    example = example_file(LIBRARY.protocol(protocol), 3)
    place = int(at * len(example))
    both(example[:place] + content + example[place:], protocol, encoding="gb18030", block_bytes=500)


def test_a_character_cut_off_at_the_end_of_the_file_is_not_lost() -> None:
    content = example_file(LIBRARY.protocol("MLCC-HTL@1"), 1).rstrip(b"\n") + "试".encode("gb18030")[:1]
    assert both(content, "MLCC-HTL@1", encoding="gb18030").faults[0].code == "encoding"


def test_units_outside_the_limits_at_receipt_are_counted_apart() -> None:
    header, *rows = csv.reader(io.StringIO(example_file(LIBRARY.protocol("MLCC-HTL@1"), 6).decode()))
    ratings = {"rated_voltage_v": 50.0, "upper_category_temperature_c": 125.0, "package": "0603"}
    part = {"family": "mlcc_class2", "limits": {"cap_nF": [90.0, 110.0]}}
    part["attributes"] = {**PARTS[1]["attributes"], **ratings}
    for row in rows[:5]:
        row[header.index("cap_nF")] = "120.0"
    report = both(as_csv([header, *rows]), "MLCC-HTL@1", part)
    assert report.outcomes is not None
    assert [lot.nonconforming for lot in report.outcomes.lots.values()] == [1, 0, 0]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("column", ["readout", "cap_nF", "measured_at", "unit_id", "status", "operator"])
def test_both_paths_say_the_same_of_a_cell(column: str, cell: str) -> None:
    header, *rows = csv.reader(io.StringIO(example_file(LIBRARY.protocol("MLCC-HTL@1"), 2).decode()))
    rows[3][header.index(column)] = cell
    both(as_csv([header, *rows]), "MLCC-HTL@1")


def test_rows_of_a_unit_that_stand_apart_are_gathered() -> None:
    protocol = LIBRARY.protocol("MLCC-HTL@1")
    header, *rows = csv.reader(io.StringIO(example_file(protocol, 40).decode()))
    rows.sort(key=lambda row: float(row[header.index("readout")]))
    content = as_csv([header, *rows])
    with pytest.raises(Scattered):
        list(Screen(io.BytesIO(content), protocol, Part(), never, UnitOutcomes()).frames(**SMALL))
    assert both(content, protocol.name).accepted
    rows[17][header.index("cap_nF")] = "1,5"
    rows[18][header.index("status")] = "lost"
    assert not both(as_csv([header, *rows]), protocol.name).accepted


def test_many_faults_are_counted_and_the_first_thousand_listed() -> None:
    header, *rows = csv.reader(io.StringIO(example_file(LIBRARY.protocol("MLCC-HTL@1"), 500).decode()))
    for row in rows:
        row[header.index("cap_nF")] = "n/a"
    report = both(as_csv([header, *rows]), "MLCC-HTL@1", block_bytes=20_000)
    assert report.fault_count >= len(rows)
    assert len(report.faults) == 1000


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\n\n", b",", b"plan_id\n", b"\xef\xbb\xbf", b"\r\n", b"%PDF-1.7\n"]
)
def test_both_paths_say_the_same_of_next_to_nothing(content: bytes) -> None:
    both(content, "MLCC-HTL@1")


def test_windows_line_ends_and_a_byte_order_mark_are_plain() -> None:
    content = b"\xef\xbb\xbf" + example_file(LIBRARY.protocol("RES-LL70@1"), 5).replace(b"\n", b"\r\n")
    assert both(content, "RES-LL70@1").accepted
    assert both(content.removesuffix(b"\r\n"), "RES-LL70@1").accepted


def test_rows_that_stand_apart_in_a_long_file_are_gathered_by_way_of_the_disk() -> None:
    rows = [{"unit_id": f"U{number % 97}", "line": number} for number in range(5_000)]
    blocks = [pl.DataFrame(rows[start : start + 300]) for start in range(0, len(rows), 300)]
    for rows_in_memory in (1_000, 10_000):
        found = pl.concat(gathered(iter(blocks), rows_in_memory))
        assert sorted(found["line"]) == [row["line"] for row in rows]
        assert found["unit_id"].rle().len() == 97, "each unit stands in one place"
        assert all(unit["line"].is_sorted() for unit in found.partition_by("unit_id"))
