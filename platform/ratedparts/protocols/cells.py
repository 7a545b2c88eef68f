"""What one cell may hold.  Each reader answers a value, or the code of the fault; nothing is guessed.

Numbers: ``-?digits[.digits][e[+-]digits]`` in ASCII, nothing else: no leading ``+``, no separators of
thousands, no decimal comma, no full-width digits, no blanks around.  What overflows is ``not_finite``;
what is not zero but would be read as zero is ``underflow``; ``-0.0`` is kept and compares as zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

MAXIMUM_NUMBER_LENGTH = 64
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NUMBERS = re.compile(rf"(?:{NUMBER.pattern})?(?:\n(?:{NUMBER.pattern})?)*+")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
EARLIEST, LATEST = datetime(1950, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class CellFault(Exception):
    """The code of what is wrong with a cell."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str) -> float:
    """The double nearest to ``text``.

    Raises ``CellFault``: ``number_format``, ``not_finite``, ``underflow``.
    """
    if len(text) > MAXIMUM_NUMBER_LENGTH or not NUMBER.fullmatch(text):
        raise CellFault("not_finite" if NOT_FINITE.fullmatch(text) else "number_format")
    value = float(text)
    if math.isinf(value):
        raise CellFault("not_finite")
    if value == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise CellFault("underflow")
    return value


def read_many_numbers(texts: Sequence[str]) -> list[float] | None:
    """What `read_number` gives for each text, and a blank one as NaN: all of them at once.

    None where one of them is refused, or must be looked at by itself to tell.
    """
    together = "\n".join(texts)
    if max(map(len, texts), default=0) > MAXIMUM_NUMBER_LENGTH or together.count("\n") >= max(len(texts), 1):
        return None
    if not NUMBERS.fullmatch(together):
        return None
    values = [float(text or "nan") for text in texts]
    zeros = {text for text, value in zip(texts, values, strict=True) if value == 0}
    try:
        for text in zeros:
            read_number(text)
    except CellFault:
        return None
    return None if any(map(math.isinf, values)) else values


def read_whole_number(text: str) -> float:
    """A whole number of at most 15 digits, which a double holds exactly.  Raises ``whole_number_format``."""
    if not WHOLE_NUMBER.fullmatch(text):
        raise CellFault("whole_number_format")
    return float(text)


def read_boolean(text: str) -> float:
    """``0`` or ``1``.  Raises ``boolean_format``."""
    if text not in ("0", "1"):
        raise CellFault("boolean_format")
    return float(text)


def read_instant(text: str) -> datetime:
    """An ISO 8601 date and time with its offset, as UTC.  Raises ``instant_format``.

    Refused: no offset, a day that does not exist, a leap second, a year before 1950 or after 2199.
    """
    if not INSTANT.fullmatch(text):
        raise CellFault("instant_format")
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CellFault("instant_format") from None
    if not EARLIEST <= instant < LATEST:
        raise CellFault("instant_format")
    return instant
