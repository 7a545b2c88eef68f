"""The columns of the catalogue built of a set of open data: searches are answered as by the platform.

This is all of a mirror that can be made honestly of public tables.  The rows of the database stand on
evidence, people and signatures that are not in the set, and nobody should make them up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ratedparts.grading.at_use import NUMBERS
from ratedparts.protocols import Family, ProtocolLibrary

from ..building import FIGURES, VECTOR, segment_of
from ..read_model import View
from ..segment import Segment
from .checking import OpenDataSet

_PLAIN: Final = ("part_id", "kind", "part_number", "maker_en", "maker_zh", "series", "grade", "valid_until")


def view_of(found: OpenDataSet, library: ProtocolLibrary, form: str = "parquet") -> View:
    """What `catalogue.searching.search` takes; ask with the instant of the set, or a later one.

    LookupError of a family that this program does not know.
    """
    return View(found.position, tuple(_segments(found, library, form)))


def _segments(found: OpenDataSet, library: ProtocolLibrary, form: str) -> Iterator[Segment]:
    situations = found.frame("use_situations", form)
    for name, table in found.tables.items():
        if table.family is not None:
            yield _segment(library.family(table.family), found.frame(name, form), situations)


def _segment(family: Family, parts: pl.DataFrame, situations: pl.DataFrame) -> Segment:
    letters = {column: letter for letter, column in VECTOR.items()}
    return segment_of(
        family,
        parts.join(situations, on="use_situation_id", how="left").select(
            *_PLAIN,
            "published_at",
            "situation",
            pl.col("maker_id").alias("maker"),
            *(pl.col(column).alias(letter) for column, letter in letters.items()),
            *FIGURES,
            *(pl.col(f"use_{one}").alias(one) for one in NUMBERS),
            pl.col("use_particular").alias("particular"),
            *(one.name for one in family.attributes),
        ),
    )
