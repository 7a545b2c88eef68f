"""Settings are read whole or refused whole, with every fault and without a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from limits.storage import SCHEMES

from ratedparts.errors import RatedPartsError
from ratedparts.settings import KNOWN_VARIABLES, RateLimitStore, Settings
from ratedparts.settings.rate_limit_store import CLIENTS


class Watched(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """An environment that a production installation may serve with."""
    (tmp_path / "driver.so").write_bytes(b"")
    (tmp_path / "chain.pem").write_bytes(b"")
    return {
        "RATEDPARTS_ENVIRONMENT": "production",
        "RATEDPARTS_VAR": str(tmp_path),
        "PUBLIC_URL": "https://rated.example",
        "MAIL_SERVER": "smtps://user:hunter22@mail.example",
        "MAIL_FROM": "authority@rated.example",
        "PKCS11_MODULE": str(tmp_path / "driver.so"),
        "PKCS11_TOKEN": "authority",
        "PKCS11_PIN": "493827",
        "DOCUMENT_CERTIFICATES": str(tmp_path / "chain.pem"),
    }


def faults(environ: Mapping[str, str], *, serve: bool = False) -> list[tuple[str | None, str]]:
    try:
        Settings.read_to_serve(environ) if serve else Settings.read(environ)
    except RatedPartsError as error:
        return [(fault.column, fault.code) for fault in error.items]
    return []


def test_what_is_read_is_what_is_known(production: dict[str, str]) -> None:
    environ = Watched({**production, "PKCS11_PIN_FILE": "/x"})
    Settings.read_with_faults(environ)
    assert environ.asked == KNOWN_VARIABLES


def test_every_variable_is_optional() -> None:
    settings = Settings.read({})
    assert (settings.workers, settings.web_processes, settings.rate_limits) == (1, 1, RateLimitStore())
    assert settings.blob_address is None
    assert not settings.rate_limits.shared


def test_every_fault_is_named_at_once() -> None:
    wrong = {
        "RATEDPARTS_ENVIRONMENT": "live",
        "PORT": "0",
        "PUBLIC_URL": "rated.example",
        "DATABASE_URL": "mysql://user:hunter22@host/name",
        "BLOB_URL": "ftp://host",
        "RATE_LIMIT_URL": "redis://",
        "WORKERS": "many",
        "WEB_PROCESSES": "0",
        "MAIL_SERVER": "mail.example",
        "WEBHOOKS_TO_PRIVATE_ADDRESSES": "perhaps",
    }
    assert [column for column, _ in faults(wrong)] == [
        "RATEDPARTS_ENVIRONMENT",
        "PORT",
        "PUBLIC_URL",
        "DATABASE_URL",
        "BLOB_URL",
        "RATE_LIMIT_URL",
        "WORKERS",
        "WEB_PROCESSES",
        "MAIL_SERVER",
        "MAIL_FROM",
        "WEBHOOKS_TO_PRIVATE_ADDRESSES",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:hunter22@host/name",
        "postgresql+psycopg2://user:hunter22@host/name",
        "postgresql://user:hunter22@host:port/name",
        "sqlite:///",
        "sqlite:///:memory:",
        "hunter22",
        "",
    ],
)
def test_a_database_that_the_platform_does_not_speak_to_is_refused(url: str) -> None:
    assert faults({"DATABASE_URL": url}) == [("DATABASE_URL", "database_address_not_usable")]


@pytest.mark.parametrize("text", ["", "-1", "1.5", "17", "two", "１", "9" * 5000])
def test_a_number_of_workers_that_is_none_is_refused(text: str) -> None:
    assert faults({"WORKERS": text}) == [("WORKERS", "count_not_usable")]


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("1", 1), ("16", 16)])
def test_so_many_workers_may_be_asked_for(text: str, count: int) -> None:
    assert Settings.read({"WORKERS": text}).workers == count


@pytest.mark.parametrize(
    "url",
    ["redis://:hunter22@host:6379/1", "rediss://host", "redis+unix:///run/redis.sock", "memory://"],
)
def test_a_store_of_rate_limits_is_read_and_its_password_not_shown(url: str) -> None:
    store = Settings.read({"RATE_LIMIT_URL": url}).rate_limits
    assert store.url == url
    assert store.shared == (url != "memory://")
    assert "hunter22" not in repr(store)


@pytest.mark.parametrize(
    "url",
    ["", "redis", "redis://", "redis+unix://", "redis://host:port", "async+redis://host", "http://host"],
)
def test_a_store_of_rate_limits_of_no_known_kind_is_refused(url: str) -> None:
    assert faults({"RATE_LIMIT_URL": url}) == [("RATE_LIMIT_URL", "rate_limit_address_not_usable")]


def test_a_store_of_rate_limits_without_its_client_is_refused_by_name() -> None:
    with pytest.raises(RatedPartsError) as refused:
        Settings.read({"RATE_LIMIT_URL": "memcached://host:11211"})
    (fault,) = refused.value.items
    assert (fault.code, fault.parameters) == ("client_library_missing", {"library": "pymemcache"})


def test_the_table_of_stores_is_that_of_the_package_that_counts() -> None:
    assert set(CLIENTS) == {scheme for scheme in SCHEMES if not scheme.startswith("async+")}
    for scheme, client in CLIENTS.items():
        needs: Any = SCHEMES[scheme].DEPENDENCIES
        assert client in needs if client else not needs


def test_production_may_serve_with_all_that_it_needs(production: dict[str, str]) -> None:
    settings = Settings.read_to_serve(production)
    assert not any(secret in repr(settings) for secret in ("hunter22", "493827"))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"PKCS11_MODULE": None, "PKCS11_TOKEN": None, "PKCS11_PIN": None},
            ("PKCS11_MODULE", "file_key_in_production"),
        ),
        ({"DOCUMENT_CERTIFICATES": None}, ("DOCUMENT_CERTIFICATES", "document_certificate_missing")),
        ({"PUBLIC_URL": None}, ("PUBLIC_URL", "public_url_without_tls")),
        ({"PUBLIC_URL": "http://rated.example"}, ("PUBLIC_URL", "public_url_without_tls")),
        ({"MAIL_SERVER": None}, ("MAIL_SERVER", "mail_server_missing")),
        ({"WEB_PROCESSES": "2"}, ("RATE_LIMIT_URL", "rate_limits_not_shared")),
    ],
)
def test_production_does_not_serve_with_a_stand_in(
    production: dict[str, str], changes: dict[str, str | None], fault: tuple[str, str]
) -> None:
    environ = {**production, **changes}
    environ = {name: value for name, value in environ.items() if value is not None}
    assert faults(environ, serve=True) == [fault]
    # A command that serves nobody, such as one that verifies a copy, does without.
    assert faults(environ) == []
    # And what is for trials may be tried.
    assert faults({**environ, "RATEDPARTS_ENVIRONMENT": "demonstration"}, serve=True) == []


def test_web_processes_that_count_together_may_be_many(production: dict[str, str]) -> None:
    assert faults({**production, "WEB_PROCESSES": "2", "RATE_LIMIT_URL": "redis://host"}, serve=True) == []


def test_what_is_wrong_is_not_said_to_be_missing_as_well(production: dict[str, str]) -> None:
    wrong = {**production, "MAIL_SERVER": "mail.example", "PKCS11_TOKEN": "", "DATABASE_URL": "x"}
    assert [column for column, _ in faults(wrong, serve=True)] == [
        "DATABASE_URL",
        "MAIL_SERVER",
        "PKCS11_TOKEN",
    ]


def test_a_pin_given_where_its_file_is_asked_for_is_not_repeated(production: dict[str, str]) -> None:
    del production["PKCS11_PIN"]
    with pytest.raises(RatedPartsError) as refused:
        Settings.read({**production, "PKCS11_PIN_FILE": "493827"})
    assert "493827" not in repr(refused.value.items)
