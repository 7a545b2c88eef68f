"""Checking a laboratory's file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from timing import Row, best_of

from ratedparts.protocols import check_file, example_file, load_library


def rows() -> Iterator[Row]:
    protocol = load_library().protocol("MLCC-HTL@1")
    content = example_file(protocol, 2000)
    ours = best_of(lambda: check_file(content, protocol))
    bare = best_of(lambda: list(csv.reader(io.StringIO(content.decode()))))
    yield Row("check of 10,000 rows", ours, "csv.reader alone", bare)
