"""Killed anywhere while a backup is laid back: nothing of it is served, and the next run brings all of it."""

import json
import signal
import subprocess
import sys

import pytest

from ratedparts import cli
from ratedparts.backup import back_up
from ratedparts.installation import Installation
from ratedparts.settings import Settings
from ratedparts.store_verification import Store, verify_store
from tests.faults.killing import ROOT

# What is on the way through: the first call of each dies before it does anything, or in the middle of it.
PLACES = {
    "with the marker alone": "restoring._lay_files = die",
    "after some blobs": "counted(ObjectBlobs, 'put_file', 3)",
    "with all files and no row": "restoring.load = die",
    "among the rows": "counted(loading, '_fill', 12)",
    "before the schema of today": "loading._set_counters = die",
    "before the rows are kept": "after(loading, '_tell')",
    "with all rows, before the marker goes": "restoring.end = die",
}
PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from ratedparts.app import create_app
from ratedparts.backup import loading, restoring
from ratedparts.blobs.store import ObjectBlobs
from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.settings import Settings

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def counted(owner, name, least):
    real, calls = getattr(owner, name), []
    def call(*given, **more):
        calls.append(name)
        return die() if len(calls) == least else real(*given, **more)
    setattr(owner, name, call)

def after(owner, name):
    real = getattr(owner, name)
    def call(*given, **more):
        real(*given, **more)
        die()
    setattr(owner, name, call)

def restore(place):
    exec(place)
    restoring.restore(Installation(settings), Path(order["folder"]))

def refused(start):
    try:
        start()
    except RatedPartsError as error:
        return error.code

def begin(_):
    codes = [
        refused(lambda: create_app(settings)),
        refused(lambda: Installation(settings).prepare()),
        refused(lambda: Installation(settings).begin_rounds()),
    ]
    os._exit(0 if codes == ["restore_unfinished"] * 3 else 1)

def ending_of(do, given):
    child = os.fork()
    if child == 0:
        do(given)
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

order = json.load(sys.stdin)
settings = Settings.read(order["environ"])
print(json.dumps([[ending_of(restore, place), ending_of(begin, None)] for place in order["places"]]))
"""


@pytest.fixture
def environ(databases, tmp_path):
    var = tmp_path / "elsewhere"
    url = databases.new_url() if databases.kind == "postgresql" else f"sqlite:///{var / 'ratedparts.sqlite'}"
    yield {"RATEDPARTS_ENVIRONMENT": "test", "RATEDPARTS_VAR": str(var), "DATABASE_URL": url}
    if databases.kind == "postgresql":
        databases.forget(url)


def test_killed_at_every_place_in_turn_it_is_refused_and_ends_whole(
    lived, environ, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "backup"
    back_up(lived.installation, folder)
    order = {"places": list(PLACES.values()), "environ": environ, "folder": str(folder)}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    endings = dict(zip(PLACES, json.loads(ended.stdout), strict=True))
    # Killed in the middle of it; and then neither a server nor a worker begins.
    assert endings == {place: [-signal.SIGKILL, 0] for place in PLACES}, ended.stderr
    settings = Settings.read(environ)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for command in (["serve"], ["migrate"], ["keys", "list"], ["release", "--nothing-outside", "x"]):
        assert cli.main(command) == 1
        assert "restore_unfinished" in capsys.readouterr().err
    assert cli.main(["restore", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert not settings.unfinished_restore.exists()
    here = Installation(settings)
    report = verify_store(Store.of(here))
    assert report.codes == ()
    here.database.dispose()
    assert cli.main(["restore", str(folder)]) == 1, "it is not empty any more"
    assert "installation_not_empty" in capsys.readouterr().err
    assert cli.main(["release", "--nothing-outside", "a test"]) == 0
    assert told["log_size"] > 0


def test_the_commands_take_check_and_lay_back_a_backup(certified, environ, tmp_path, monkeypatch, capsys):
    first = {**environ, "RATEDPARTS_VAR": str(certified.installation.settings.var)}
    first["DATABASE_URL"] = certified.installation.settings.database_url
    for name, value in first.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "backup"
    assert cli.main(["backup", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["blobs"] > 0
    assert told["environment"] == "test"
    assert cli.main(["backup", str(folder)]) == 1
    assert "folder_not_empty" in capsys.readouterr().err
    assert cli.main(["backup", str(tmp_path / "second"), "--since", str(folder)]) == 0
    assert f"earlier backup: {told['blobs']}" in capsys.readouterr().out
    assert cli.main(["restore", str(folder), "--check"]) == 0
    (folder / "blobs.txt").write_bytes(b"")
    for language in ("en", "zh_CN"):
        assert cli.main(["--language", language, "restore", str(folder), "--check"]) == 1
        assert "backup_file_differs" in capsys.readouterr().err
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["restore", str(tmp_path / "second")]) == 0
    with pytest.raises(SystemExit):
        cli.main(["release"])
    assert cli.main(["release", "--checkpoint", str(tmp_path / "none")]) == 2
    capsys.readouterr()
