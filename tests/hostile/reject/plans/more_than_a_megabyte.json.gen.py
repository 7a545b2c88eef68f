"""A text of 1.2 MB, as of an attachment in base64."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b'{"protocol": "'
    yield b"QUJD" * 300_000
    yield b'"}'
