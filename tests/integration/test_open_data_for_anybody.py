"""The page of the open data, the operations beside it, and the commands."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ratedparts.calendar_days import day_of
from ratedparts.cli import main
from ratedparts.web.pages.open_data import file_size
from tests.integration.world import World

FOR_EVER = "public, max-age=31536000, immutable"
pytestmark = pytest.mark.embedded_database


@pytest.fixture
def night(certified: World) -> str:
    """The day of a set that has been made."""
    certified.installation.begin_rounds()
    certified.run_jobs()
    return day_of(certified.clock.now).isoformat()


def test_every_file_of_a_set_can_be_had_and_is_the_one_that_is_named(anyone: FlaskClient, night: str) -> None:
    (told,) = anyone.get("/api/v1/open-data").get_json()["sets"]
    assert (told["day"], told["environment"], told["licence"], told["log_size"]) == (night, "test", None, 1)
    names = {one["name"] for one in told["files"]}
    assert {"datapackage.json", "SHA256SUMS", "checkpoint.txt", "parts_mlcc_class2.csv"} <= names
    for one in told["files"]:
        answer = anyone.get(one["address"])
        digest = hashlib.sha256(answer.data).digest()
        assert (len(answer.data), digest.hex()) == (one["bytes"], one["sha256"])
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
        assert answer.headers["ETag"] == f'"{digest.hex()}"'
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert "Vary" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if one["table"]:
            assert answer.headers["Content-Disposition"] == f"attachment; filename={one['name']}"
        answer.close()


def test_a_download_goes_on_where_it_broke_off(anyone: FlaskClient, night: str) -> None:
    address = f"/api/v1/open-data/{night}/attributes.csv"
    with anyone.get(address) as whole:
        content, tag = whole.data, whole.headers["ETag"]
    with anyone.get(address, headers={"Range": "bytes=100-", "If-Range": tag}) as rest:
        assert (rest.status_code, rest.data) == (206, content[100:])
        assert rest.headers["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    with anyone.get(address, headers={"Range": "bytes=100-", "If-Range": '"other"'}) as again:
        assert (again.status_code, again.data) == (200, content)
    with anyone.get(address, headers={"Range": f"bytes={len(content)}-"}) as beyond:
        assert beyond.status_code == 416
    with anyone.get(address, headers={"If-None-Match": tag}) as same:
        assert (same.status_code, same.data) == (304, b"")
    with anyone.head(address) as head:
        assert (head.status_code, head.content_length, head.data) == (200, len(content), b"")


@pytest.mark.parametrize(
    "place",
    [
        "2026-01-01/families.csv",
        "{night}/other.csv",
        "{night}/..%2F..%2Fsession.key",
        "{night}/%2Fetc%2Fpasswd",
        "..%2Fopen-data/families.csv",
        "{night}/families.csv%00",
        "{night}/",
    ],
)
def test_nothing_else_can_be_had(anyone: FlaskClient, night: str, place: str) -> None:
    answer = anyone.get(f"/api/v1/open-data/{place.format(night=night)}")
    assert answer.status_code in (404, 422)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_leads_to_every_table_and_says_how_to_check_it(anyone: FlaskClient, night: str) -> None:
    for language, licence in (("en", "has not stated one yet"), ("zh", "尚未声明许可协议")):
        page = anyone.get(f"/open-data?lang={language}").text
        assert licence in page
        assert "sha256sum -c SHA256SUMS" in page
        links = set(re.findall(r'href="(/api/v1/open-data/[^"]+)"', page))
        (told,) = anyone.get("/api/v1/open-data").get_json()["sets"]
        assert links == {one["address"] for one in told["files"]}
        for one in told["files"]:
            assert one["sha256"] in page or one["name"] == "datapackage.json"


def test_before_the_first_night_the_page_says_so(anyone: FlaskClient) -> None:
    assert "The first set is being made" in anyone.get("/open-data?lang=en").text
    assert anyone.get("/api/v1/open-data").get_json() == {"sets": []}


def test_every_page_leads_there(anyone: FlaskClient) -> None:
    for address in ("/", "/programs"):
        assert 'href="/open-data"' in anyone.get(address).text


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123456, "123 kB"), (5_000_000_000, "5.0 GB")],
)
def test_sizes_are_in_powers_of_a_thousand(count: int, written: str) -> None:
    assert file_size(count) == written


def test_the_commands_write_a_set_and_hold_it_against_the_database(
    certified: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = certified.installation.settings
    monkeypatch.setenv("RATEDPARTS_VAR", str(settings.var))
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", "test")
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    folder = str(tmp_path / "set")
    assert main(["export", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["log_size"] == 1
    assert main(["export", folder]) == 1
    assert "folder_not_empty" in capsys.readouterr().err
    against = ["export-check", folder, "--against", settings.database_url]
    assert main([*against, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["differences"], told["same_position"], told["formats"]) == (
        [],
        True,
        ["csv", "parquet", "jsonl"],
    )
    (Path(folder) / "families.csv").write_text("spoilt")
    assert main(["export-check", folder, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["column"]) for one in told["errors"]] == [
        ("open_data_file_differs", "families.csv")
    ]
