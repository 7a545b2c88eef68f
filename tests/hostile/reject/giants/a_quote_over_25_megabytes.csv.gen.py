"""A quotation mark in line 2 that is never closed and swallows the file."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, first, *_ = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    yield header
    yield b'"'
    for _ in range(250_000):
        yield first
