"""The three formats give back every value as it was, and refuse what is not the table."""

from __future__ import annotations

import csv
import json
import math
import random
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ratedparts.catalogue.open_data.comparing import differences_of, differing
from ratedparts.catalogue.open_data.formats import cells_like_formulas, read_table, write_table
from ratedparts.catalogue.open_data.manifest import FORMATS
from ratedparts.catalogue.open_data.public_tables import in_si, table_named, table_of_parts
from ratedparts.catalogue.open_data.tables import Column, Kind, Table
from ratedparts.protocols import load_library

LIBRARY = load_library()
TABLE = Table(
    "odd",
    "Odd values",
    "异常值",
    tuple(Column(f"a_{kind.name.lower()}", kind, "…", "……") for kind in Kind),
    ("a_integer",),
)
TEXTS = [
    None,
    "",
    "null",
    "NaN",
    "0",
    " blanks ",
    'a "quoted" text',
    "陶瓷，电容",
    "a,b",
    "two\nlines",
    "\r\n",
]
TEXTS += ["=1+1", "+86", "-5", "@x", "\tx", "\ufeffx", "\u2028", "𠮷", "e\u0301", "\\N", "'", "true"]
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = [
    FIRST,
    datetime(2026, 6, 1, 1, 2, 3, 456789, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
    None,
]


def numbers(count: int) -> list[float | None]:
    draw = random.Random(7)
    some = [struct.unpack("d", struct.pack("Q", draw.getrandbits(64)))[0] for _ in range(count)]
    few: list[float | None] = [None, 0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308]
    return [*few, 0.1, 1e-9, 123456789012345680.0, 1e22, *(one for one in some if not math.isnan(one))]


def odd_frame(count: int = 5000) -> pl.DataFrame:
    found = numbers(count)
    rows = [
        {
            "a_text": TEXTS[place % len(TEXTS)],
            "a_number": number,
            "a_integer": 2**62 + place,
            "a_boolean": (True, False, None)[place % 3],
            "a_instant": (
                INSTANTS[place] if place < len(INSTANTS) else FIRST + timedelta(microseconds=place**3)
            ),
        }
        for place, number in enumerate(found)
    ]
    return pl.DataFrame(rows, schema=TABLE.schema)


@pytest.mark.parametrize("form", FORMATS)
def test_every_value_comes_back_as_it_was(tmp_path: Path, form: str) -> None:
    frame, path = odd_frame(), tmp_path / f"odd.{form}"
    write_table(frame, TABLE, form, path)
    found = read_table(path, TABLE, form)
    assert found.schema == frame.schema
    assert list(differences_of(TABLE, frame, found)) == []
    for name in TABLE.names:
        assert not differing(frame[name], found[name]).any()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_of_few_rows_comes_back(tmp_path: Path, form: str, rows: int) -> None:
    frame, path = odd_frame().head(rows), tmp_path / f"odd.{form}"
    write_table(frame, TABLE, form, path)
    assert read_table(path, TABLE, form).equals(frame, null_equal=True)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_make_the_same_bytes(tmp_path: Path, form: str) -> None:
    for name in ("first", "second"):
        write_table(odd_frame(), TABLE, form, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_the_csv_is_one_that_other_programs_read(tmp_path: Path) -> None:
    frame, path = odd_frame(100), tmp_path / "odd.csv"
    write_table(frame, TABLE, "csv", path)
    content = path.read_bytes()
    assert content.startswith(b"a_text,a_number,a_integer,a_boolean,a_instant\r\n")
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["a_text"] for row in found] == [text or "" for text in frame["a_text"]]
    for row, number in zip(found, frame["a_number"], strict=True):
        assert row["a_number"] == "" if number is None else same(float(row["a_number"]), number)
    assert {row["a_boolean"] for row in found} == {"true", "false", ""}
    assert [row["a_number"] for row in found[3:6]] == ["NaN", "INF", "-INF"]
    assert found[1]["a_instant"] == "2026-06-01T01:02:03.456789Z"


def test_json_lines_hold_only_what_json_knows(tmp_path: Path) -> None:
    frame, path = odd_frame(100), tmp_path / "odd.jsonl"
    write_table(frame, TABLE, "jsonl", path)
    found = [
        json.loads(line, parse_constant=pytest.fail) for line in path.read_text("utf-8").split("\n")[:-1]
    ]
    assert [row["a_text"] for row in found] == frame["a_text"].to_list()
    assert [row["a_number"] for row in found[3:6]] == ["NaN", "INF", "-INF"]
    assert found[0]["a_number"] is None


def same(one: float, other: float) -> bool:
    return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize(
    ("form", "before", "after"),
    [
        ("csv", b"a_text,a_number", b"a_number,a_text"),
        ("csv", b"a_text,a_number", b"a_word,a_number"),
        ("csv", b"1970-01-01T00:00:00.000000Z", b"1970-13-01T00:00:00.000000Z"),
        ("csv", b"1970-01-01T00:00:00.000000Z", b"1970-01-01T00:00:00.000000+08:00"),
        ("csv", b"NaN,4611686018427387907", b"none,4611686018427387907"),
        ("csv", b"NaN,4611686018427387907", b"NaN,4611686018427387907.5"),
        ("csv", "陶".encode(), "陶".encode()[:2]),
        ("csv", b",true,", b",yes,"),
        ("jsonl", b'"a_text":', b'"a_word":'),
        ("jsonl", b'"NaN"', b"NaN"),
        ("jsonl", b'"NaN"', b'"nan"'),
        ("jsonl", b'"a_boolean":true', b'"a_boolean":1'),
        ("jsonl", b'"a_integer":4611686018427387907', b'"a_integer":"7"'),
        ("jsonl", "陶".encode(), "陶".encode()[:2]),
        ("jsonl", b'{"a_text"', b'["a_text"'),
        ("parquet", b"PAR1", b"PAR2"),
    ],
)
def test_what_is_not_the_table_is_refused(tmp_path: Path, form: str, before: bytes, after: bytes) -> None:
    path = tmp_path / f"odd.{form}"
    write_table(odd_frame(10), TABLE, form, path)
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after))
    with pytest.raises(ValueError, match=r"."):
        read_table(path, TABLE, form)


