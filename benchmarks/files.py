"""Checking a laboratory's file."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import polars
from timing import Row, best_of

from ratedparts.protocols import Protocol, check_file, check_stream, example_file, load_library

FAULTS = 1000


def rows() -> Iterator[Row]:
    protocol = load_library().protocol("MLCC-HTL@1")
    for units in (2_000, 200_000):
        valid = example_file(protocol, units)
        spoilt = with_faults(valid)
        theirs = best_of(lambda: as_text(valid), 5)  # noqa: B023
        ours = best_of(lambda: check(valid, protocol), 3)  # noqa: B023
        faulty = best_of(lambda: check(spoilt, protocol), 3)  # noqa: B023
        target = 1 / 3 if units == 200_000 else None
        work = f"check of {5 * units:,} rows × 16 columns, valid"
        yield Row(work, ours, "polars reading it as text", theirs, target)
        yield Row(f"the same with {FAULTS:,} faults", faulty, "the valid file", ours, target and 1 / 1.5)
    small = example_file(protocol, 77)
    exact = best_of(lambda: check_file(small, protocol), 5)
    yield Row("exact check of 77 units", exact, "polars reading it as text", best_of(lambda: as_text(small)))


def check(content: bytes, protocol: Protocol) -> None:
    check_stream(io.BytesIO(content), protocol)


def as_text(content: bytes) -> None:
    polars.read_csv(content, infer_schema=False)


def with_faults(content: bytes) -> bytes:
    """A decimal comma's worth of trouble in so many rows, spread over the file."""
    lines = content.split(b"\n")
    for at in random.Random(1).sample(range(1, len(lines) - 1), FAULTS):
        lines[at] = lines[at].replace(b",ok,", b",OK,", 1)
    return b"\n".join(lines)
