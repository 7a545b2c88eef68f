"""The letter codes of IEC 60062: a letter for the decimal mark (``4k7``), and a letter for a tolerance.

Only letters with one meaning are read.  In capacitors B, C, D, F and G state per cent or, below 10 pF,
picofarads, and a tolerance alone does not say which.  Letters for unequal sides (Q, S, T, Z) are not read.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ratedparts.errors import RatedPartsError
from ratedparts.protocols.quantities.units import EXACT, Target, Unit

TOLERANCES = {
    "B": Decimal("0.1"),
    "C": Decimal("0.25"),
    "D": Decimal("0.5"),
    "F": Decimal(1),
    "G": Decimal(2),
    "J": Decimal(5),
    "K": Decimal(10),
    "M": Decimal(20),
}
OF_EVERY_PART = ("J", "K", "M")
# Digits on both sides, or on one: R47, 4R7, 47R; also 4.7k, which people write though the standard does not.
LETTER_FOR_MARK = re.compile(r"([0-9]*)([A-Za-zµΩ])([0-9]*)|([0-9]*\.[0-9]+)([A-Za-zµ])")
NUMBER_ALONE = re.compile(r"[0-9.]+")


def value_with_letter(text: str, target: Target) -> Decimal | None:
    """``4k7``, or ``4k7 Ω``, in the target's unit; None where the text is no such code.

    Raises ``quantity_letter`` where a letter stands between digits that is not read for that unit.
    """
    if target.unit is None:
        return None
    code = LETTER_FOR_MARK.fullmatch(text) or LETTER_FOR_MARK.fullmatch(_without_unit(text, target.unit))
    if code is None or not (code[1] or code[3] or code[4]):
        return None
    letter = code[2] or code[5]
    exponent = target.unit.letters.get(letter)
    if exponent is not None:
        number = Decimal(code[4] or f"{code[1] or '0'}.{code[3] or '0'}")
        return EXACT.divide(number.scaleb(exponent, EXACT), target.factor)
    if code[3] and letter not in "eE":
        expected = sorted(target.unit.letters)
        raise RatedPartsError("quantity_letter", given=text, letter=letter, expected=expected)
    return None


def _without_unit(text: str, unit: Unit) -> str:
    """``4k7 Ω`` as ``4k7``; only where digits follow the letter, for else it is a prefix: ``47 kΩ``."""
    for spelling in (unit.symbol, *unit.also_written):
        shorter = text.removesuffix(spelling).rstrip(" ")
        if shorter != text and shorter[-1:].isdigit() and not NUMBER_ALONE.fullmatch(shorter):
            return shorter
    return text


def tolerance_of(letter: str, *, of_capacitor: bool) -> Decimal:
    """The per cent of a tolerance letter.  Raises ``tolerance_letter``."""
    read = OF_EVERY_PART if of_capacitor else tuple(TOLERANCES)
    if letter not in read:
        picofarads = of_capacitor and letter in TOLERANCES
        raise RatedPartsError("tolerance_letter", given=letter, expected=list(read), picofarads=picofarads)
    return TOLERANCES[letter]
