"""`ratedparts upload` against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ratedparts.cli import main
from tests.integration.world import MEASURED, PASSWORD
from tests.served import Site


@pytest.fixture
def planned(site: Site, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A plan of a part of its own, the file that answers it, and a laboratory's token in the environment."""
    world = site.world
    number = "EX-" + "".join(word[0] for word in request.node.name.split("_")).upper()
    world.facts["part_id"] = world.register_part(number)
    plan = world.register_plan(units=2)
    content = world.example("PAR-CPK", plan, 6)
    world.clock.now = MEASURED
    given = json.dumps({"email": "laboratory@example.org", "password": PASSWORD}).encode()
    asked = Request(f"{site.address}/api/v1/tokens", given, {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        monkeypatch.setenv("RATEDPARTS_TOKEN", json.load(answer)["token"])
    return {"plan": plan, "content": content, "server": site.address}


def upload(planned: dict[str, Any], file: Path, *more: str) -> int:
    return main(["upload", str(file), "--plan", planned["plan"], "--server", planned["server"], *more])


def test_a_file_is_handed_in_and_the_second_time_is_the_first(planned, tmp_path, capsys):
    file = tmp_path / "results.csv"
    file.write_bytes(planned["content"])
    assert upload(planned, file, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert first["state"] in ("accepted", "evaluated")
    assert upload(planned, file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["id"] == first["id"]
    assert upload(planned, file) == 0
    assert first["id"] in capsys.readouterr().out


def test_a_refusal_names_every_fault_as_check_does(planned, tmp_path, capsys):
    file = tmp_path / "results.csv"
    file.write_bytes(planned["content"].replace(b",nF,", b",mF,", 2))
    assert upload(planned, file) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{file}:")
    assert "[unit_not_in_protocol]" in said[0]
    assert len(said) == 3


def test_what_stands_in_the_way_is_said(planned, tmp_path, capsys, monkeypatch):
    file = tmp_path / "results.csv"
    assert upload(planned, file) == 2
    file.write_bytes(planned["content"])
    assert upload({**planned, "plan": "PLAN-../x"}, file) == 1
    assert upload({**planned, "server": "http://rated.example"}, file) == 2
    assert upload({**planned, "server": "http://127.0.0.1:1"}, file) == 3
    monkeypatch.setenv("RATEDPARTS_TOKEN", "rpt_of-nobody")
    assert upload(planned, file) == 1
    monkeypatch.delenv("RATEDPARTS_TOKEN")
    assert upload(planned, file) == 2
    assert "RATEDPARTS_TOKEN" in capsys.readouterr().err
