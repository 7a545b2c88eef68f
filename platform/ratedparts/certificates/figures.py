"""Signed figures: rounded to six significant digits, always to the side that claims less."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

DIGITS = 6
# A larger failure rate claims less; a larger life, factor or number of hours claims more.
CLAIMS_LESS_WHEN_LARGER = ("failure_rate", "failures")


def signed_figure(name: str, value: float | int) -> str:
    """The text that is signed for a figure.  The same on any machine that agrees to eleven digits.

    A value within 1e-11 of a six-digit number is that number: without this, noise in the sixteenth digit
    could push it to the next.
    """
    if isinstance(value, int):
        return str(value)
    exact = Decimal(value)
    nearest = Context(prec=DIGITS).create_decimal(exact)
    if exact != 0 and abs(nearest - exact) <= abs(exact) * Decimal("1e-11"):
        return _plain(nearest)
    larger = any(part in name for part in CLAIMS_LESS_WHEN_LARGER)
    rounding = ROUND_CEILING if larger else ROUND_FLOOR
    return _plain(Context(prec=DIGITS, rounding=rounding).create_decimal(exact))


def _plain(value: Decimal) -> str:
    exponent = value.adjusted()
    if -4 <= exponent < 9:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = f"{value.scaleb(-exponent):f}".rstrip("0").rstrip(".")
    return f"{digits}e{exponent:+d}"
