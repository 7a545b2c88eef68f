"""The quick screen finds what the exact checker finds, and passes what is right without a second look."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratedparts.protocols import CheckReport, check_file, check_stream, example_file, load_library
from ratedparts.protocols.screening import Scattered, screen

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
]


def both(content: bytes, protocol: str, part: object = None, block_bytes: int = 4096) -> CheckReport:
    known = LIBRARY.protocol(protocol)
    exact = check_file(content, known, library=LIBRARY, part=part)
    quick = check_stream(io.BytesIO(content), known, library=LIBRARY, part=part, block_bytes=block_bytes)
    for name in ("accepted", "fault_count", "faults", "not_checked", "encoding", "limits"):
        assert getattr(quick, name) == getattr(exact, name), name
    assert (quick.rows, quick.units) == (exact.rows, exact.units)
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
            rows[at][dice.randrange(len(header))] = dice.choice(CELLS)
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


@pytest.mark.parametrize("protocol", BY_READOUT)
def test_an_example_is_beyond_doubt(protocol: str) -> None:
    known = LIBRARY.protocol(protocol)
    content = example_file(known, 50)
    held_back: list[int] = []
    found = screen(
        io.BytesIO(content), known, {}, lambda records, _: held_back.append(records.count), **SMALL
    )
    assert not held_back
    assert (found.rows, found.units) == (content.count(b"\n") - 1, 50)
    assert both(content, protocol).accepted


@given(protocol=st.sampled_from(BY_READOUT), seed=st.integers(0, 2**32), changes=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_both_paths_say_the_same_of_a_spoilt_file(protocol: str, seed: int, changes: int) -> None:
    part = PARTS[seed % 2] if protocol.startswith("MLCC") else None
    both(spoilt(protocol, seed, changes), protocol, part, block_bytes=300 + seed % 5000)


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
        screen(io.BytesIO(content), protocol, {}, lambda records, stated: None, **SMALL)
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
