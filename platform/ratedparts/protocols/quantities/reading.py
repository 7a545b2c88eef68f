"""One text → one exact quantity in the unit asked for, or a refusal that says why.

In this order: look-alike characters are replaced; a sign; a tolerance letter; a letter for the decimal mark;
a fraction of a watt; else ``digits[.digits][e±digits]`` and a unit.  A bare number is in the unit asked for.
No decimal comma, no mark between thousands, no second quantity, no unit of another kind or in another case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ratedparts.errors import RatedPartsError
from ratedparts.protocols.quantities.letter_codes import tolerance_of, value_with_letter
from ratedparts.protocols.quantities.look_alikes import plain
from ratedparts.protocols.quantities.units import EXACT, SPELLINGS, Target, other_cases, target_of

LONGEST_TEXT = 60
MOST_DIGITS = 15  # what a double keeps of any decimal number
LARGEST, SMALLEST = Decimal("1e30"), Decimal("1e-30")

SIGNED = re.compile(r"(±|\+/-|\+-|\+|-)? *(.*)")
NUMBER = re.compile(r"((?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?) *(.*)")
FRACTION_OF_A_WATT = re.compile(r"([1-9])/([1-9][0-9]?) ?W")
SEPARATED = re.compile(r"[0-9.]*[,'’_][0-9]|[0-9.]*[0-9] +[0-9]|[0-9]*\.[0-9]+\.")


@dataclass(frozen=True)
class Reading:
    """What was read: ``value`` in ``unit``; ``bare`` where the text named no unit of its own."""

    value: Decimal
    unit: str | None
    symmetric: bool = False
    bare: bool = False

    @property
    def number(self) -> float:
        """The double that is kept; it shows the very same digits again."""
        return float(self.value)


def read_quantity(
    text: str, unit: str | None, *, symmetric: bool = False, of_capacitor: bool = False
) -> Reading:
    """Read ``text`` as a quantity in ``unit``; None or ``1``: a mere number.

    ``symmetric``: the value holds to both sides, so ``±`` is read, and one sign alone is not; in per cent a
    tolerance letter is read, too.  ``of_capacitor``: which of these letters is certain.

    Raises ``quantity_format``, ``quantity_separator``, ``quantity_sign``, ``quantity_letter``,
    ``tolerance_letter``, ``quantity_two``, ``quantity_unit``, ``quantity_case``, ``quantity_kind``,
    ``quantity_digits``, ``quantity_magnitude``.
    """
    target = target_of(unit)
    # The length first: no pattern ever sees a long text.
    written = plain(text) if len(text) <= LONGEST_TEXT else ""
    signed = SIGNED.fullmatch(written)
    if not written or signed is None:
        raise RatedPartsError("quantity_format", given=text[:LONGEST_TEXT], unit=target.written)
    sign, rest = signed[1] or "", signed[2]
    if sign and symmetric != (len(sign) > 1 or sign == "±"):
        raise RatedPartsError("quantity_sign", given=text, symmetric=symmetric)
    if symmetric and unit == "%" and not sign and re.fullmatch("[A-Za-z]", rest):
        return Reading(tolerance_of(rest, of_capacitor=of_capacitor), unit, symmetric)
    if SEPARATED.match(rest):
        raise RatedPartsError("quantity_separator", given=text)
    value, bare = value_with_letter(rest, target), False
    if value is None:
        value = _fraction(rest, target)
    if value is None:
        value, bare = _number_with_unit(rest, target, text)
    # Not -value: that would round to the digits of the ambient context.
    return Reading(_kept(value.copy_negate() if sign == "-" else value, text), unit, symmetric, bare)


def _number_with_unit(rest: str, target: Target, text: str) -> tuple[Decimal, bool]:
    """The value in the target's unit, and whether the number stood alone."""
    parts = NUMBER.fullmatch(rest)
    if parts is None:
        raise RatedPartsError("quantity_format", given=text, unit=target.written)
    number, spelling = Decimal(parts[1]), parts[2]
    if not spelling or spelling == target.written:
        return number, not spelling
    known, factor = SPELLINGS.get(spelling, (None, Decimal(1)))
    if target.unit is not None and known is target.unit:
        return EXACT.divide(EXACT.multiply(number, factor), target.factor), False
    if re.search("[0-9]", spelling):
        raise RatedPartsError("quantity_two", given=text)
    if target.unit is None:
        raise RatedPartsError("quantity_unit", given=text, found=spelling, expected="no_unit")
    cases = other_cases(spelling, target.unit)
    if cases:
        raise RatedPartsError("quantity_case", given=text, found=spelling, expected=cases)
    code = "quantity_unit" if known is None else "quantity_kind"
    raise RatedPartsError(code, given=text, found=spelling, expected=target.unit.expected)


def _fraction(rest: str, target: Target) -> Decimal | None:
    """``1/4 W``, as resistors are sold.  In no other unit: ``10/16 V`` names two ratings."""
    parts = FRACTION_OF_A_WATT.fullmatch(rest)
    if parts is None or target.unit is None or target.unit.symbol != "W":
        return None
    value = EXACT.divide(Decimal(parts[1]), Decimal(parts[2]))
    return EXACT.divide(value, target.factor) if value < 1 else None


def _kept(value: Decimal, text: str) -> Decimal:
    """``value`` if the platform's double can keep it to the last digit.  0 stays 0 without a sign."""
    value = EXACT.normalize(value) if value else Decimal(0)
    if len(value.as_tuple().digits) > MOST_DIGITS:
        raise RatedPartsError("quantity_digits", given=text, most=MOST_DIGITS)
    if value and not SMALLEST <= abs(value) <= LARGEST:
        raise RatedPartsError("quantity_magnitude", given=text)
    return value
