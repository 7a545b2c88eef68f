"""As many columns as one line may have bytes for."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b"a," * 29_999 + b"a\n"
    yield b"1," * 29_999 + b"1\n"
