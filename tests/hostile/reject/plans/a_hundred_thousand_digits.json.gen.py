"""A number of 100,000 digits."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b'{"duration": '
    yield b"1" * 100_000
    yield b"}"
