"""How one value of a sentence is shown: numbers, rates, lives, lists and words.

A template says the manner after the colon, ``{number:fit}``.  Without one a value is shown as it was given.

====================  ==========================================================================
``4``, ``4up``,       a number with four significant digits: nearest, not smaller, not larger
``4down``
``fit``               a failure rate per hour as FIT, three significant digits, rounded up
``life``              a demonstrated life in hours, with years, rounded down; over 30 years so
``hours``             a stated time in hours, with years, as it was stated
``percent``           a fraction as per cent
``word``              a fixed word of a code's parameter, in the reader's language
``all``               a list joined with "and" instead of "or"
``periods``           a list of pairs of days
``n|unit|units``      a count with the English noun that fits it
====================  ==========================================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from ratedparts.wording.catalogues import code_texts, known_language

MISSING = "?"
NOTHING = "—"
LONGEST_TEXT = 500
LONGEST_LIST = 40
HOURS_A_YEAR = 8760
LONGEST_SHOWN_LIFE_HOURS = 262_800.0  # clause 6.10.20: 30 years; more is never printed as a figure
# A limit that is met but for the last digits of a double is not shown as passed (design, "the same answer").
BAND = 1e-9

ROUNDINGS = {"": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_FLOOR}


def shown(value: Any, manner: str, language: str) -> str:
    """``value`` in the manner of a template.  Never raises: what cannot be shown is a question mark."""
    try:
        return _shown(value, manner, language)
    # Anything may stand in a stored parameter, and a page must come out all the same.
    except Exception:
        return MISSING


def _shown(value: Any, manner: str, language: str) -> str:
    if value is None:
        return NOTHING
    if manner.startswith("n|"):
        return _counted(value, manner, language)
    if manner == "periods":
        return _joined([_period(pair, language) for pair in value], "or", language)
    if isinstance(value, Mapping):
        value = [f"{name}: {shown(inner, manner, language)}" for name, inner in value.items()]
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        values = sorted(value, key=str) if isinstance(value, Set) else list(value)
        inner = "" if manner == "all" else manner
        texts = [shown(one, inner, language) for one in values]
        return _joined(texts, "and" if manner == "all" else "or", language)
    if manner == "word":
        return word(value, language)
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, int | float):
        return _number(value, manner, language)
    return _text(value)


def word(value: Any, language: str) -> str:
    """A fixed word of a parameter in the reader's language; as given where it is none of ours."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return code_texts(language).get(f"word.{value}") or _shown(value, "", language)


def _text(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _joined(texts: list[str], conjunction: str, language: str) -> str:
    if not texts:
        return NOTHING
    chinese = known_language(language) == "zh_CN"
    comma = "、" if chinese else ", "
    if len(texts) > LONGEST_LIST:
        rest = f"……（共 {len(texts)} 项）" if chinese else f" … ({len(texts)} in all)"
        return comma.join(texts[:LONGEST_LIST]) + rest
    if len(texts) == 1:
        return texts[0]
    between = {"or": "或", "and": "和"}[conjunction] if chinese else conjunction
    return f"{comma.join(texts[:-1])} {between} {texts[-1]}"


def _period(pair: Any, language: str) -> str:
    if isinstance(pair, str):  # a scope that names no period at all
        return _text(pair)
    first, last = (shown(day, "", language) for day in pair)
    return f"{first} 至 {last}" if known_language(language) == "zh_CN" else f"{first} to {last}"


def _counted(value: Any, manner: str, language: str) -> str:
    """``n|failure|failures``: English has two forms; Chinese templates do not use it."""
    _, singular, plural = manner.split("|")
    return f"{shown(value, '', language)} {singular if value == 1 else plural}"


def _number(value: int | float, manner: str, language: str) -> str:
    number = float(value)
    if math.isnan(number):
        return NOTHING
    if math.isinf(number):
        return word("infinite" if number > 0 else "minus_infinite", language)
    if manner == "fit":
        return f"{_rate_in_fit(number)} FIT"
    if manner in ("life", "hours"):
        return _hours(number, manner == "life", language)
    if manner == "percent":
        figure = significant(100.0 * number, 4)
        return f"{figure}%" if known_language(language) == "zh_CN" else f"{figure} %"
    if manner[:1].isdigit():
        return significant(number, int(manner[0]), ROUNDINGS[manner[1:]])
    if isinstance(value, float) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return _text(
        float(value) if isinstance(value, float) else value
    )  # a numpy double is shown as a plain one


def _rate_in_fit(rate: float) -> str:
    """Rounded up: a rate is never shown better than it is.  Round limits are shown as what they are."""
    fit = rate * 1e9
    plain = significant(fit, 2)
    if abs(float(plain) - fit) <= BAND * abs(fit):
        return plain
    return significant(fit, 3, ROUND_CEILING, keep_zeros=True)


def _hours(hours: float, demonstrated: bool, language: str) -> str:
    """With years; what was demonstrated is rounded down, and never claimed beyond thirty years."""
    years = word("years", language)
    if demonstrated and hours > LONGEST_SHOWN_LIFE_HOURS:
        return f"> 30 {years}"
    digits, rounding = (3, ROUND_FLOOR) if demonstrated else (6, ROUND_HALF_EVEN)
    figure = significant(hours, digits, rounding)
    span = f"{significant(hours / HOURS_A_YEAR, 3, rounding)} {years}"
    return f"{figure} h（{span}）" if known_language(language) == "zh_CN" else f"{figure} h ({span})"


def significant(
    number: float, digits: int, rounding: str = ROUND_HALF_EVEN, *, keep_zeros: bool = False
) -> str:
    """``number`` with so many significant digits, with an exponent only where it would be long.

    What lies within the band of a rounder number is that number, in whichever direction is rounded.
    """
    exact = Decimal(repr(float(number)))
    if not exact:
        return "0"
    near = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(exact)
    rounded = Context(prec=digits, rounding=rounding).plus(exact)
    if abs(near - exact) <= Decimal(BAND) * abs(exact):
        rounded = near
    if not keep_zeros:
        rounded = rounded.normalize()
    exponent = rounded.adjusted()
    if -5 < exponent < 6:
        return f"{rounded:f}"
    mantissa = rounded.scaleb(-exponent)
    return f"{mantissa:f}e{exponent}"
