"""20,000 keys that nobody knows."""

from collections.abc import Iterator


def pieces() -> Iterator[bytes]:
    yield b"{"
    for number in range(20_000):
        yield b'"k%d":0,' % number
    yield b'"schema":"ratedparts-dossier/1"}'
