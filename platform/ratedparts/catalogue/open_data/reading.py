"""From the database to the tables of the open data: one table at a time, rows some at a time.

Rows stand in an order that does not depend on the database, so the same state makes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, Text, and_, case, cast, select

from ratedparts.certificates.models import Certificate, CertificateStanding, LogEntry
from ratedparts.certificates.standing import status_of
from ratedparts.db import Work
from ratedparts.grading.at_use import NUMBERS
from ratedparts.organisations.models import Organisation
from ratedparts.protocols import Family, ProtocolLibrary
from ratedparts.submissions.models import Part

from ..building import FIGURES, ROWS_AT_ONCE, VECTOR, shape_of
from ..models import PublishedPart, UseSituation
from ..service import in_force
from .public_tables import in_si, table_named, table_of_parts
from .tables import Table

# What some families print besides.
FURTHER_FIGURES: Final = tuple(
    f"{name}_failure_rate_{percent}" for name in ("first_year", "wearout") for percent in (60, 90)
)
_INSTANT = pl.Datetime("us", "UTC")
_READ: Final[dict[str, Any]] = {
    **dict.fromkeys(("part_id", "kind", "part_number", "maker_id", "maker_en", "maker_zh"), pl.String),
    **dict.fromkeys(("series", "grade", "certificate_number"), pl.String),
    **dict.fromkeys(("valid_from", "valid_until", "published_at"), _INSTANT),
    "source": pl.String,
    "example": pl.Boolean,
    "use_situation_id": pl.Int64,
    **dict.fromkeys(("attributes", "vector", "figures", "use_numbers", "use_particular"), pl.String),
}

Alive = Callable[[], None]


def public_tables(
    work: Work, library: ProtocolLibrary, *, made_up: bool = False, alive: Alive = lambda: None
) -> Iterator[tuple[Table, pl.DataFrame]]:
    """Every table that has rows, what others refer to after them.

    ``made_up``: with the parts that were generated for trials of speed.  ``alive`` is called every some
    thousand rows.
    """
    counts: dict[str, int] = {}
    situations: set[int] = set()
    for code, family in library.families.items():
        frame = _parts(work, family, made_up, alive)
        if frame is not None:
            counts[code] = frame.height
            situations.update(frame["use_situation_id"].drop_nulls().unique())
            yield table_of_parts(family), frame
            del frame  # the next one is as large
    yield _made("certificates", _certificates(work, alive))
    yield _made("use_situations", _situations(work, situations))
    yield _made("families", [_family_line(one, counts.get(one.code, 0)) for one in library.families.values()])
    yield _made("attributes", [line for one in library.families.values() for line in _attribute_lines(one)])


def _made(name: str, rows: Sequence[Sequence[Any]]) -> tuple[Table, pl.DataFrame]:
    table = table_named(name)
    return table, pl.DataFrame(rows, schema=table.schema, orient="row").sort(table.key)


def _parts(work: Work, family: Family, made_up: bool, alive: Alive) -> pl.DataFrame | None:
    frames = []
    found = work.session.execute(
        _query_of_parts(work, family.code, made_up), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    for rows in found.partitions():
        frames.append(_typed([tuple(row) for row in rows], family, work))
        alive()
    return pl.concat(frames).sort("part_number", "part_id") if frames else None


def _query_of_parts(work: Work, family: str, made_up: bool) -> Select[*tuple[Any, ...]]:
    row = PublishedPart
    query = (
        select(
            # As text, so that no driver makes objects of what is taken apart in one go afterwards.
            *(cast(row.part_id, Text), row.kind, row.part_number, cast(row.maker_id, Text)),
            *(row.maker_en, row.maker_zh, row.series, row.grade, row.certificate_number),
            *(Certificate.valid_from, row.valid_until, row.published_at),
            *(row.source, row.example, row.situation_id),
            *(cast(one, Text) for one in (row.attributes, row.vector, row.figures, row.use_numbers)),
            case((row.situation_id.is_(None), cast(row.use_response, Text))),
        )
        .join(Certificate, Certificate.number == row.certificate_number, isouter=True)
        .where(row.family == family, in_force(work.at))
    )
    return query if made_up else query.where(row.kind != "generated")


def _typed(rows: list[tuple[Any, ...]], family: Family, work: Work) -> pl.DataFrame:
    table = table_of_parts(family)
    figures = dict.fromkeys((*FIGURES, *FURTHER_FIGURES), pl.Float64)
    decoded = pl.DataFrame(rows, schema=_READ, orient="row").with_columns(
        pl.col("attributes").str.json_decode(dtype=shape_of(family)),
        pl.col("vector").str.json_decode(dtype=pl.Struct(dict.fromkeys(VECTOR, pl.String))),
        pl.col("figures").str.json_decode(dtype=pl.Struct(figures)),
        pl.col("use_numbers").str.json_decode(dtype=pl.Struct(dict.fromkeys(NUMBERS, pl.Float64))),
    )
    parts = decoded.select(
        *(_with_dashes(name) if name in ("part_id", "maker_id") else pl.col(name) for name in _READ),
        *(pl.col("vector").struct.field(name).alias(column) for name, column in VECTOR.items()),
        *(pl.col("figures").struct.field(name) for name in figures),
        *(pl.col("use_numbers").struct.field(name).alias(f"use_{name}") for name in NUMBERS),
        *(pl.col("attributes").struct.field(one.name) for one in family.attributes),
        family=pl.lit(family.code),
        certificate_status=pl.when(pl.col("certificate_number").is_not_null()).then(
            pl.when(pl.col("valid_from") > work.at).then(pl.lit("not_yet_valid")).otherwise(pl.lit("valid"))
        ),
    )
    return parts.select(table.names)


def _with_dashes(name: str) -> pl.Expr:
    """A UUID as RFC 9562 writes it; one of the databases keeps none of its dashes."""
    plain = pl.col(name).str.replace_all("-", "")
    pieces = [
        plain.str.slice(begin, length) for begin, length in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))
    ]
    return pl.concat_str(pieces, separator="-").alias(name)


def _certificates(work: Work, alive: Alive) -> list[tuple[Any, ...]]:
    of, standing = Certificate, CertificateStanding
    query = (
        select(
            *(of.number, of.part_id, Part.part_number, Part.family, Part.maker_id),
            *(Organisation.name_en, Organisation.name_zh, of.grade, standing.state),
            *(of.issued_at, of.valid_from, of.valid_until, standing.suspended_at),
            *(standing.suspension_reason, standing.decided_at, standing.revoked_at, standing.invalid_since),
            *(standing.revocation_reason, standing.superseded_by, of.payload_digest, LogEntry.position),
        )
        .join(standing, standing.number == of.number)
        .join(Part, Part.id == of.part_id)
        .join(Organisation, Organisation.id == Part.maker_id)
        .join(
            LogEntry,
            and_(LogEntry.certificate_number == of.number, LogEntry.action == "issued"),
            isouter=True,
        )
    )
    found = work.session.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    lines = []
    for rows in found.partitions():
        for row in rows:
            number, part_id, part_number, family, maker_id, maker_en, maker_zh, grade, state, *more = row
            status = status_of(state, more[1], more[2], work.at)
            part = (str(part_id), part_number, family, str(maker_id), maker_en, maker_zh)
            lines.append((number, *part, grade, status, state, *more))
        alive()
    return lines


def _situations(work: Work, wanted: set[int]) -> list[tuple[int, str]]:
    found = work.session.execute(select(UseSituation.id, UseSituation.text))
    return [(row.id, row.text) for row in found if row.id in wanted]


def _family_line(family: Family, parts: int) -> tuple[Any, ...]:
    title = family.title
    return family.code, title.en, title.zh, family.group, family.reliability_protocol, parts


def _attribute_lines(family: Family) -> Iterator[tuple[Any, ...]]:
    for one in family.attributes:
        symbol, power = in_si(one.unit)
        kind = {"number": "number", "boolean": "boolean"}.get(one.type.value, "text")
        choices = json.dumps(list(one.choices), ensure_ascii=False) if one.choices else None
        yield (
            *(family.code, one.name, one.title.en, one.title.zh, kind, one.unit, symbol, power),
            *(one.required, one.symmetric, one.minimum, one.maximum, choices),
        )
