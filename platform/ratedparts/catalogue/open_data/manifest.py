"""What a set of open data says of itself: `datapackage.json`, by https://datapackage.org/standard/data-package/."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ratedparts.proofs import format_instant

from ..snapshot import Position

FORM: Final = 1  # counted up when tables or files change their meaning
PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
MANIFEST: Final = "datapackage.json"
SUMS: Final = "SHA256SUMS"
CHECKPOINT: Final = "checkpoint.txt"
FORMATS: Final = ("csv", "parquet", "jsonl")
CSV_DIALECT: Final = {
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "lineTerminator": "\r\n",
    "header": True,
    "skipInitialSpace": False,
}


@dataclass(frozen=True)
class Licence:
    """``name``: an SPDX identifier such as CC-BY-4.0, or one's own."""

    name: str
    address: str | None = None

    def as_json(self) -> dict[str, str]:
        return {"name": self.name} | ({"path": self.address} if self.address else {})


# What stands there until the operator has decided: nobody may take silence for leave.
NOT_STATED: Final = Licence("LicenseRef-not-stated")


@dataclass(frozen=True)
class Publisher:
    """Whose data these are, as the settings have it."""

    environment: str
    address: str
    licence: Licence | None
    log_origin: str


@dataclass(frozen=True)
class Moment:
    """What the tables show: the instant, and what the catalogue and the log had come to by then."""

    at: datetime
    position: Position
    log_size: int


@dataclass(frozen=True)
class Entry:
    """A file of the set; ``table``: whose rows it holds, None for what is no table."""

    name: str
    form: str
    media_type: str
    size: int
    sha256: str  # in hexadecimal digits
    table: str | None = None
    rows: int = 0
    like_formulas: int = 0

    @classmethod
    def of_file(cls, path: Path, form: str, media_type: str, **more: Any) -> Entry:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path.name, form, media_type, path.stat().st_size, digest, **more)

    def as_resource(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            # The CSV stands for its table where others refer to it.
            "name": self.table if self.table and self.form == "csv" else self.name.lower(),
            "path": self.name,
            "format": self.form,
            "mediatype": self.media_type,
            "bytes": self.size,
            "hash": f"sha256:{self.sha256}",
        }
        if self.media_type != "application/vnd.apache.parquet":
            told["encoding"] = "utf-8"
        if self.table is not None:
            told |= {"type": "table", "table": self.table, "rows": self.rows}
            told["schema"] = schema_name(self.table)
        if self.form == "csv":
            told |= {"dialect": CSV_DIALECT, "cells_like_formulas": self.like_formulas}
        return told


def schema_name(table: str) -> str:
    return f"{table}.schema.json"


def manifest_of(moment: Moment, publisher: Publisher, entries: Iterable[Entry], *, made_up: bool) -> bytes:
    """The same moment and files give the same bytes."""
    licence = publisher.licence or NOT_STATED
    instant = format_instant(moment.at)
    told: Mapping[str, Any] = {
        "$schema": PROFILE,
        "name": "ratedparts-open-data",
        "title": "RatedParts: rated electronic components and their certificates",
        "title_zh": "RatedParts：电子元器件评级与证书",
        "description": "Everything public in the catalogue at one instant. A table comes as CSV, Parquet and "
        "JSON Lines, which hold the same values. Digests are those of SHA256SUMS.",
        "created": instant,
        "homepage": publisher.address,
        "licenses": [licence.as_json()],
        "ratedparts": {
            "form": FORM,
            "environment": publisher.environment,
            "instant": instant,
            "catalogue": {"generation": moment.position.generation, "revision": moment.position.revision},
            "log": {"origin": publisher.log_origin, "size": moment.log_size},
            "made_up_parts": made_up,
        },
        "resources": [entry.as_resource() for entry in entries],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def sums_of(entries: Iterable[Entry]) -> bytes:
    """As ``sha256sum`` writes them, and ``sha256sum -c`` checks them."""
    return "".join(f"{entry.sha256}  {entry.name}\n" for entry in entries).encode()


def digests_of(sums: str) -> dict[str, str]:
    """The digests of such a file by name.  Raises ValueError where it is none."""
    pairs = [line.split("  ", 1) for line in sums.splitlines()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("not what sha256sum writes")
    return {name: digest for digest, name in pairs}
