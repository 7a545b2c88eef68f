"""A number of 100,000 digits: turning it into one takes time that grows with its square."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b'{"schema": '
    yield b"9" * 100_000
    yield b"}"
