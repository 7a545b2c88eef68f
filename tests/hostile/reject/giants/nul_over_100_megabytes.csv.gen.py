"""What a disk that lost its power leaves behind: NUL, 100 MB of it."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    for _ in range(100):
        yield bytes(2**20)
