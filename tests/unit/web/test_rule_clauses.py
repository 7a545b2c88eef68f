"""Every rule that a reason can name has its page, in both languages, with the codes that it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

import ratedparts.grading
from ratedparts.grading import CEG_2026_1
from ratedparts.web.rule_clauses import CHAPTERS, CODES, clauses, has_clause, rule_values
from ratedparts.wording.catalogues import code_texts
from ratedparts.wording.rule_texts import rule_texts
from tests.unit.grading.conftest import dossier
from tests.unit.grading.test_every_family import good_dossier

GRADING = Path(ratedparts.grading.__file__).parent


def reasons_in_the_source() -> Iterator[tuple[ast.expr, str, str]]:
    """The first argument of every reason, its clause, and where it stands."""
    for path in sorted(GRADING.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                code, rule = node.args[:2]
                assert isinstance(rule, ast.Constant), f"{path.name}: a clause that the source does not say"
                yield code, str(rule.value), path.name


def test_every_clause_of_the_source_has_a_page_and_codes() -> None:
    found = list(reasons_in_the_source())
    assert len(found) > 20
    for code, rule, place in found:
        assert has_clause(rule), (rule, place)
        assert rule in CODES, (rule, place)
        if isinstance(code, ast.Constant):
            assert code.value in CODES[rule], (code.value, place)
        elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
            assert str(code.values[0].value).rstrip(":") in CODES[rule], place
    assert set(CODES) == {rule for _, rule, _ in found}


def decisions(library: Any, decided: Any) -> Iterator[Any]:
    """Of every family good and bad, and of the reference dossiers."""
    g1 = dossier("G1")
    for code, family in library.families.items():
        if family.group == "published":
            continue
        given = good_dossier(g1, library, code)
        yield decided(given)
        given["tests"][0]["lots"][0]["units"][0]["count"] = 5
        given["tests"][0]["registered_on"] = None
        yield decided(given)
    for name in ("G1", "G5"):
        yield decided(dossier(name))


@pytest.fixture(scope="module")
def library() -> Any:
    from ratedparts.protocols import load_library

    return load_library()


def test_decisions_give_no_other_codes(library: Any) -> None:
    from ratedparts.grading import decide_json

    seen = set()
    for decision in decisions(library, lambda value: decide_json(value, library)):
        for reason in decision.reasons:
            code = reason.code.partition(":")[0]
            assert code in CODES[reason.rule], (code, reason.rule)
            seen.add(code)
    assert len(seen) >= 12


def test_every_code_has_a_sentence_and_a_title() -> None:
    given = {code for codes in CODES.values() for code in codes}
    for language in ("en", "zh_CN"):
        assert set(rule_texts(language).codes) == given
        sentences = {key.partition(".")[0].partition("+")[0] for key in code_texts(language)}
        assert given <= sentences


def test_both_languages_have_the_same_clauses_and_ask_for_the_same_numbers() -> None:
    english, chinese = rule_texts("en").rules, rule_texts("zh_CN").rules
    assert list(english) == list(chinese)
    for name in english:
        asked = [
            {word.partition("}")[0] for word in "".join((*text.says, text.number, text.limit)).split("{")[1:]}
            for text in (english[name], chinese[name])
        ]
        assert asked[0] == asked[1], name
        assert len(english[name].says) == len(chinese[name].says)


def test_every_clause_stands_in_one_chapter() -> None:
    names = [name for _, members in CHAPTERS for name in members]
    assert sorted(names) == sorted(rule_texts("en").rules)
    assert len(names) == len(set(names))
    for wanted in ("P1", "P2", "P3", "P4", "P5", *(f"R{n}" for n in range(1, 10)), "L1", "L2", "L3", "L4"):
        assert wanted in names


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_numbers_are_those_of_the_rule_set(language: str) -> None:
    with Flask("rules").test_request_context():
        g.language = language
        values = rule_values(CEG_2026_1)
        shown = clauses(CEG_2026_1)
    assert "{" not in "".join("".join(one.text.says) + one.text.limit for one in shown.values())
    assert "22" in shown["P5"].text.limit
    assert values["minimum_hours"] in shown["P5"].text.limit
    assert "230" in shown["6.10.6"].text.says[0]
    assert "99 %" in shown["6.10.6"].text.says[0]
    assert "45" in shown["6.10.8"].text.limit
    assert "36" in shown["6.7"].text.limit
    assert shown["6.8"].text.limit.count("40 %") == 1


def test_a_rule_set_with_other_numbers_is_told_with_them() -> None:
    from dataclasses import replace

    other = replace(CEG_2026_1, minimum_units=31, life_evidence_months=18)
    with Flask("rules").test_request_context():
        g.language = "en"
        shown = clauses(other)
    assert "31 units" in shown["P5"].text.limit
    assert "18 months" in shown["6.7"].text.limit
