"""Numbers and dates as people read them.  Rounding happens here and nowhere before."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from flask import Flask

from ratedparts.calendar_days import SHANGHAI
from ratedparts.wording.values import shown, significant

from .language import language, text

NOTHING = "–"
NARROW_SPACE = "\u202f"
SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        fit=failure_rate_in_fit,
        life=lambda hours: life_in_years(hours, language()),
        life_bound=life_bound,
        number=number,
        spent=spent,
        factor=factor,
        wanted=wanted,
        at_least=at_least,
        day=day,
        moment=moment,
        share=share,
        level=level,
        lasting=lasting,
        raised=raised,
        powers=powers,
        axis_code=axis_code,
    )


def failure_rate_in_fit(rate_per_hour: Any) -> str:
    """``6.01 FIT``: failures in a thousand million device-hours, rounded up to three digits."""
    return NOTHING if rate_per_hour is None else shown(float(rate_per_hour), "fit", "en")


def life_in_years(hours: Any, language: str = "en") -> str:
    """A demonstrated life, rounded down, and never told beyond thirty years."""
    return NOTHING if hours is None else shown(float(hours), "life", language)


def life_bound(hours: Any) -> str:
    """``≥ 3.2 years``, and ``> 30 years`` of whatever is longer."""
    life = life_in_years(hours, language())
    return life if life.startswith(">") else f"≥ {life}"


def spent(hours: float) -> str:
    """Hours of use that a test stands for, with years; not a life, so thirty years are no end."""
    return text(
        "{hours} h, or {years} years", hours=factor(hours), years=number(float(f"{hours / 8760:.3g}"))
    )


def factor(value: float) -> str:
    """To four digits: an acceleration is never known better."""
    return number(float(f"{value:.4g}"))


def wanted(value: float) -> str:
    """A size that is needed, to four digits and rounded up: what is shown suffices."""
    return number(float(significant(float(value), 4, ROUND_CEILING)))


def at_least(value: float) -> str:
    """A lower bound to three digits, rounded down."""
    return shown(float(value), "3down", "en")


def level(axis: str) -> str:
    """``FR8@90`` of a vector as ``FR8 at 90 % confidence``, in the reader's language."""
    told = re.fullmatch(r"(\S+)@(\d+)", axis)
    if told is None:
        return text("failure rate not demonstrated")
    if told[1].startswith("R."):
        share = f"{100 * float(told[1][1:]):g}"
        return text("{share} % good at {percent} % confidence", share=share, percent=told[2])
    return text("{level} at {percent} % confidence", level=told[1], percent=told[2])


def lasting(axis: str) -> str:
    """``B10>=10y`` of a vector in words."""
    if axis == "run":
        return text("rated by passing or failing")
    told = re.fullmatch(r"B(\d+)>=([\d.]+)y", axis)
    if told is None:
        return text("life not demonstrated")
    return text("at most {percent} % fail in {years} years", percent=told[1], years=told[2])


def axis_code(axis: str) -> str:
    """``B10>=10y`` as ``B10 ≥ 10 y``, ``FR8@90`` as ``FR8 · 90 %``: never a bare letter."""
    if axis in ("none", "run"):
        return NOTHING
    axis = re.sub(r"@(\d+)$", r" · \1 %", axis)
    return re.sub(r">=([\d.]+)y$", r" ≥ \1 y", axis)


def raised(sentence: str) -> str:
    """``10^−8`` as ``10⁻⁸``, and ``3.587e7`` as ``3.587 × 10⁷``."""
    sentence = re.sub(r"(?<![\w.-])(\d+(?:\.\d+)?)e([+-]?\d+)\b", _as_power, sentence)
    return re.sub(r"\^([−-]?\d+)", lambda power: power[1].translate(SUPERSCRIPTS), sentence)


def _as_power(number: re.Match[str]) -> str:
    return f"{number[1]} × 10^{int(number[2])}"


def powers(value: float) -> str:
    """``3 × 10⁻⁵``."""
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    power = raised(f"10^{int(exponent)}")
    return power if float(mantissa) == 1 else f"{float(mantissa):g} × {power}"


def number(value: Any) -> str:
    """At most six significant digits, thousands set apart by a thin space."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "✓" if value else NOTHING
    if not isinstance(value, int | float):
        return str(value)
    if value != 0 and not 1e-4 <= abs(value) < 1e12:
        return f"{value:.4g}"
    return _grouped(Decimal(f"{value:.6g}"))


def share(value: Any) -> str:
    return f"{100 * float(value):.3g} %"


def day(value: date | datetime | str) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return str(value)[:10]


def moment(value: datetime) -> str:
    """In Shanghai, to the minute."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _grouped(value: Decimal) -> str:
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    whole, dot, rest = digits.partition(".")
    return f"{int(whole):,}".replace(",", NARROW_SPACE) + dot + rest if abs(int(whole)) >= 10_000 else digits
