"""What is good enough for a test starts nowhere else: tests/faults/README.md, F 87."""

import threading

import pytest

from ratedparts.app import create_app, session_secret
from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.settings import Settings
from ratedparts.web.requests import EXTENSION


@pytest.mark.parametrize("environment", ["production", "demonstration"])
def test_no_application_starts_in_debug_mode(tmp_path, monkeypatch, environment):
    settings = Settings.read({"RATEDPARTS_VAR": str(tmp_path), "RATEDPARTS_ENVIRONMENT": environment})
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(RatedPartsError) as refused:
        create_app(settings)
    assert refused.value.code == "debug_mode_refused"
    monkeypatch.delenv("FLASK_DEBUG")
    app = create_app(settings)
    assert not app.debug
    app.extensions[EXTENSION].database.dispose()


def test_no_application_of_another_server_starts_in_production_with_stand_ins(tmp_path, monkeypatch):
    """A server that starts several processes makes the application itself, from the environment."""
    monkeypatch.setenv("RATEDPARTS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", "production")
    with pytest.raises(RatedPartsError) as refused:
        create_app()
    assert refused.value.code == "settings_refused"
    assert {"file_key_in_production", "mail_server_missing"} <= {one.code for one in refused.value.items}
    assert not (tmp_path / "var").exists()


def test_an_installation_in_production_does_not_start_with_keys_in_files(tmp_path):
    settings = Settings.read({"RATEDPARTS_VAR": str(tmp_path), "RATEDPARTS_ENVIRONMENT": "production"})
    installation = Installation(settings)
    with pytest.raises(RatedPartsError) as refused:
        installation.prepare()
    assert refused.value.code == "file_key_in_production"
    assert not list(tmp_path.rglob("*.pem")), "and it makes none by the way"
    installation.database.dispose()


def test_every_installation_has_a_secret_of_its_own(tmp_path):
    secrets = set()
    for name in ("one", "other"):
        app = create_app(Settings.read({"RATEDPARTS_VAR": str(tmp_path / name)}))
        secrets.add(app.config["SECRET_KEY"])
        assert len(app.config["SECRET_KEY"]) == 64
        assert (tmp_path / name / "session.key").stat().st_mode & 0o077 == 0
        app.extensions[EXTENSION].database.dispose()
    assert len(secrets) == 2


def test_processes_that_start_at_once_for_the_first_time_have_one_secret(tmp_path):
    """And none has an empty one, which would be read where the file is there and not written yet."""
    for attempt in range(50):
        start, found = threading.Barrier(8), []

        def begin(path=tmp_path / str(attempt) / "session.key", start=start, found=found):
            start.wait()
            found.append(session_secret(path))

        threads = [threading.Thread(target=begin) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1
        assert len(found[0]) == 64
        assert [path.name for path in (tmp_path / str(attempt)).iterdir()] == ["session.key"]
