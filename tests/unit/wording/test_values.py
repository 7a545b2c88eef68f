"""How numbers, lives and lists are shown."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.wording.certificate_font import font_folder, missing_glyphs
from ratedparts.wording.values import shown


class Unshowable:
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "manner", "text"),
    [
        (6.0e-9, "fit", "6 FIT"),
        (6.0001e-9, "fit", "6.01 FIT"),
        (9.971e-8, "fit", "99.8 FIT"),  # grades.md 6.9: displayed 99.8 FIT, rounded up
        (1.0000000000000002e-7, "fit", "100 FIT"),
        (3e-5, "fit", "30000 FIT"),
        (math.inf, "fit", "∞ (no finite bound)"),
        (87_654.3, "life", "87600 h (10 years)"),
        (1.66e6, "life", "> 30 years"),
        (87_600.0, "hours", "87600 h (10 years)"),
        (300_000.0, "hours", "300000 h (34.2 years)"),
        (9_163_401.0, "4up", "9.164e6"),
        (9_163_401.0, "4down", "9.163e6"),
        (0.01234567, "4", "0.01235"),
        (0.0, "4", "0"),
        (0.9, "percent", "90 %"),
        (1000.0, "", "1000"),
        (12.5, "", "12.5"),
        (None, "", "—"),
        (math.nan, "4", "—"),
        (True, "", "yes"),
        ("hours", "word", "h"),
        ([1, 2, 3], "", "1, 2 or 3"),
        (["a", "b"], "all", "a and b"),
        ([], "", "—"),
        ([["2026-01-01", None]], "periods", "2026-01-01 to —"),
        (1, "n|lot|lots", "1 lot"),
        (2, "n|lot|lots", "2 lots"),
        ("as given", ".3f", "as given"),
    ],
)
def test_english(value: Any, manner: str, text: str) -> None:
    assert shown(value, manner, "en") == text


@pytest.mark.parametrize(
    ("value", "manner", "text"),
    [
        (["a", "b", "c"], "", "a、b 或 c"),
        (0.9, "percent", "90%"),
        (87_600.0, "hours", "87600 h（10 年）"),
        (1e9, "life", "> 30 年"),
        (False, "", "否"),
    ],
)
def test_chinese(value: Any, manner: str, text: str) -> None:
    assert shown(value, manner, "zh_CN") == text


@pytest.mark.parametrize("value", [10**6000, Unshowable()], ids=["too long an integer", "no text at all"])
def test_what_cannot_be_shown_is_a_question_mark(value: Any) -> None:
    assert shown(value, "", "en") == "?"


@given(st.floats(min_value=1e-15, max_value=1e-2))
def test_a_rate_is_never_shown_better_than_it_is(rate: float) -> None:
    assert float(shown(rate, "fit", "en").removesuffix(" FIT")) >= rate * 1e9 * (1 - 2e-9)


@given(st.floats(min_value=1e-3, max_value=262_800.0))
def test_a_life_is_never_shown_longer_than_it_is(hours: float) -> None:
    assert float(shown(hours, "life", "en").split(" h")[0]) <= hours * (1 + 2e-9)


def test_the_font_knows_chinese_and_lacks_smileys() -> None:
    assert (font_folder() / "NotoSansSC-Regular.ttf").is_file()
    assert missing_glyphs("示例 Example\n\tλ ≤ 10 ℃") == ""
    assert missing_glyphs("a😀b😀🦊") == "😀🦊"


def test_marks_of_direction_cannot_stand_on_a_certificate() -> None:
    assert missing_glyphs("a\u202eb\x00") == "\u202e\x00"
