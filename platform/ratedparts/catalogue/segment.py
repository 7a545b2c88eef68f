"""Columns of the published parts of one family: what is searched, counted and sorted by.

Rows stand in the order of the catalogue: the best grade first, then by part number, then by id.  A number
that a part does not have is NaN; a word that it does not have has the code 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

FOREVER = np.iinfo(np.int64).max  # the term of what has none
WORDS = "words"  # what a column of words is called in the file's labels
ORDER = ("grade_order", "part_number", "id_high", "id_low")

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]
Codes = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True)
class Segment:
    """``labels``: column → its words; code 0 is none of them, code 1 the first."""

    family: str
    frame: pl.DataFrame
    labels: dict[str, tuple[str, ...]]
    alive: Marks | None = None  # None: every row; else those that no later segment replaces

    @classmethod
    def of(cls, family: str, plain: pl.DataFrame) -> Self:
        """From a frame whose words are texts, in any order of rows."""
        rank = pl.col("part_number").rank("dense").alias("number_rank")
        frame = plain.sort(ORDER).with_columns(rank)
        labels = {}
        columns = []
        for name, kind in frame.schema.items():
            if kind == pl.String and name not in ("part_number", "lower_number"):
                words = frame[name].drop_nulls().unique().sort()
                labels[name] = tuple(words)
                codes = frame[name].cast(pl.Enum(words)).to_physical().cast(pl.UInt32) + 1
                columns.append(codes.fill_null(0).cast(_narrowest(len(words))).alias(name))
            else:
                columns.append(frame[name])
        return cls(family, pl.DataFrame(columns).rechunk(), labels)

    def plain(self) -> pl.DataFrame:
        """The rows that are alive, words as texts."""
        frame = self.frame.with_columns(
            pl.Series(name, [None, *words], dtype=pl.String)[self.frame[name].cast(pl.UInt32)].alias(name)
            for name, words in self.labels.items()
        )
        return frame if self.alive is None else frame.filter(pl.Series(self.alive))

    def write(self, folder: Path) -> None:
        self.frame.write_ipc(folder / f"{self.family}.arrow", record_batch_size=max(1, self.rows))
        text = json.dumps({WORDS: self.labels}, ensure_ascii=False)
        (folder / f"{self.family}.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, family: str) -> Self:
        """The file is mapped, not loaded: processes of one machine share it."""
        said = json.loads((folder / f"{family}.json").read_text(encoding="utf-8"))
        labels = {name: tuple(words) for name, words in said[WORDS].items()}
        return cls(family, pl.read_ipc(folder / f"{family}.arrow"), labels)

    @property
    def rows(self) -> int:
        return self.frame.height

    def has(self, column: str) -> bool:
        return column in self.frame.columns

    def numbers(self, column: str) -> Numbers:
        return self.frame[column].to_numpy()

    def codes(self, column: str) -> Codes:
        return self.frame[column].to_numpy()

    def code_of(self, column: str, word: str) -> int | None:
        """None: no row has the word."""
        words = self.labels[column]
        return words.index(word) + 1 if word in words else None

    @cached_property
    def ids(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        return self.frame["id_high"].to_numpy(), self.frame["id_low"].to_numpy()

    def without(self, ids: NDArray[np.uint64]) -> Self:
        """This segment, those rows dead; ``ids``: (n, 2)."""
        high, low = self.ids
        dead = np.zeros(self.rows, dtype=bool)
        places = np.flatnonzero(np.isin(high, ids[:, 0]))
        dead[places] = np.isin(low[places], ids[:, 1])
        if not dead.any():
            return self
        alive = ~dead if self.alive is None else self.alive & ~dead
        return replace(self, alive=alive)


def _narrowest(words: int) -> Any:
    return pl.UInt8 if words < 2**8 else pl.UInt16 if words < 2**16 else pl.UInt32
