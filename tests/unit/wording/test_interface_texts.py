"""Every English text of the pages has its Chinese one, with the same values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ratedparts
from ratedparts.wording.catalogues import catalogue

WEB = Path(ratedparts.__file__).parent / "web"
IN_A_TEMPLATE = re.compile(r"""\b(?:_|text|gettext)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
# As they are in every language.
NAMES = {"RatedParts", "API", "PDF", "JSON", "CSV"}


def texts_of_the_pages() -> Iterator[tuple[str, str]]:
    for path in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]):
        for match in IN_A_TEMPLATE.finditer(path.read_text(encoding="utf-8")):
            yield str(ast.literal_eval(match.group(1))), str(path.relative_to(WEB))


def test_every_text_of_the_pages_is_translated() -> None:
    known = catalogue("interface.zh_CN")
    lacking = {text: place for text, place in texts_of_the_pages() if text not in known and text not in NAMES}
    assert not lacking


def test_translations_keep_the_values() -> None:
    for english, chinese in catalogue("interface.zh_CN").items():
        values = re.compile(r"\{\w+\}|%\(\w+\)[ds]")
        assert sorted(values.findall(english)) == sorted(values.findall(chinese)), english


def test_translations_are_chinese() -> None:
    for english, chinese in catalogue("interface.zh_CN").items():
        assert re.search("[\u4e00-\u9fff]", chinese), english
