"""Sentences of reasons, refusals and faults, as a reader sees them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.wording import (
    LANGUAGES,
    error_sentence,
    fault_as_json,
    fault_sentence,
    reason_sentence,
    sentence,
    translate,
    words,
)
from ratedparts.wording.catalogues import catalogue

CODES = sorted({key.split(".")[0].split("+")[0] for key in catalogue("codes.en")} - {"word", "range"})
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("number", "limit", "margin", "met", "expected", "given", "minimum", "maximum", "unit", "shape")


def test_a_target_met_says_so_in_fit() -> None:
    reason = {
        "code": "R_TARGET",
        "met": True,
        "number": 6.0071e-9,
        "limit": 1e-8,
        "margin": 1.6647,
        "parameters": {"grade": "A+", "level": "FR8", "confidence": 0.9},
    }
    english = reason_sentence(reason, "en")
    assert "6.01 FIT" in english
    assert "10 FIT" in english
    assert "90 %" in english
    assert "Not met" not in english
    chinese = reason_sentence({**reason, "met": False}, "zh_CN")
    assert "6.01 FIT" in chinese
    assert "90%" in chinese
    assert "不满足" in chinese


def test_missing_unit_hours_are_stated() -> None:
    parameters = {"level": "FR5", "confidence": 0.6, "failures": 1, "missing_unit_hours": 123_456.7}
    text = sentence("R_HOURS", {**parameters, "number": 78_774.0, "limit": 202_231.0}, "en")
    assert "123500 unit-hours" in text
    assert "With 1 failure," in text


def test_a_code_with_a_subject() -> None:
    assert sentence("Q_MISSING:SEMI-TC", {}, "en").startswith("SEMI-TC: ")
    assert sentence("CPK_LOW:cap_nF", {"lot": "L1", "number": 1.2, "limit": 1.67}, "zh_CN").startswith(
        "cap_nF"
    )


def test_the_hazard_chooses_the_sentence() -> None:
    parameters = {"shape": 2.5, "lower": 1.4, "upper": 3.7, "hazard": "wearout", "met": True}
    assert "wears out" in sentence("R_SHAPE", parameters, "en")
    assert "耗损" in sentence("R_SHAPE", parameters, "zh_CN")


def test_further_sentences_only_where_they_say_something() -> None:
    parameters: dict[str, Any] = {"missing": ["lot_code"], "unknown": [], "duplicated": [], "delimiter": None}
    text = sentence("header_mismatch", parameters, "en")
    assert "Missing: lot_code." in text
    assert "Not in the protocol" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_code_is_named(language: str) -> None:
    assert "NO_SUCH_CODE" in sentence("NO_SUCH_CODE", {}, language)


def test_braces_in_a_value_are_only_text() -> None:
    assert "{margin}" in sentence("not_a_choice", {"expected": ["{margin}"]}, "en", given="{0.__class__}")


def test_a_refusal_counts_its_faults() -> None:
    error = RatedPartsError("form_refused", items=[Fault("email_taken"), Fault("name_taken")])
    assert "2 faults" in error_sentence(error, "en")
    assert "2 处错误" in error_sentence(error, "zh_CN")


def test_what_is_not_found_is_named_in_the_language() -> None:
    error = RatedPartsError("not_found", subject="test_plan", kind=Kind.NOT_FOUND, given="P-1")
    assert "test plan" in error_sentence(error, "en")
    assert "试验计划" in error_sentence(error, "zh_CN")


def test_a_fault_with_a_fixed_expectation() -> None:
    fault = Fault("number_format", 7, "cap_nF", "1,5", {"expected": "decimal_point_number"})
    assert fault_as_json(fault, "en") == {
        "row": 7,
        "column": "cap_nF",
        "given": "1,5",
        "expected": "a number with “.” as decimal mark",
        "code": "number_format",
        "message": fault_sentence(fault, "en"),
    }
    assert "“1,5”" in fault_sentence(fault, "en")


@pytest.mark.parametrize(
    ("minimum", "maximum", "english", "chinese"),
    [
        (0.0, 100.0, "between 0 and 100 nF", "0 至 100 nF"),
        (0, None, "at least 0 nF", "不小于 0 nF"),
        (None, 12345.678, "at most 12345.678 nF", "不大于 12345.678 nF"),
    ],
)
def test_a_fault_with_a_range(minimum: Any, maximum: Any, english: str, chinese: str) -> None:
    fault = Fault("out_of_range", 2, "cap", "7", {"minimum": minimum, "maximum": maximum, "unit": "nF"})
    assert fault_as_json(fault, "en")["expected"] == english
    assert fault_as_json(fault, "zh_CN")["expected"] == chinese


def test_a_fault_without_expectation() -> None:
    assert fault_as_json(Fault("blank_row", 3), "en")["expected"] is None


def test_choices_are_named_as_they_are_written() -> None:
    """``maker`` is what has to be typed, in either language."""
    fault = Fault("not_a_choice", column="kind", given="x", parameters={"expected": ["maker", "laboratory"]})
    assert fault_as_json(fault, "zh_CN")["expected"] == "maker 或 laboratory"
    assert fault_as_json(fault, "en")["expected"] == "maker or laboratory"


@settings(max_examples=80, deadline=None)
@given(
    code=st.sampled_from(CODES) | st.text(max_size=30),
    parameters=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), ODD, max_size=6),
    language=st.sampled_from(LANGUAGES),
)
def test_no_parameters_make_a_sentence_raise(code: str, parameters: dict[str, Any], language: str) -> None:
    assert sentence(code, parameters, language)
    fault_as_json(Fault(code, 1, "x", "y", parameters), language)
    reason_sentence({"code": code, "parameters": parameters}, language)


def test_the_interface_speaks_both_languages() -> None:
    assert translate("Certificate", "zh_CN") == "证书"
    assert translate("Certificate", "en") == "Certificate"
    assert translate("Nobody translated this", "zh_CN") == "Nobody translated this"
    assert words("zh-Hans-CN")("Grade") == "等级"
    assert words("en").ngettext("%(num)d part", "%(num)d parts", 2) == "%(num)d parts"
    assert words("zh_CN").ngettext("%(num)d part", "%(num)d parts", 2) == "%(num)d 个元器件"
