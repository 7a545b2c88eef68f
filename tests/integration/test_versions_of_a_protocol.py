"""The difference between two versions of a protocol; the second version is this test's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.protocols import Protocol, ProtocolLibrary, Sample, Text, load_library
from ratedparts.web.protocol_versions import differences
from tests.integration.world import World

FOLDER = Path(__file__).parents[2] / "test_protocols"
CHANGES = (
    ("version = 1\n", "version = 2\n"),
    ("at = [0, 168, 500, 1000, 2000]", "at = [0, 168, 500, 1000, 2000, 4000]"),
    ('zh = "片式多层陶瓷电容器高温负荷寿命"', 'zh = "片式多层陶瓷电容器高温负荷寿命试验"'),
    ('  { document = "GB/T 9324", verified = false },\n', ""),
    ('"voltage_exponent", default = 3.0', '"voltage_exponent", default = 2.5'),
    ("targets = [1.0, 1.5, 2.0]", "targets = [1.0, 2.0]"),
)


@pytest.fixture
def two_versions(tmp_path: Path) -> ProtocolLibrary:
    folder = tmp_path / "protocols"
    shutil.copytree(FOLDER, folder)
    text = (folder / "MLCC-HTL@1.toml").read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "MLCC-HTL@2.toml").write_text(text, encoding="utf-8")
    return load_library(folder)


@pytest.fixture
def anyone(
    founded: World, two_versions: ProtocolLibrary, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    monkeypatch.setattr("ratedparts.installation.load_library", lambda: two_versions)
    app = create_app(founded.installation.settings, founded.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


def said(anyone: FlaskClient, address: str, language: str = "en", status: int = 200) -> str:
    answer = anyone.get(address, headers={"Accept-Language": language})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def rows(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"added": [], "removed": [], "changed": []}
    for kind, row in re.findall(r'<tr data-change="(\w+)">(.*?)</tr>', page, re.DOTALL):
        found[kind].append(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)))
    return found


def test_what_was_changed_is_listed_and_nothing_else(anyone: FlaskClient) -> None:
    found = rows(said(anyone, "/protocols/MLCC-HTL/changes"))
    assert found["added"] == []
    assert len(found["removed"]) == 1
    assert "GB/T 9324" in found["removed"][0]
    # The title changed in Chinese alone; who reads English is told that it changed.
    assert len(found["changed"]) == 4
    assert "Title" in found["changed"][0]
    assert "the words in the other language" in found["changed"][0]
    assert "1 / 1.5 / 2 (−0.02 / +0.02) 1 / 2 (−0.02 / +0.02)" in found["changed"][1]
    assert "1000, 2000, 4000" in found["changed"][2]
    assert "voltage_exponent" in found["changed"][3]


def test_the_other_way_round_removed_is_added(anyone: FlaskClient) -> None:
    back = rows(said(anyone, "/protocols/MLCC-HTL/changes?older=MLCC-HTL@2&newer=MLCC-HTL@1"))
    assert len(back["added"]) == 1
    assert "GB/T 9324" in back["added"][0]
    same = said(anyone, "/protocols/MLCC-HTL/changes?older=MLCC-HTL@2&newer=MLCC-HTL@2")
    assert "Both say the same." in same


def test_in_chinese(anyone: FlaskClient) -> None:
    page = said(anyone, "/protocols/MLCC-HTL/changes", "zh-CN")
    assert "片式多层陶瓷电容器高温负荷寿命试验" in page
    assert "测试点" in rows(page)["changed"][2]


def test_one_version_or_none(anyone: FlaskClient) -> None:
    assert "There is one version so far" in said(anyone, "/protocols/TA-WG/changes")
    said(anyone, "/protocols/NOT-ONE/changes", status=404)
    wrong = said(anyone, "/protocols/MLCC-HTL/changes?older=TA-WG@1", status=422)
    assert 'class="field bad"' in wrong
    assert 'href="/protocols/MLCC-HTL/changes"' in said(anyone, "/protocols/MLCC-HTL@1")


# --- for programs


def had(anyone: FlaskClient, newer: str, older: str, language: str = "en") -> Any:
    address = f"/api/v1/protocols/{newer}/difference?against={older}"
    return anyone.get(address, headers={"Accept-Language": language})


def test_a_program_is_told_the_same_in_its_language(anyone: FlaskClient) -> None:
    page = rows(said(anyone, "/protocols/MLCC-HTL/changes"))
    told = had(anyone, "MLCC-HTL@2", "MLCC-HTL@1").get_json()
    assert (told["older"], told["newer"]) == ("MLCC-HTL@1", "MLCC-HTL@2")
    by_kind = {kind: [one for one in told["items"] if one["kind"] == kind] for kind in page}
    assert {kind: len(found) for kind, found in by_kind.items()} == {
        kind: len(found) for kind, found in page.items()
    }
    title, voltage, readouts, _ = by_kind["changed"]
    assert (title["name"], title["alike_in_words"], title["before"]) == ("Title", True, title["after"])
    assert (voltage["before"], voltage["after"]) == ("1 / 1.5 / 2 (−0.02 / +0.02)", "1 / 2 (−0.02 / +0.02)")
    assert not voltage["alike_in_words"]
    assert readouts["subject"] == "Readouts and sample"
    assert (by_kind["removed"][0]["before"], by_kind["removed"][0]["after"]) == (
        "GB/T 9324 (text not seen)",
        None,
    )
    chinese = had(anyone, "MLCC-HTL@2", "MLCC-HTL@1", "zh-CN").get_json()["items"]
    assert "片式多层陶瓷电容器高温负荷寿命试验" in [one["after"] for one in chinese]
    assert not {one["subject"] for one in chinese} & {one["subject"] for one in told["items"]}


def test_a_program_is_told_which_version_is_current(anyone: FlaskClient) -> None:
    listed = {one["name"]: one["current"] for one in anyone.get("/api/v1/protocols").get_json()}
    assert (listed["MLCC-HTL@1"], listed["MLCC-HTL@2"], listed["TA-WG@1"]) == (False, True, True)
    whole = anyone.get("/api/v1/protocols/MLCC-HTL@1").get_json()
    assert (whole["current"], whole["versions"]) == (False, ["MLCC-HTL@2", "MLCC-HTL@1"])


@pytest.mark.parametrize("older", ["TA-WG@1", "MLCC-HTL@9", "MLCC-HTL", ""])
def test_a_version_is_compared_with_those_of_its_own_protocol_only(anyone: FlaskClient, older: str) -> None:
    refused = had(anyone, "MLCC-HTL@2", older)
    assert refused.status_code == 422
    (fault,) = refused.get_json()["errors"]
    assert (fault["column"], fault["code"]) == ("against", "unknown_protocol")
    assert "MLCC-HTL@1" in fault["expected"]


def other(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return value[:-1]
    if isinstance(value, Text):
        return Text(value.en, value.zh + "。")
    if isinstance(value, Sample):
        return replace(value, accept=value.accept + 1)
    return None


STATED = [
    one.name
    for one in fields(Protocol)
    if one.name not in ("id", "version", "digest", "source", "layout", "metric")
]


@pytest.mark.parametrize("name", STATED)
def test_no_part_of_a_protocol_can_change_unsaid(anyone: FlaskClient, name: str) -> None:
    library = load_library()
    with anyone.application.test_request_context():
        tried = 0
        for protocol in library.protocols.values():
            value = getattr(protocol, name)
            if value in (None, ()):
                continue
            tried += 1
            changed = replace(protocol, **{name: other(value)})
            assert differences(protocol, changed, library), protocol.name
        assert tried
