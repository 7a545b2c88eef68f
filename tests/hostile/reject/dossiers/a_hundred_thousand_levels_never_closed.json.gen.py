"""Objects in objects, 100,000 deep, and none is closed."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b'{"a":' * 100_000
