"""Base 58 in Bitcoin's alphabet, which multibase marks with ``z``."""

from __future__ import annotations

from ratedparts.errors import RatedPartsError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
# The longest thing we ever read is a signature: 64 bytes, 88 characters.  Decoding costs the square of the
# length, so anything much longer is refused before it costs anything.
MAX_CHARACTERS = 128


def base58_encode(content: bytes) -> str:
    """Encode ``content``; each leading zero byte becomes a leading ``1``."""
    number = int.from_bytes(content, "big")
    characters: list[str] = []
    while number:
        number, remainder = divmod(number, 58)
        characters.append(_ALPHABET[remainder])
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(characters))


def base58_decode(text: str) -> bytes:
    """Decode ``text``; no two texts decode to the same bytes.

    Raises
    ------
    RatedPartsError
        ``base58_malformed`` (characters): a character outside the alphabet, or a text that is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise RatedPartsError("base58_malformed", characters=len(text))
    number = 0
    try:
        for character in text:
            number = number * 58 + _VALUE[character]
    except KeyError:
        raise RatedPartsError("base58_malformed", characters=len(text)) from None
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase_decode(text: object) -> bytes:
    """Decode a multibase text; only base58btc (``z``) is read.

    Raises
    ------
    RatedPartsError
        ``base58_malformed`` (characters).
    """
    if not isinstance(text, str) or not text.startswith("z"):
        raise RatedPartsError("base58_malformed", characters=len(text) if isinstance(text, str) else 0)
    return base58_decode(text[1:])
