"""Nothing but commas."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    for _ in range(20):
        yield b"," * 2**20
