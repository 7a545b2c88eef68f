"""`settings-check` tries what the settings name, changes nothing, and tells no secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ratedparts import cli
from ratedparts.certificates.key_rotation import rotate
from ratedparts.db.migrating import downgrade
from ratedparts.settings_check import Report, check_settings

from .counting_store import CountingStore, counting_store
from .mail_host import MailHost, host
from .object_store import BUCKET, Line, line, object_store
from .softhsm import PIN, Device, device, with_token
from .world import World

__all__ = ["counting_store", "device", "host", "line", "object_store"]

SECRETS = ("hunter22", "493827")


def environ_of(world: World, **more: str) -> dict[str, str]:
    settings = world.installation.settings
    return {
        "RATEDPARTS_ENVIRONMENT": "test",
        "RATEDPARTS_VAR": str(settings.var),
        "DATABASE_URL": world.database.url,
        **more,
    }


def told(report: Report) -> dict[str, tuple[str, str]]:
    return {name: (found.outcome.value, found.code) for name, found in report.findings.items()}


def every_file(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_an_installation_that_lives_is_fine_and_is_not_changed(founded: World) -> None:
    var = founded.installation.settings.var
    founded.database.dispose()
    before = every_file(var)
    report = check_settings(environ_of(founded), founded.clock if _embedded(founded) else _now)
    assert report.accepted
    assert told(report) == {
        "folder": ("fine", "folder_writable"),
        "database": ("fine", "schema_up_to_date"),
        "clock": ("fine", "clock_agrees"),
        "blobs": ("remark", "folder_to_be_made"),
        "keys": ("fine", "keys_there"),
        "mail": ("remark", "letters_wait"),
        "rate_limits": ("remark", "rate_limits_in_memory"),
    }
    assert every_file(var) == before
    with founded.work():  # beside one that serves
        assert told(check_settings(environ_of(founded), _now))["database"] == ("fine", "schema_up_to_date")


def _embedded(world: World) -> bool:
    return world.database.url.startswith("sqlite")


def _now() -> Any:
    from ratedparts.db import system_clock

    return system_clock()


def test_before_the_first_start_nothing_is_there_and_nothing_is_made(tmp_path: Path) -> None:
    report = check_settings({"RATEDPARTS_VAR": str(tmp_path / "var")})
    assert report.accepted
    assert told(report)["database"] == ("remark", "schema_to_be_made")
    assert told(report)["keys"] == ("remark", "keys_to_be_published")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_not_yet_migrated(database_url: str, tmp_path: Path) -> None:
    report = check_settings({"RATEDPARTS_VAR": str(tmp_path), "DATABASE_URL": database_url})
    assert told(report)["database"] == ("remark", "schema_to_be_made")
    assert report.accepted


def test_a_schema_of_before_is_told_and_one_that_nobody_knows_refused(founded: World) -> None:
    downgrade(founded.database.engine, "-1")
    report = check_settings(environ_of(founded), _now)
    assert told(report)["database"] == ("remark", "schema_to_be_migrated")
    with founded.work() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    founded.database.dispose()
    report = check_settings(environ_of(founded), _now)
    assert told(report)["database"] == ("refused", "schema_unknown")
    assert not report.accepted


def test_a_clock_behind_what_is_on_record_is_refused(founded: World) -> None:
    founded.clock.now -= timedelta(hours=1)
    if _embedded(founded):
        assert told(check_settings(environ_of(founded), founded.clock))["clock"] == (
            "refused",
            "clock_behind",
        )
    else:
        assert told(check_settings(environ_of(founded), founded.clock))["clock"] == (
            "refused",
            "clocks_apart",
        )


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    report = check_settings({"RATEDPARTS_VAR": str(tmp_path / "file" / "var")})
    assert told(report)["folder"] == ("refused", "folder_not_writable")


def test_a_bucket_is_listed_and_one_that_is_not_there_refused(object_store: Line, tmp_path: Path) -> None:
    var = {"RATEDPARTS_VAR": str(tmp_path)}
    assert told(check_settings({**var, "BLOB_URL": f"s3://{BUCKET}/x"}))["blobs"] == (
        "fine",
        "blob_store_answers",
    )
    assert told(check_settings({**var, "BLOB_URL": "s3://no-such-bucket"}))["blobs"] == (
        "refused",
        "blob_store_not_listed",
    )


def test_a_mail_server_is_greeted_and_gets_no_letter(host: MailHost, tmp_path: Path) -> None:
    environ = {"RATEDPARTS_VAR": str(tmp_path), "MAIL_FROM": "a@example.org"}
    address = f"smtp://127.0.0.1:{host.port}"
    assert told(check_settings({**environ, "MAIL_SERVER": address}))["mail"] == (
        "fine",
        "mail_server_answers",
    )
    assert host.taken == []
    refused = check_settings({**environ, "MAIL_SERVER": "smtp://127.0.0.1:1"})
    assert told(refused)["mail"] == ("refused", "mail_server_unavailable")


def test_the_store_of_rate_limits_is_asked(counting_store: CountingStore, tmp_path: Path) -> None:
    counting_store.password = "hunter22"
    for password, expected in (
        ("hunter22", ("fine", "rate_limits_counted")),
        ("wrong", ("refused", "rate_limits_unavailable")),
    ):
        address = f"redis://:{password}@127.0.0.1:{counting_store.port}"
        report = check_settings({"RATEDPARTS_VAR": str(tmp_path), "RATE_LIMIT_URL": address})
        assert told(report)["rate_limits"] == expected


def test_a_token_is_opened_and_its_keys_are_those_that_are_published(founded: World, device: Device) -> None:
    token = device.new_token()
    environ = environ_of(founded, PKCS11_MODULE=str(token.module), PKCS11_TOKEN=token.label, PKCS11_PIN=PIN)

    def keys(**changes: str) -> tuple[str, str]:
        return told(check_settings({**environ, **changes}, founded.clock))["keys"]

    # Those that are published lie in files, and this token is empty.
    assert keys() == ("refused", "signing_key_missing")
    world = with_token(founded, token)
    for purpose in ("certificates", "log", "documents"):
        with world.work() as work:
            rotate(work, world.installation.keys, purpose)
    founded.clock.now += timedelta(minutes=2)
    assert keys() == ("fine", "keys_there")
    assert keys(PKCS11_PIN="000000") == ("refused", "signer_unavailable")
    assert keys(PKCS11_TOKEN="another") == ("refused", "signer_unavailable")
    world.database.dispose()


Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Say:
    """The command with an environment: its exit status, and all that it wrote."""

    def run(environ: dict[str, str], *arguments: str) -> tuple[int, str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        status = cli.main(list(arguments))
        written = capfd.readouterr()
        return status, written.out + written.err

    return run


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_no_secret_is_told_whatever_is_wrong(
    say: Say, tmp_path: Path, language: str, as_json: tuple[str, ...]
) -> None:
    (tmp_path / "driver.so").write_bytes(b"no driver")
    away = {
        "RATEDPARTS_VAR": str(tmp_path / "var"),
        "RATEDPARTS_ENVIRONMENT": "production",
        "DATABASE_URL": "postgresql://user:hunter22@127.0.0.1:1/name",
        "RATE_LIMIT_URL": "redis://:hunter22@127.0.0.1:1",
        "MAIL_SERVER": "smtp://user:hunter22@127.0.0.1:1",
        "MAIL_FROM": "a@example.org",
        "BLOB_URL": "s3://bucket",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hunter22",
        "AWS_ENDPOINT_URL": "http://user:hunter22@127.0.0.1:1",
        "AWS_ALLOW_HTTP": "true",
        "PKCS11_MODULE": str(tmp_path / "driver.so"),
        "PKCS11_TOKEN": "authority",
        "PKCS11_PIN": "493827",
        "DOCUMENT_CERTIFICATES": str(tmp_path / "driver.so"),
    }
    status, written = say(away, "--language", language, "settings-check", *as_json)
    assert status == 1
    for code in ("database_unavailable", "blob_store_not_listed", "mail_server_unavailable"):
        assert code in written
    for code in ("rate_limits_unavailable", "signer_unavailable", "public_url_without_tls"):
        assert code in written
    assert not [secret for secret in SECRETS if secret in written]
    wrong = {
        **away,
        "DATABASE_URL": "mysql://user:hunter22@127.0.0.1/name",
        "RATE_LIMIT_URL": "rodis://:hunter22@127.0.0.1:1",
        "MAIL_SERVER": "user:hunter22@127.0.0.1",
        "BLOB_URL": "s3://user:hunter22@bucket",
        "PUBLIC_URL": "https://user:hunter22@rated.example",
        "PKCS11_PIN_FILE": "493827",
    }
    status, written = say(wrong, "--language", language, "settings-check", *as_json)
    assert status == 1
    assert not [secret for secret in SECRETS if secret in written]
    for command in ("serve", "worker"):
        status, written = say(wrong, "--language", language, command)
        assert status == 2
        assert "RATE_LIMIT_URL" in written
        assert not [secret for secret in SECRETS if secret in written]


def test_programs_get_codes_variables_and_sentences(say: Say, tmp_path: Path) -> None:
    environ = {"RATEDPARTS_VAR": str(tmp_path), "PORT": "no", "WORKERS": "99"}
    status, written = say(environ, "--language", "en", "settings-check", "--json")
    answer = json.loads(written)
    assert (status, answer["accepted"], answer["error_count"]) == (1, False, 2)
    assert [(one["column"], one["code"]) for one in answer["errors"]] == [
        ("PORT", "port_not_usable"),
        ("WORKERS", "count_not_usable"),
    ]
    assert "between 0 and 16" in answer["errors"][1]["message"]
    assert {one["name"] for one in answer["trials"]} == {
        "folder",
        "database",
        "clock",
        "blobs",
        "keys",
        "mail",
        "rate_limits",
    }


def test_all_fine_ends_with_zero_and_wrong_use_with_two(say: Say, tmp_path: Path) -> None:
    assert say({"RATEDPARTS_VAR": str(tmp_path)}, "settings-check")[0] == 0
    with pytest.raises(SystemExit) as leaving:
        cli.main(["settings-check", "--send-a-letter"])
    assert leaving.value.code == 2


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_does_not_begin_with_what_is_for_trials(say: Say, tmp_path: Path, command: str) -> None:
    var = tmp_path / "var"
    status, written = say({"RATEDPARTS_VAR": str(var), "RATEDPARTS_ENVIRONMENT": "production"}, command)
    assert status == 2
    for code in ("file_key_in_production", "public_url_without_tls", "mail_server_missing"):
        assert code in written
    assert not var.exists(), "and nothing was made by the way"
