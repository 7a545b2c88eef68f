"""A set of open data read back: every digest, every file against its schema, every fault at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from ratedparts.blobs.store import digest_of_file
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.proofs import parse_instant

from ..snapshot import Position
from .formats import read_table
from .manifest import FORM, FORMATS, MANIFEST, SUMS, digests_of, schema_name
from .tables import Table


@dataclass(frozen=True)
class OpenDataSet:
    """What a folder says; tables are read one at a time."""

    folder: Path
    manifest: Mapping[str, Any]
    at: datetime
    position: Position
    made_up: bool
    tables: Mapping[str, Table]

    def frame(self, name: str, form: str = "parquet") -> pl.DataFrame:
        """The rows of a table, typed.  Raises ValueError where the file is none of that table."""
        return read_table(self.folder / f"{name}.{form}", self.tables[name], form)


def read_set(folder: Path, forms: tuple[str, ...] = FORMATS) -> OpenDataSet:
    """The set in the folder, after every file was held against its digest and every value against its type.

    ``forms``: in which of the formats the tables are read; digests are those of all files.  Raises
    ``open_data_refused`` with every fault.
    """
    manifest, found = _manifest(folder)
    faults = list(_faults_of_files(folder, manifest))
    tables: dict[str, Table] = {}
    listed = {str(one["path"]) for one in manifest["resources"]}
    for name in dict.fromkeys(str(one["table"]) for one in manifest["resources"] if "table" in one):
        try:
            if schema_name(name) not in listed:
                raise ValueError("not listed")
            schema = json.loads((folder / schema_name(name)).read_text(encoding="utf-8"))
            tables[name] = Table.of_schema(schema)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(
                Fault(
                    "open_data_schema_unreadable",
                    column=schema_name(name),
                    parameters={"problem": str(error)},
                )
            )
    if not faults:
        whole = OpenDataSet(folder, manifest, *found, tables)
        for form in forms:
            faults += _faults_of_values(whole, form)
    if faults:
        raise RatedPartsError("open_data_refused", items=faults)
    return whole


def _manifest(folder: Path) -> tuple[Mapping[str, Any], tuple[datetime, Position, bool]]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        own = manifest["ratedparts"]
        form = own["form"]
        resources = {str(one["path"]): (one["bytes"], one["hash"]) for one in manifest["resources"]}
        if len(resources) != len(manifest["resources"]):
            raise ValueError("a file is named twice")
        position = Position(int(own["catalogue"]["generation"]), int(own["catalogue"]["revision"]))
        at = parse_instant(own["instant"])
        made_up = bool(own["made_up_parts"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, RatedPartsError) as error:
        fault = Fault(
            "open_data_manifest_unreadable",
            column=MANIFEST,
            parameters={"problem": f"{type(error).__name__}: {error}"},
        )
        raise RatedPartsError("open_data_refused", items=[fault]) from None
    if form != FORM:
        fault = Fault("open_data_form_unknown", column=MANIFEST, given=str(form), parameters={"known": FORM})
        raise RatedPartsError("open_data_refused", items=[fault])
    return manifest, (at, position, made_up)


def _faults_of_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Of every file that is named, and of every one that is there."""
    try:
        sums = digests_of((folder / SUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield Fault("open_data_file_missing", column=SUMS)
        sums = {}
    said = {str(one["path"]): (one["bytes"], str(one["hash"])) for one in manifest["resources"]}
    for name in sorted(sums.keys() ^ (said.keys() | {MANIFEST}) if sums else ()):
        yield Fault("open_data_sums_differ", column=name)
    there = {one.name for one in folder.iterdir()}
    for name in sorted(there - said.keys() - {MANIFEST, SUMS}):
        yield Fault("open_data_file_not_listed", column=name)
    own = {MANIFEST: ((folder / MANIFEST).stat().st_size, None)}
    for name, (size, digest) in {**said, **own}.items():
        if name not in there or not (folder / name).is_file():  # nothing outside the folder is ever looked at
            yield Fault("open_data_file_missing", column=name)
            continue
        real = digest_of_file(folder / name)
        expected = {digest or real, f"sha256:{sums.get(name, real[7:])}"}
        if (folder / name).stat().st_size != size or expected != {real}:
            yield Fault(
                "open_data_file_differs",
                column=name,
                parameters={"expected": ", ".join(sorted(expected)), "found": real},
            )


def _faults_of_values(whole: OpenDataSet, form: str) -> Iterator[Fault]:
    rows = {
        (one["table"], one["format"]): one["rows"] for one in whole.manifest["resources"] if "table" in one
    }
    keys: dict[str, pl.Series] = {}
    references: list[tuple[str, str, str, pl.Series]] = []
    for name, table in whole.tables.items():
        file = f"{name}.{form}"
        try:
            frame = whole.frame(name, form)
        except (OSError, ValueError) as error:
            yield Fault("open_data_value_not_read", column=file, parameters={"problem": str(error)[:300]})
            continue
        if frame.height != rows.get((name, form)):
            yield Fault(
                "open_data_rows_differ",
                column=file,
                parameters={"expected": rows.get((name, form), "–"), "found": frame.height},
            )
        for column in table.columns:
            if column.required and (lacking := frame[column.name].null_count()):
                yield Fault(
                    "open_data_value_missing",
                    column=file,
                    parameters={"column": column.name, "count": lacking},
                )
        if again := frame.height - frame.n_unique(table.key):
            yield Fault(
                "open_data_key_repeated",
                column=file,
                parameters={"column": ", ".join(table.key), "count": again},
            )
        if len(table.key) == 1:
            keys[name] = frame[table.key[0]]
        references += [(file, own, to, frame[own].drop_nulls().unique()) for own, to in table.refers]
    for file, own, to, values in references:
        if to not in keys:
            continue
        if lost := int((~values.is_in(keys[to].implode())).sum()):
            yield Fault(
                "open_data_reference_missing",
                column=file,
                parameters={"column": own, "table": to, "count": lost},
            )
