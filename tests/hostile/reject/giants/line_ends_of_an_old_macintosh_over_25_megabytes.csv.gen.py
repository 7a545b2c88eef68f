"""25 MB whose lines end with CR alone: one line, to whoever looks for LF."""

from collections.abc import Iterator

from ratedparts.protocols import example_file, load_library


def pieces() -> Iterator[bytes]:
    header, first, *_ = example_file(load_library().protocol("MLCC-HTL@1"), 1).splitlines(keepends=True)
    for line in [header, *[first] * 250_000]:
        yield line.replace(b"\n", b"\r")
