"""A quantity as an engineer writes it, ``100 nF``, ``4.7 Ω``, ``±10 %``, to be read back exactly."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache

from ratedparts.protocols.quantities.reading import MOST_DIGITS
from ratedparts.protocols.quantities.units import EXACT, PREFIXES, Target, target_of

PLAIN = range(-6, 10)  # powers of ten of the first digit that are written without an exponent
_KEPT = Context(prec=MOST_DIGITS)


@lru_cache(maxsize=8192)  # a page of search results says the same few ratings again and again
def write_quantity(
    value: float | Decimal, unit: str | None, language: str = "en", *, symmetric: bool = False
) -> str:
    """``value``, finite and in ``unit``, with the prefix that leaves one to three digits before the point.

    Prefixes change only where the trade's do (farads, ohms, henries, volts, amperes, watts): a wavelength
    stays in the unit in which it is kept.  Shown to 15 digits, which is all that a double is sure of.
    """
    given = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    exact = _KEPT.plus(given)
    symbol, exact = _scaled(exact, target_of(unit))
    sign = "±" if symmetric and exact >= 0 else "−" if exact < 0 else ""
    # As in all Chinese sentences of the platform: no blank before the per cent sign.
    blank = "" if not symbol or (symbol == "%" and language.startswith("zh")) else " "
    return f"{sign}{_digits(abs(exact))}{blank}{symbol}"


def _scaled(value: Decimal, target: Target) -> tuple[str, Decimal]:
    unit = target.unit
    if unit is None or not unit.scaled or not value:
        return target.written, value
    base = EXACT.multiply(value, target.factor)
    fitting = [prefix for prefix in unit.usual if PREFIXES[prefix] <= base.adjusted()]
    prefix = fitting[-1] if fitting else unit.usual[0]
    return prefix + unit.symbol, base.scaleb(-PREFIXES[prefix])


def _digits(value: Decimal) -> str:
    value = value.normalize()
    return f"{value:f}" if value.adjusted() in PLAIN else f"{value:e}"
