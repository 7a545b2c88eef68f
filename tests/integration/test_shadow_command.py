"""`ratedparts shadow`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ratedparts.cli import main
from tests.integration.world import World

PROPOSAL = Path(__file__).parents[2] / "docs" / "rule-set-proposals" / "CEG-2027.1-draft.toml"


@pytest.fixture
def here(rated: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The installation that the command finds by its environment."""
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", "test")
    monkeypatch.setenv("RATEDPARTS_VAR", str(rated.installation.settings.var))
    monkeypatch.setenv("DATABASE_URL", rated.database.url)
    return rated


def test_it_counts_by_family_and_says_where_the_result_stands(
    here: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shadow", str(PROPOSAL)]) == 0
    said = capsys.readouterr()
    assert "mlcc_class2: 0 rise, " in said.out
    assert "CEG-2027.1-draft over 1 parts: " in said.out
    assert "/grades/shadow/SHADOW-" in said.out
    assert "over 1 graded parts" in said.err


def test_programs_get_json(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shadow", "--json", str(PROPOSAL)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rule_set"], told["parts"], told["recomputed"]) == ("CEG-2027.1-draft", 1, 0)
    assert sum(told["families"]["mlcc_class2"].values()) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minimum_units = 45\n", "", "minimum_units: This entry is required and is missing."),
        ('level = "FR9"', 'level = "FR99"', "targets.passive.0.level"),
        ("[maintenance]", "[renewal]", "renewal: This entry is not known here."),
    ],
)
def test_a_rule_set_that_is_not_understood_is_refused_entry_by_entry(
    old: str, new: str, said: str, here: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(PROPOSAL.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert main(["--language", "en", "shadow", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_what_cannot_be_read_is_wrong_use_and_what_is_no_toml_is_refused(
    here: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shadow", str(tmp_path / "none.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "no.toml").write_text("id =", encoding="utf-8")
    assert main(["--language", "en", "shadow", str(tmp_path / "no.toml")]) == 1
    assert "is no TOML" in capsys.readouterr().err
