"""Both catalogues know every code of the source, and say the same with the same parameters."""

from __future__ import annotations

import csv
import re
import string
from pathlib import Path

import pytest

from ratedparts.wording import LANGUAGES, sentence, title
from ratedparts.wording.catalogues import catalogue

from .codes_in_the_source import SOURCE, codes_in_the_source

# What `sentence` adds of its own, and what stands beside the parameters of faults and reasons.
ALWAYS_THERE = {"code", "subject", "given", "row", "column", "count", "range", "low", "high", "file"}
ALWAYS_THERE |= {"number", "limit", "margin", "met"}
EXPECTED = Path(__file__).parents[2] / "hostile" / "expected.csv"
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME_IN_BOTH = {"hours", "utf-8", "utf-16", "gb18030", "minus_infinite"}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def base(key: str) -> str:
    return re.split(r"[.+]", key, maxsplit=1)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_source_has_a_sentence(language: str) -> None:
    known = catalogue(f"codes.{language}")
    lacking = {
        code: use.places
        for code, use in codes_in_the_source().items()
        if not ({code, f"{code}.met", f"{code}.unmet"} & set(known))
    }
    assert not lacking


def test_the_scan_sees_the_codes_that_are_hard_to_see() -> None:
    hard = {"R_HETERO", "CPK_LOW", "Q_FAIL", "EXPIRED", "unterminated_quote", "underflow", "key_missing"}
    hard |= {"fit_did_not_converge", "wrong_type", "json_not_finite", "not_a_certificate", "log_not_trusted"}
    assert hard <= set(codes_in_the_source())


def test_both_catalogues_have_the_same_keys() -> None:
    assert set(catalogue("codes.en")) == set(catalogue("codes.zh_CN"))


def test_both_languages_use_the_same_parameters() -> None:
    for key, english in catalogue("codes.en").items():
        assert placeholders(english) == placeholders(catalogue("codes.zh_CN")[key]), key


def test_every_kind_of_fault_of_a_results_file_has_a_heading() -> None:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        found = {
            row["code"] for row in csv.DictReader(file) if {".csv", ".xlsx"} & set(Path(row["file"]).suffixes)
        }
    assert len(found) > 50
    assert sorted(code for code in found if code and title(code, "en") is None) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_ask_only_for_parameters_that_exist(language: str) -> None:
    uses = codes_in_the_source()
    anywhere = set().union(*(use.parameters for use in uses.values()))
    for key, template in catalogue(f"codes.{language}").items():
        use = uses.get(base(key))
        known = ALWAYS_THERE if use is None else ALWAYS_THERE | use.parameters
        if use is not None and use.open_ended:
            known = known | anywhere
        assert all(name.isidentifier() for name in placeholders(template)), key
        assert placeholders(template) <= known, key


def test_no_sentence_is_left_of_a_code_that_is_gone() -> None:
    ours = {"unknown_code", "range", "word"}
    assert {base(key) for key in catalogue("codes.en")} - ours <= set(codes_in_the_source())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_found_has_a_name(language: str) -> None:
    known = catalogue(f"codes.{language}")
    named = re.compile(r"""not_found\(\s*"(\w+)"|"not_found",[^)]*?subject="(\w+)\"""")
    subjects = {
        one or other
        for path in SOURCE.rglob("*.py")
        for one, other in named.findall(path.read_text(encoding="utf-8"))
    }
    assert len(subjects) > 15
    assert [subject for subject in sorted(subjects) if f"word.{subject}" not in known] == []


def test_chinese_entries_are_chinese() -> None:
    for key, text in catalogue("codes.zh_CN").items():
        only_parameters = not re.search(r"\w", re.sub(r"\{[^{}]*\}", "", text))
        assert CHINESE.search(text) or only_parameters or key.removeprefix("word.") in SAME_IN_BOTH, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_needs_its_parameters(language: str) -> None:
    for key in catalogue(f"codes.{language}"):
        assert sentence(base(key), {}, language)
        for met in (True, False):
            assert sentence(base(key), {"met": met}, language)


def test_chinese_sentences_end_with_chinese_punctuation() -> None:
    codes = codes_in_the_source()
    for key, text in catalogue("codes.zh_CN").items():
        if base(key) in codes and not key.endswith((".expected", ".title", ".short")):
            assert text[-1] in "。；：}", key
            assert not re.search("[\u4e00-\u9fff][,;:?!]", text), key
