"""What stands on an earlier version of a protocol, and what a new one would make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratedparts.app import create_app
from ratedparts.evidence.other_version import effects_of
from ratedparts.protocols import ProtocolLibrary, load_library
from ratedparts.submissions.open_plans import open_plans_under
from ratedparts.submissions.withdrawals import withdraw_plan
from tests.integration.world import PASSWORD, World

FOLDER = Path(__file__).parents[2] / "test_protocols"


def with_version_2(folder: Path, *changes: tuple[str, str]) -> ProtocolLibrary:
    """The installed protocols and a second version of MLCC-HTL."""
    for file in FOLDER.glob("*.toml"):
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "MLCC-HTL@1.toml").read_text(encoding="utf-8")
    for old, new in (("version = 1\n", "version = 2\n"), *changes):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "MLCC-HTL@2.toml").write_text(text, encoding="utf-8")
    return load_library(folder)


@pytest.mark.parametrize(
    ("change", "accepted", "codes"),
    [
        (('document = "GB/T 9324"', 'document = "GB/T 9324-1996"'), True, ()),
        (("mandatory = [0, 1000]", "mandatory = [0, 1000, 2000]"), True, ()),
        (('name = "chamber_temp_C", title', 'name = "oven_temp_C", title'), False, ("header_mismatch",)),
    ],
)
def test_evidence_is_read_by_the_other_version(
    rated: World, tmp_path: Path, change: tuple[str, str], accepted: bool, codes: tuple[str, ...]
) -> None:
    library = with_version_2(tmp_path, change)
    older, newer = library.protocol("MLCC-HTL@1"), library.protocol("MLCC-HTL@2")
    effects = list(effects_of(rated.database, rated.installation.blobs, library, older, newer))
    assert [one.plan for one in effects] == [rated.facts["plans"]["MLCC-HTL"]]
    assert effects[0].accepted is accepted
    assert set(codes) <= set(effects[0].codes)
    assert effects[0].same is accepted


def test_open_plans_are_those_that_wait_for_results(rated: World) -> None:
    waiting, withdrawn = (rated.register_plan(slot="SEMI-TC") for _ in range(2))
    with rated.work() as work:
        withdraw_plan(work, rated.cast["maker"], withdrawn, reason="The lot was scrapped.")
    with rated.reading() as work:

        def seen(who: str) -> list[str]:
            return [one.number for one in open_plans_under(work, rated.cast[who], "SEMI-TC@1")]

        assert seen("reviewer") == seen("maker") == seen("laboratory") == [waiting]
        assert seen("other_maker") == []


def test_the_page_names_the_certified_parts_and_to_those_concerned_the_open_plans(
    certified: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = certified.register_plan(slot="MLCC-HTL")
    library = with_version_2(tmp_path)
    monkeypatch.setattr("ratedparts.installation.load_library", lambda: library)
    app = create_app(certified.installation.settings, certified.clock)
    app.config["WTF_CSRF_ENABLED"] = False
    address = "/protocols/MLCC-HTL/changes"
    anyone = app.test_client()
    page = anyone.get(address, headers={"Accept-Language": "en"}).text
    assert "EX-0603X7R104K" in page
    assert waiting not in page
    anyone.post("/sign-in", data={"email": "maker@example.org", "password": PASSWORD})
    assert waiting in anyone.get(address).text
    app.extensions["ratedparts"].database.dispose()
