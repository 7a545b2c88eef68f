"""How a certificate writes figures and instants: the signed digits, in the notation that a reader needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from ratedparts.calendar_days import SHANGHAI
from ratedparts.proofs import parse_instant

HOURS_A_YEAR = 8760


def years_of(hours: Decimal) -> str:
    """Years of 8760 hours, three digits, rounded down."""
    years = Context(prec=3, rounding=ROUND_FLOOR).divide(hours, Decimal(HOURS_A_YEAR))
    return plain(years)


def plain(value: Decimal) -> str:
    """All digits, no exponent, no idle zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: Decimal) -> str:
    whole, point, fraction = plain(value).partition(".")
    return f"{int(whole):,}{point}{fraction}"


def at_the_point(value: Decimal) -> list[str]:
    """A number cut at its decimal point, for a column aligned there."""
    whole, point, fraction = grouped(value).partition(".")
    return [whole, point + fraction]


def scientific(value: Decimal) -> list[str]:
    """Mantissa before the point, the rest of it, and the power of ten."""
    exponent = value.adjusted() if value else 0
    whole, fraction = at_the_point(value.scaleb(-exponent))
    return [whole, fraction, str(exponent).replace("-", "−")]


def powers(value: Decimal) -> str:
    whole, fraction, exponent = scientific(value)
    mantissa = whole + fraction
    return f"10^{exponent}" if mantissa == "1" else f"{mantissa} × 10^{exponent}"


def in_prose(text: Any) -> str | None:
    """A figure as prose shows it: a power of ten from a million on."""
    if text is None:
        return None
    value = Decimal(str(text))
    return powers(value) if abs(value) >= 10**6 else grouped(value)


def _local(text: str) -> datetime:
    return parse_instant(text).astimezone(SHANGHAI)


def local_time(text: str) -> str:
    return _local(text).strftime("%Y-%m-%d %H:%M")


def end_of_term(text: str) -> str:
    """The end of a term: midnight closes the day before it, so that is the day to name."""
    moment = _local(text)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return (moment - timedelta(days=1)).strftime("%Y-%m-%d 24:00")
    return moment.strftime("%Y-%m-%d %H:%M")
