"""The four axes of a grade in words: what each code claims, and which of them hold the grade."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ratedparts.grading.failure_rate_levels import BY_CODE

from .written_figures import grouped, plain, powers

LANGUAGES = ("zh", "en")


def vector_rows(
    decision: Mapping[str, Any], use_condition: str, words: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rows = []
    for axis in ("R", "L", "Q", "E"):
        code = decision["vector"][axis]
        shown = "–" if code == "run" else code
        row = {"axis": axis, "name": words["axis"][axis], "code": shown, "cap": decision["caps"].get(axis)}
        row["binding"] = axis in decision["binding"]
        if axis in ("Q", "E"):
            row |= words["vector"][axis][code]
        elif axis == "L":
            row |= _life_sentence(code, words["vector"]["L"])
        else:
            row |= rate_sentences(code, use_condition, words)[0]
        rows.append(row)
    return rows


def _life_sentence(code: str, words: Mapping[str, str]) -> dict[str, str]:
    if code == "run":
        return in_both(words, "run")
    told = re.fullmatch(r"B(\d+)>=([\d.]+)y", code)
    if not told:
        return in_both(words, "none")
    return in_both(words, "life", percent=told[1], years=told[2])


def rate_sentences(code: str, use_condition: str, words: Mapping[str, Any]) -> list[dict[str, str]]:
    of_rates = words["vector"]["R"]
    told = re.fullmatch(r"(FR[\d.]+)@(\d+)", code)
    if told and told[1] in BY_CODE:
        level = BY_CODE[told[1]]
        limit = Decimal(str(level.maximum))
        said = {
            "code": level.code,
            "confidence": told[2],
            "limit": powers(limit),
            "fit": grouped(limit * 10**9),
        }
        return [
            in_both(of_rates, "rate", **said),
            in_both(
                words["level"],
                "names",
                **_level_names(level.code, words["level"]),
                use_condition=use_condition,
            ),
            in_both(of_rates, "risk", risk=100 - int(told[2])),
        ]
    told = re.fullmatch(r"R(\.\d+)@(\d+)", code)
    if told:
        percent = plain(Decimal("0" + told[1]) * 100)
        return [
            in_both(of_rates, "run", percent=percent, confidence=told[2]),
            in_both(of_rates, "risk", risk=100 - int(told[2])),
        ]
    return [in_both(of_rates, "none")]


def _level_names(code: str, words: Mapping[str, str]) -> dict[str, str]:
    """The level's names in full: a bare letter means different rates in different standards."""
    level = BY_CODE[code]
    names = {"code": code, "name": level.name_zh, "gbt": level.gbt1772}
    for body, symbol in (("gjb", level.gjb), ("mil", level.mil)):
        for suffix, language in (("", "zh"), ("_en", "en")):
            form = "symbol" if symbol else "absent"
            names[body + suffix] = words[f"{form}_{language}"].format(symbol=symbol)
    return names


def binding_sentence(decision: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, str]:
    binding = decision["binding"]
    if not binding:
        return in_both(words["binding"], "none")
    said = {}
    for language, between in (("zh", "、"), ("en", ", ")):
        axes = between.join(_axis(axis, words["axis"].get(axis), language) for axis in binding)
        said[language] = words["binding"][f"held_{language}"].format(axes=axes, grade=decision["grade"])
    return said


def _axis(code: str, name: Mapping[str, str] | None, language: str) -> str:
    if name is None:
        return code
    if code == "flags":
        return name[language].lower()
    return f"{code}（{name['zh']}）" if language == "zh" else f"{code} ({name['en'].lower()})"


def in_both(words: Mapping[str, str], key: str, **values: object) -> dict[str, str]:
    said = {language: words[f"{key}_{language}"].format(**values) for language in LANGUAGES}
    # A percent sign never begins a line.
    return {language: text.replace(" %", "\u00a0%") for language, text in said.items()}
