"""A digest for every column of accepted evidence, so that some can be withheld and the rest published."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ratedparts.blobs.store import BlobStore
from ratedparts.proofs.evidence_columns import SALT_BYTES, OpenColumns, column_digest

from .models import Evidence

if TYPE_CHECKING:
    import polars as pl

PIECE = 100_000  # cells at a time


@dataclass(frozen=True)
class SealedColumn:
    """A column's name as the file has it, the salt of its digest, and the digest."""

    name: str
    salt: str
    digest: str


def sealed_columns(columns: Path) -> tuple[SealedColumn, ...]:
    """Every column of a file, in its order, read from the typed columns that were kept of it."""
    sealed = []
    for name in _names(columns):
        salt = secrets.token_bytes(SALT_BYTES)
        digest = column_digest(salt, _pieces(_cells(columns, name)))
        sealed.append(SealedColumn(name, salt.hex(), digest))
    return tuple(sealed)


def digests_again(columns: Path, salts: Mapping[str, bytes]) -> dict[str, str]:
    """Column → digest, in the order of the file; of a column without a salt the digest is empty."""
    return {
        name: column_digest(salts[name], _pieces(_cells(columns, name))) if name in salts else ""
        for name in _names(columns)
    }


def open_columns(blobs: BlobStore, evidence: Evidence, withheld: frozenset[str]) -> OpenColumns:
    """All columns of the evidence but those withheld, with their salts."""
    content = io.BytesIO(blobs.get(evidence.columns_digest))
    salts = {one.name: bytes.fromhex(one.salt) for one in evidence.columns if one.name not in withheld}
    cells = {name: _cells(content, name).to_list() for name in salts}
    return OpenColumns(salts, cells)


def _names(columns: Path) -> list[str]:
    import polars as pl

    from ratedparts.protocols.typed_frame import text_columns

    return text_columns(pl.scan_parquet(columns).collect_schema().names())


def _cells(columns: Path | IO[bytes], name: str) -> pl.Series:
    """The cells as they were given; in the kept columns a blank one is a null."""
    import polars as pl

    return pl.read_parquet(columns, columns=[name]).to_series().fill_null("")


def _pieces(cells: pl.Series) -> Iterator[list[str]]:
    for start in range(0, len(cells), PIECE):
        yield cells.slice(start, PIECE).to_list()
