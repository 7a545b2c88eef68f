"""Ratings on pages, and what was read of a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, g

from ratedparts.protocols import Reading, load_library
from ratedparts.web.quantity_texts import rating_text, reading_text

ATTRIBUTES = {one.name: one for family in load_library().families.values() for one in family.attributes}


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("capacitance_uf", 0.047, "47 nF", "47 nF"),
        ("resistance_ohm", 4700, "4.7 kΩ", "4.7 kΩ"),
        ("tolerance_percent", 10.0, "±10 %", "±10%"),
        ("lower_category_temperature_c", -55.0, "−55 °C", "−55 °C"),
        ("contacts", 40, "40", "40"),
        ("high_capacitance", True, "yes", "是"),
        ("high_capacitance", False, "no", "否"),
        ("dielectric", "X7R", "X7R", "X7R"),
        ("package", "0603", "0603", "0603"),
    ],
)
def test_a_rating_is_shown_with_its_unit(name: str, value: Any, english: str, chinese: str) -> None:
    with Flask(__name__).app_context():
        assert rating_text(value, ATTRIBUTES[name]) == english
        g.language = "zh_CN"
        assert rating_text(value, ATTRIBUTES[name]) == chinese


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("1000", "1000 h"),
        ("8760", "8760 h, which is one year"),
        ("87600", "87600 h, which is 10 years"),
        ("100000", "100000 h, which is 11.4155 years"),
    ],
)
def test_a_long_time_is_read_back_with_its_years(hours: str, said: str) -> None:
    with Flask(__name__).app_context():
        assert reading_text(Reading(Decimal(hours), "h")) == said
