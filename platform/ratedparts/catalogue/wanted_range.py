"""Ranges as people write them: ``>= 50 V``, ``100n``, ``10uF ±10%``, ``1k..10k``, ``5 % or better``.

Each number is read as everywhere else on the platform (`protocols.quantities`), and never by guess.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import Attribute, Family, read_attribute, read_quantity

from .question import Range

LONGEST = 120
SAME = 1e-9  # relative: two doubles of one decimal number, brought to one unit in different ways
_COMPARED = re.compile(r">=|≥|=>|<=|≤|=<|>|<|=")
_BETWEEN = re.compile(r"\.\.\.?|…|–|—|～|~")
_AROUND = re.compile(r"±|\+/-|\+-")
BETTER = re.compile(r"(?:or better|或更好|及以上|或更优)$", re.IGNORECASE)
# Of these less is better; of the ratings more is.  What neither names has no better side.
_LESS, _MORE = (
    re.compile(r"tolerance|_limit_|^minimum_|^lower_|_coefficient_"),
    re.compile(r"^rated_|^maximum_|^upper_|^supply_voltage"),
)


def read_range(text: str, attribute: Attribute, family: Family) -> Range:
    """What a text asks of a number, in the attribute's unit; both ends included.

    Raises ``range_format`` (given), ``range_empty`` (given), ``no_better_side`` (attribute), and what
    `read_quantity` raises.
    """
    written = text.strip()
    if not written or len(written) > LONGEST:
        raise RatedPartsError("range_format", given=text[:LONGEST])

    def number(part: str) -> float:
        return read_attribute(part.strip(), attribute, family).number

    if found := BETTER.search(written):
        written = written[: found.start()].rstrip()
        if attribute.symmetric or not _AROUND.search(written, 1):
            return _better(number(written), attribute)
    if found := _COMPARED.match(written):
        return _compared(found[0], number(written[found.end() :]))
    if not attribute.symmetric and (found := _AROUND.search(written, 1)):
        middle = number(written[: found.start()])
        share = read_quantity(f"±{written[found.end() :].strip()}", "%", symmetric=True).value
        reach = abs(middle) * float(share / Decimal(100))
        return Range(middle - reach, middle + reach)
    if found := _BETWEEN.search(written, 1):
        first, last = written[: found.start()].strip(), written[found.end() :].strip()
        return _between(first, last, attribute, family, text)
    return _compared("=", number(written))


def _between(first: str, last: str, attribute: Attribute, family: Family, text: str) -> Range:
    """A unit behind the second number is that of both, where the first has none: ``10..100 V``."""
    high = read_attribute(last, attribute, family)
    low = read_attribute(first, attribute, family)
    if low.bare and not high.bare:
        unit = re.sub(r"^[±+\-0-9.eE\s]+", "", last)
        low = read_attribute(f"{first} {unit}", attribute, family)
    if low.value > high.value:
        raise RatedPartsError("range_empty", given=text)
    return _widened(low.number, high.number)


def _compared(sign: str, number: float) -> Range:
    if sign in (">=", "≥", "=>"):
        return Range(low=_less(number))
    if sign in ("<=", "≤", "=<"):
        return Range(high=_more(number))
    if sign == ">":
        return Range(low=_more(number))
    if sign == "<":
        return Range(high=_less(number))
    return _widened(number, number)


def _better(number: float, attribute: Attribute) -> Range:
    if _LESS.search(attribute.name):
        return _compared("<=", number)
    if _MORE.search(attribute.name):
        return _compared(">=", number)
    raise RatedPartsError("no_better_side", attribute=attribute.name)


def _widened(low: float, high: float) -> Range:
    return Range(_less(low), _more(high))


def _less(number: float) -> float:
    return number - abs(number) * SAME


def _more(number: float) -> float:
    return number + abs(number) * SAME
