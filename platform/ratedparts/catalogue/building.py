"""From the rows of the database to columns: the texts of JSON are taken apart here, many at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import Text, case, cast, select

from ratedparts.db import Work
from ratedparts.grading import GRADES
from ratedparts.grading.at_use import NUMBERS
from ratedparts.protocols import Attribute, ColumnType, Family, ProtocolLibrary

from .models import PublishedPart, UseSituation
from .segment import FOREVER, Segment

ANALYSED_LAST: Final = len(GRADES)
FIGURES: Final = (
    "failure_rate_60",
    "failure_rate_90",
    "rated_failure_rate_60",
    "rated_failure_rate_90",
    "b1_lower_90",
    "b10_lower_90",
    "unit_hours",
    "failures",
    "acceleration_factor",
)
# What stands in a vector, and the column that it becomes; the level that R rests on is a column besides.
VECTOR: Final = {
    "R": "rests_on",
    "L": "life",
    "Q": "quality",
    "E": "evidence_class",
    "use_condition": "use_condition",
}
ROWS_AT_ONCE = 20_000
_READ: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "part_id": pl.String,
    "kind": pl.String,
    "part_number": pl.String,
    "maker": pl.String,
    "maker_en": pl.String,
    "maker_zh": pl.String,
    "series": pl.String,
    "grade": pl.String,
    "valid_until": pl.Datetime("us", "UTC"),
    "published_at": pl.Datetime("us", "UTC"),
    "attributes": pl.String,
    "vector": pl.String,
    "figures": pl.String,
    "situation": pl.String,
    "use_numbers": pl.String,
    "particular": pl.String,
}


def segments_of(work: Work, library: ProtocolLibrary) -> Iterator[Segment]:
    """Every family of which something is published, one after the other."""
    for code in library.families:
        frames = [_frame(rows) for rows in _rows(work, PublishedPart.family == code)]
        if frames:
            yield _segment(library.family(code), pl.concat(frames))


def segments_of_parts(
    work: Work, library: ProtocolLibrary, part_ids: Iterable[uuid.UUID]
) -> Iterator[Segment]:
    """The same of a few parts; of one that is not public any more there is nothing."""
    wanted = list(part_ids)
    for code in library.families:
        chosen = (PublishedPart.family == code) & PublishedPart.part_id.in_(wanted)
        frames = [_frame(rows) for rows in _rows(work, chosen)]
        if frames:
            yield _segment(library.family(code), pl.concat(frames))


def _rows(work: Work, chosen: Any) -> Iterator[Sequence[Any]]:
    row = PublishedPart
    columns = (
        # As text, so that no driver makes objects of what is taken apart in one go afterwards.
        *(cast(row.part_id, Text), row.kind, row.part_number, cast(row.maker_id, Text)),
        *(row.maker_en, row.maker_zh, row.series, row.grade),
        *(row.valid_until, row.published_at),
        *(cast(one, Text) for one in (row.attributes, row.vector, row.figures)),
        UseSituation.text,
        cast(row.use_numbers, Text),
        # Parts in no situation are few, and answer by themselves.
        case((row.situation_id.is_(None), cast(row.use_response, Text))),
    )
    found = work.session.execute(
        select(*columns).join(UseSituation, UseSituation.id == row.situation_id, isouter=True).where(chosen),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    yield from found.partitions()


def _frame(rows: Sequence[Any]) -> pl.DataFrame:
    return pl.DataFrame([tuple(row) for row in rows], schema=_READ, orient="row")


def _segment(family: Family, frame: pl.DataFrame) -> Segment:
    decoded = frame.with_columns(
        pl.col("attributes").str.json_decode(dtype=shape_of(family)),
        pl.col("vector").str.json_decode(dtype=pl.Struct(dict.fromkeys(VECTOR, pl.String))),
        pl.col("figures").str.json_decode(dtype=pl.Struct(dict.fromkeys(FIGURES, pl.Float64))),
        pl.col("use_numbers").str.json_decode(dtype=pl.Struct(dict.fromkeys(NUMBERS, pl.Float64))),
    ).unnest("attributes", "vector", "figures", "use_numbers")
    return segment_of(family, decoded)


def segment_of(family: Family, decoded: pl.DataFrame) -> Segment:
    """From a column for each attribute, letter of a vector, figure and number of a use; null where absent."""
    order = {grade: place for place, grade in enumerate(GRADES)}
    identifier = pl.col("part_id").str.replace_all("-", "")
    maker = pl.concat_str(pl.col("maker").str.replace_all("-", ""), "maker_en", "maker_zh", separator="\n")
    made = decoded.select(
        identifier.str.slice(0, 16).str.to_integer(base=16, dtype=pl.UInt64).alias("id_high"),
        identifier.str.slice(16, 16).str.to_integer(base=16, dtype=pl.UInt64).alias("id_low"),
        pl.col("grade")
        .replace_strict(order, default=ANALYSED_LAST, return_dtype=pl.UInt8)
        .alias("grade_order"),
        pl.col("part_number"),
        pl.col("kind", "series", "grade"),
        maker.alias("maker"),
        pl.col("valid_until").dt.epoch("us").fill_null(FOREVER),
        pl.col("published_at").dt.epoch("us"),
        pl.col("R").str.extract(r"^(FR[0-9.]+)@").alias("level"),
        *(pl.col(name).alias(column) for name, column in VECTOR.items()),
        *(pl.col(name).fill_null(float("nan")) for name in (*FIGURES, *NUMBERS)),
        pl.col("situation", "particular"),
        *(_attribute(one) for one in family.attributes),
    )
    return Segment.of(family.code, made)


def shape_of(family: Family) -> pl.Struct:
    """What the attributes of a part are decoded to: one that the part does not have is null."""
    kinds = {ColumnType.NUMBER: pl.Float64, ColumnType.BOOLEAN: pl.Boolean}
    return pl.Struct({one.name: kinds.get(one.type, pl.String) for one in family.attributes})


def _attribute(one: Attribute) -> pl.Expr:
    column = pl.col(one.name)
    if one.type is ColumnType.NUMBER:
        return column.fill_null(float("nan"))
    if one.type is ColumnType.BOOLEAN:
        return column.replace_strict({True: "yes", False: "no"}, default=None, return_dtype=pl.String)
    return column
