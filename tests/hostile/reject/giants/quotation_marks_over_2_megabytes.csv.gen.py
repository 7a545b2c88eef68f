"""Nothing but quotation marks: 2,000,001 of them."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, *_ = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    yield header
    yield b'"' * 2_000_001
