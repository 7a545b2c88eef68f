"""A control character in every line."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, *_ = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    yield header
    yield b"\x01\n" * 300_000
