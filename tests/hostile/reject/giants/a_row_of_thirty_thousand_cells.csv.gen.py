"""A sound header, and then a row as wide as a line may be long."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, first, *rows = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    yield header
    yield first
    yield b"1," * 29_999 + b"1\n"
    yield from rows