def test_parquet_of_other_types_is_refused(tmp_path: Path) -> None:
    odd_frame(10).with_columns(pl.col("a_number").cast(pl.Float32)).write_parquet(tmp_path / "odd.parquet")
    with pytest.raises(ValueError, match="a_number"):
        read_table(tmp_path / "odd.parquet", TABLE, "parquet")


def test_what_a_spreadsheet_would_run_is_counted_and_left_as_it_is(tmp_path: Path) -> None:
    frame = odd_frame(0)
    wrong = [text for text in frame["a_text"] if text and text[0] in "=+-@\t\r"]
    assert cells_like_formulas(frame, TABLE) == len(wrong) > 0
    write_table(frame, TABLE, "csv", tmp_path / "odd.csv")
    assert read_table(tmp_path / "odd.csv", TABLE, "csv")["a_text"].to_list() == frame["a_text"].to_list()


@pytest.mark.parametrize(
    ("first", "second"), [(0.0, -0.0), (None, math.nan), (1.0, math.nextafter(1.0, 2.0)), (None, 0.0)]
)
def test_a_difference_in_the_last_bit_is_one(first: Any, second: Any) -> None:
    one, other = (pl.Series([value], dtype=pl.Float64) for value in (first, second))
    assert differing(one, other).all()
    assert not differing(one, one).any()


def test_missing_and_empty_are_two_texts() -> None:
    assert differing(pl.Series([None], dtype=pl.String), pl.Series([""])).all()


# --- what is said of the tables


@pytest.mark.parametrize("family", LIBRARY.families.values(), ids=lambda family: family.code)
def test_a_table_of_parts_names_each_column_once_and_is_read_back(family: Any) -> None:
    table = table_of_parts(family)
    assert len(set(table.names)) == len(table.names)
    assert Table.of_schema(json.loads(json.dumps(table.as_schema()))) == table
    for column in table.columns:
        assert column.en
        assert column.zh != column.en


@pytest.mark.parametrize("name", ["certificates", "use_situations", "families", "attributes"])
def test_every_other_table_is_read_back_from_its_schema(name: str) -> None:
    table = table_named(name)
    assert Table.of_schema(json.loads(json.dumps(table.as_schema()))) == table
    assert set(table.key) <= set(table.names)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        *(("nF", ("F", -9)), ("Ω", ("Ω", 0)), ("MHz", ("Hz", 6)), ("°C", ("°C", 0)), ("%", ("%", 0))),
        *(("mm", ("m", -3)), (None, (None, None)), ("h", ("h", 0)), ("ppm/K", ("ppm/K", 0))),
    ],
)
def test_a_unit_is_said_without_its_prefix(unit: str | None, expected: tuple[Any, Any]) -> None:
    assert in_si(unit) == expected
