"""Evidence of which some columns are withheld: the open ones, each under a digest of its own.

The certificate names the digest of every column.  A column's digest is that of its salt followed by its cells
as a canonical JSON array, so a reader of the open columns knows that they are the signed ones.  Without its
salt, 16 random bytes, nobody can find out by trying what stands in a withheld one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.canonical import canonical_bytes
from ratedparts.proofs.strict_json import parse_json

SALT_BYTES = 16
SCHEMA = "ratedparts-columns/1"


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """What is open of one file: by column, in the order of the file, the salt and the cells as given."""

    salts: Mapping[str, bytes]
    cells: Mapping[str, Sequence[str]]

    @property
    def rows(self) -> int:
        return len(next(iter(self.cells.values()), ()))

    def digests(self) -> dict[str, str]:
        """Column → digest."""
        return {name: column_digest(self.salts[name], [cells]) for name, cells in self.cells.items()}

    def as_csv(self) -> bytes:
        """Header and rows as RFC 4180 has it, in UTF-8; a cell is quoted only where it has to be."""
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        writer.writerow(self.cells)
        writer.writerows(zip(*self.cells.values(), strict=True))
        return written.getvalue().encode("utf-8")

    def salts_json(self) -> bytes:
        salts = {name: salt.hex() for name, salt in self.salts.items()}
        return canonical_bytes({"schema": SCHEMA, "salts": salts})


def column_digest(salt: bytes, pieces: Iterable[Sequence[str]]) -> str:
    """The digest of a column whose cells come in pieces: ``sha256:`` and 64 hexadecimal digits."""
    found = hashlib.sha256(salt)
    found.update(b"[")
    first = True
    for piece in pieces:
        if not piece:
            continue
        # Of a list of texts this is what RFC 8785 says, and quick enough for millions of them.
        written = json.dumps(piece, ensure_ascii=False, separators=(",", ":"))[1:-1]
        found.update(("" if first else ",").encode() + written.encode("utf-8"))
        first = False
    found.update(b"]")
    return f"sha256:{found.hexdigest()}"


def read_open_columns(content: bytes, salts: bytes) -> OpenColumns:
    """The columns that `OpenColumns.as_csv` and `salts_json` wrote; nothing spelled otherwise is read.

    Raises ``bundle_columns_malformed``.
    """
    try:
        given = parse_json(salts)
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        found = OpenColumns(
            salts={name: bytes.fromhex(given["salts"][name]) for name in header},
            cells={name: [row[place] for row in rows] for place, name in enumerate(header)},
        )
        same = found.as_csv() == content and found.salts_json() == salts
    # Whatever is wrong with it, it is not what this platform writes.
    except (ValueError, KeyError, TypeError, IndexError, csv.Error, RatedPartsError):
        same = False
    if not same:
        raise RatedPartsError("bundle_columns_malformed")
    return found
