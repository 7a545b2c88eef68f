"""Ratings and what was read of a form, as people write quantities."""

from __future__ import annotations

from typing import Any

from flask import Flask

from ratedparts.protocols import Attribute, ColumnType, Reading, write_attribute, write_quantity
from ratedparts.wording.values import HOURS_A_YEAR

from .formatting import number
from .language import language, text


def install(app: Flask) -> None:
    app.jinja_env.globals.update(rating_text=rating_text)


def rating_text(value: Any, attribute: Attribute) -> str:
    """``100 nF``, ``±10 %``: the value of a part's attribute with its unit."""
    if isinstance(value, bool):
        return text("yes") if value else text("no")
    if attribute.type is ColumnType.NUMBER and isinstance(value, int | float):
        return write_attribute(value, attribute, language())
    return str(value)


def reading_text(reading: Reading) -> str:
    """A quantity as it was read; a long time with its years, so that nobody has to divide."""
    written = write_quantity(reading.value, reading.unit, language(), symmetric=reading.symmetric)
    if reading.unit == "h" and reading.number >= HOURS_A_YEAR:
        years = number(reading.number / HOURS_A_YEAR)
        if years == "1":
            return text("{hours}, which is one year", hours=written)
        return text("{hours}, which is {years} years", hours=written, years=years)
    return written
