"""Nested 100,000 deep: a reader that recurses falls over."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b"[" * 100_000
    yield b"]" * 100_000
