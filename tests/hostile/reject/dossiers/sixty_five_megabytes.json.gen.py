"""A text of 65 MB, as of an attachment in base64."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b'{"schema": "'
    for _ in range(65):
        yield b"QUJD" * 2**18
    yield b'"}'
