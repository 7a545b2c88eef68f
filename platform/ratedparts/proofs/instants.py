"""Instants as certificates, keys and log leaves write them: RFC 3339, seconds or finer, with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ratedparts.errors import RatedPartsError

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)


def parse_instant(text: object) -> datetime:
    """Read an instant (RFC 3339, ``T`` and ``Z`` in capitals) and give it in UTC.

    Raises
    ------
    RatedPartsError
        ``instant_malformed`` (given): no such form, no offset, or no such day or second.
    """
    if isinstance(text, str) and _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise RatedPartsError("instant_malformed", given=str(text)[:40])


def format_instant(instant: datetime) -> str:
    """Write an instant in UTC with ``Z``, microseconds only where there are any."""
    return require_zone(instant).astimezone(UTC).isoformat().replace("+00:00", "Z")


def require_zone(instant: datetime) -> datetime:
    """Return ``instant`` unchanged, or refuse one that does not say its zone (``instant_without_zone``)."""
    if instant.utcoffset() is None:
        raise RatedPartsError("instant_without_zone", given=instant.isoformat())
    return instant
