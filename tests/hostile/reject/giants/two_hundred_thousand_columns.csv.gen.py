"""A header and a row of 200,000 columns."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b"a," * 199_999 + b"a\n"
    yield b"1," * 199_999 + b"1\n"
