"""One cell of 300 MB, in a row that is otherwise in order."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, first, *rows = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    yield header
    yield first.rstrip(b"\n")
    for _ in range(300):
        yield b"1" * 2**20
    yield b"\n"
    yield from rows
