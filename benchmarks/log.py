"""A proof out of a log of a million entries, against hashing the bare tree anew."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.integration.world import World
from timing import Row

from ratedparts.certificates.log_proofs import consistency, inclusion
from ratedparts.certificates.models import LogCheckpoint, LogEntry, LogNode
from ratedparts.proofs.merkle import leaf_hash, verify_inclusion

ENTRIES = 1_000_000
ASKED = 200
ALLOWED = 1e-3  # seconds for a proof
AT = "2026-11-23 00:00:00.000000"


def rows() -> Iterator[Row]:
    leaves = [b"entry %d" % number for number in range(ENTRIES)]
    began = time.perf_counter()
    root = _bare_root(leaves)
    bare = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        world = World.at(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder))
        world.found()
        asked = [number * (ENTRIES // ASKED) + number % 97 for number in range(ASKED)]
        _fill(world, leaves, asked)
        with world.reading() as work:
            inclusion(work, asked[0], ENTRIES)  # the statement is compiled once a process
            took = []
            for position in asked:
                began = time.perf_counter()
                evidence = inclusion(work, position, ENTRIES)
                took.append(time.perf_counter() - began)
                hashed = leaf_hash(leaves[position])
                assert verify_inclusion(hashed, position, ENTRIES, evidence.hashes, root)
            proof = statistics.median(took)
            name = f"inclusion proof in a log of {ENTRIES:,} entries (median of {ASKED})"
            yield Row(name, proof, "1 ms", ALLOWED, 1)
            yield Row(name, proof, "the bare tree hashed anew", bare, 1000)
            took = []
            for position in asked[1:]:
                began = time.perf_counter()
                consistency(work, position, ENTRIES)
                took.append(time.perf_counter() - began)
            name = f"consistency proof in a log of {ENTRIES:,} entries (median)"
            yield Row(name, statistics.median(took), "the bare tree hashed anew", bare)


def _bare_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, with nothing but hashes: rows of the tree, a lone last node moves up."""
    row = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        row = above + row[len(row) // 2 * 2 :]
    return row[0]


def _fill(world: World, leaves: list[bytes], asked: list[int]) -> None:
    """Store the complete subtrees as appending does, and the entries that will be asked for."""
    path = world.database.url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as raw:  # without foreign keys: of no certificate
        level, row = 0, [leaf_hash(leaf) for leaf in leaves]
        while row:
            raw.executemany(
                f"INSERT INTO {LogNode.__tablename__} (level, position, node_hash) VALUES (?, ?, ?)",
                ((level, position, value.hex()) for position, value in enumerate(row)),
            )
            pairs = zip(row[::2], row[1::2], strict=False)
            row = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
            level += 1
        raw.executemany(
            f"INSERT INTO {LogEntry.__tablename__} "
            "(position, action, certificate_number, leaf, recorded_at) VALUES (?, 'issued', ?, ?, ?)",
            ((at, f"CEG-{at}", leaves[at].decode(), AT) for at in {*asked, ENTRIES - 1}),
        )
        raw.execute(
            f"INSERT INTO {LogCheckpoint.__tablename__} (size, note, signed_at) VALUES (?, ?, ?)",
            (ENTRIES, "as long as a checkpoint is " * 8, AT),
        )
        raw.commit()
