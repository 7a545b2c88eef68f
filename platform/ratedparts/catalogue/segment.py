"""Columns of the published parts of one family: what is searched, counted and sorted by.

Rows stand in the order of the catalogue: the best grade first, then by part number, then by id.  A number
that a part does not have is NaN; a word that it does not have has the code 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ratedparts.grading.at_use import (
    NUMBERS,
    AnswersAtUse,
    UseColumns,
    UseQuestion,
    UseResponse,
    answers_nothing,
    read_situation,
)

FOREVER = np.iinfo(np.int64).max  # the term of what has none
WORDS = "words"  # what a column of words is called in the file's labels
# Columns of a few words each, which one number a row tells together: facets count them all in one go.
TOGETHER = ("grade", "level", "evidence_class", "quality", "use_condition", "kind")
# Columns that change as other rows come and go, beside those of words told together.
WHERE_A_ROW_STANDS = ("number_rank", "spelled_ends", "number_begins", "together")
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
    spelled: NDArray[np.uint8]  # the part numbers as they are, UTF-8, a line end behind each
    written: NDArray[np.uint8]  # the same in lower case, to be looked through
    alive: Marks | None = None  # None: every row; else those that no later segment replaces
    _at_use: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    _names: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _arrays: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # views, made once

    @classmethod
    def of(cls, family: str, plain: pl.DataFrame) -> Self:
        """From a frame whose words are texts, in any order of rows."""
        frame = plain.sort(ORDER)
        number = frame["part_number"]
        lower = number.str.to_lowercase()
        frame = frame.with_columns(
            number.rank("dense").alias("number_rank"),
            _ends(number).alias("spelled_ends"),
            _ends(lower).shift(1, fill_value=0).alias("number_begins"),
        )
        labels = {}
        columns = []
        for name, kind in frame.schema.items():
            if kind == pl.String and name != "part_number":
                words = frame[name].drop_nulls().unique().sort()
                labels[name] = tuple(words)
                codes = frame[name].cast(pl.Enum(words)).to_physical().cast(pl.UInt32) + 1
                columns.append(codes.fill_null(0).cast(_narrowest(len(words))).alias(name))
            else:
                columns.append(frame[name])
        made = pl.DataFrame(columns)
        together = [name for name in TOGETHER if name in labels]
        cell = pl.lit(0, dtype=pl.UInt32)
        for name in together:
            cell = cell * (len(labels[name]) + 1) + pl.col(name).cast(pl.UInt32)
        made = made.with_columns(cell.alias("together")).rechunk()
        return cls(family, made, labels, _text(number), _text(lower))

    def plain(self) -> pl.DataFrame:
        """The rows that are alive, words as texts."""
        frame = self.frame.with_columns(
            pl.Series(name, [None, *words], dtype=pl.String)[self.frame[name].cast(pl.UInt32)].alias(name)
            for name, words in self.labels.items()
        )
        return frame if self.alive is None else frame.filter(pl.Series(self.alive))

    def write(self, folder: Path) -> None:
        self.frame.write_ipc(folder / f"{self.family}.arrow", record_batch_size=max(1, self.rows))
        self.spelled.tofile(folder / f"{self.family}.spelled")
        self.written.tofile(folder / f"{self.family}.numbers")
        text = json.dumps({WORDS: self.labels}, ensure_ascii=False)
        (folder / f"{self.family}.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, family: str) -> Self:
        """The file is mapped, not loaded: processes of one machine share it."""
        said = json.loads((folder / f"{family}.json").read_text(encoding="utf-8"))
        labels = {name: tuple(words) for name, words in said[WORDS].items()}
        texts = (np.memmap(folder / f"{family}.{name}", np.uint8, "r") for name in ("spelled", "numbers"))
        spelled, written = (text.view(np.ndarray) for text in texts)
        return cls(family, pl.read_ipc(folder / f"{family}.arrow"), labels, spelled, written)

    @property
    def rows(self) -> int:
        return self.frame.height

    def has(self, column: str) -> bool:
        return column in self.frame.columns

    def array(self, column: str) -> Any:
        """A column of numbers or codes, as it lies in memory."""
        found = self._arrays.get(column)
        if found is None:
            found = self._arrays[column] = self.frame[column].to_numpy()
        return found

    def names(self, column: str) -> tuple[str, ...]:
        """The words of a column in lower case, without the identifier that a maker's begins with."""
        found = self._names.get(column)
        if found is None:
            words = self.labels.get(column, ())
            shown = (word.partition("\n")[2] for word in words) if column == "maker" else words
            found = self._names[column] = tuple(word.lower() for word in shown)
        return found

    def at_use(self, use: UseQuestion) -> AnswersAtUse:
        """Rates and lives of every row at a use; the last one asked for is kept while it is worked with."""
        last: tuple[UseQuestion, AnswersAtUse] | None = self._at_use.get("last")
        if last is None or last[0] != use:
            last = self._at_use["last"] = (use, self._use_columns().at(use))
        return last[1]

    def _use_columns(self) -> UseColumns:
        columns: UseColumns | None = self._at_use.get("columns")
        if columns is None:
            particular = {}
            for row in np.flatnonzero(self.codes("particular")) if "particular" in self.labels else ():
                said = self.labels["particular"][int(self.codes("particular")[row]) - 1]
                response = UseResponse.from_json(json.loads(said))
                if not answers_nothing(response):
                    particular[int(row)] = response
            columns = self._at_use["columns"] = UseColumns.from_arrays(
                [read_situation(text) for text in self.labels.get("situation", ())],
                self.codes("situation").astype(np.intp) - 1,
                {name: self.array(name) for name in NUMBERS},
                particular,
            )
        return columns

    def part_numbers(self, rows: NDArray[np.intp]) -> list[str]:
        """Of a few rows; for all of them there is the column."""
        ends = self.array("spelled_ends")
        begins = np.where(rows > 0, ends[rows - 1], 0).tolist()
        places = zip(begins, ends[rows].tolist(), strict=True)
        return [self.spelled[begin : end - 1].tobytes().decode("utf-8") for begin, end in places]

    def numbers(self, column: str) -> Numbers:
        return self.array(column)  # type: ignore[no-any-return]

    def codes(self, column: str) -> Codes:
        return self.array(column)  # type: ignore[no-any-return]

    @property
    def ids(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        return self.array("id_high"), self.array("id_low")

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


def _ends(texts: pl.Series) -> pl.Series:
    return (texts.str.len_bytes().cast(pl.UInt64) + 1).cum_sum()


def _text(texts: pl.Series) -> NDArray[np.uint8]:
    written = "".join(f"{text}\n" for text in texts)
    return np.frombuffer(written.encode("utf-8"), dtype=np.uint8)


def _narrowest(words: int) -> Any:
    return pl.UInt8 if words < 2**8 else pl.UInt16 if words < 2**16 else pl.UInt32
