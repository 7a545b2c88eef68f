"""Nested 100,000 deep."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b"[" * 100_000
