"""Every protocol's page, in both languages, with nothing left in the other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.protocols import load_library

LIBRARY = load_library()
NAMES = sorted(LIBRARY.protocols)
pytestmark = pytest.mark.embedded_database
# Words that stay as they are: names of documents and of columns, codes, units.
ENGLISH_SENTENCE = re.compile(r"(?<![\w/])[a-z]{2,}(?: [a-z]{2,}){2,}")


def page(anyone: FlaskClient, name: str, language: str) -> str:
    answer = anyone.get(f"/protocols/{name}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    whole = answer.get_data(as_text=True)
    main = whole[whole.index("<main") : whole.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def words_of(protocol: Any, language: str) -> set[str]:
    texts = [protocol.title, protocol.summary, *protocol.notes]
    texts += [column.title for column in protocol.columns]
    texts += [condition.title for condition in protocol.stress]
    return {getattr(text, language) for text in texts}


@pytest.mark.parametrize("name", NAMES)
def test_a_protocol_is_told_in_both_languages(anyone: FlaskClient, name: str) -> None:
    protocol = LIBRARY.protocol(name)
    english, chinese = page(anyone, name, "en"), page(anyone, name, "zh-CN")
    for said, language in ((english, "en"), (chinese, "zh")):
        lacking = {words for words in words_of(protocol, language) if escaped(words) not in said}
        assert not lacking
    assert not re.search("[\u4e00-\u9fff]", english)
    written_in_english_only = {
        parameter.source.en
        for parameter in (protocol.acceleration.parameters if protocol.acceleration else ())
        if parameter.source.en == parameter.source.zh
    } | {reference.clause or "" for reference in protocol.references}
    for text in written_in_english_only:
        chinese = chinese.replace(escaped(text), "")
    assert ENGLISH_SENTENCE.findall(chinese) == []


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;").replace("<", "&lt;")


def test_the_pages_say_what_only_some_protocols_have(anyone: FlaskClient) -> None:
    tantalum = page(anyone, "TA-WG@1", "en")
    assert "Level of a lot" in tantalum
    assert "0.001 %/1000 h" in tantalum
    assert "the failures decide the level" in tantalum
    assert "with the square root of time" in page(anyone, "OPT-AGE@1", "en")
    capacitor = page(anyone, "CAP-END@1", "en")
    assert "Ten-degree rule" in capacitor
    assert "Exponential of the voltage ratio" in capacitor
    assert "Rated voltage, V: above 6.3" in capacitor
    assert "大于 6.3" in page(anyone, "CAP-END@1", "zh-CN")


def test_published_data_is_not_shown_as_rated(anyone: FlaskClient) -> None:
    said = anyone.get("/grades", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Integrated circuit" in said
    assert "Published life data" not in said
