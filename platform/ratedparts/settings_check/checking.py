"""Every fault of the settings, and every trial that can be made without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ratedparts.db import Clock, Database, system_clock
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.settings import Settings

from .blobs_trial import try_blobs
from .database_trial import only_reading, try_clock, try_database
from .finding import Finding, Outcome
from .folder_trial import try_folder
from .keys_trial import try_keys
from .mail_trial import try_mail
from .rate_limits_trial import try_rate_limits

# Which settings a trial needs: where one of them is refused, the trial would try something else.
NEEDS: Mapping[str, frozenset[str]] = {
    "folder": frozenset(),
    "database": frozenset({"DATABASE_URL"}),
    "clock": frozenset({"DATABASE_URL"}),
    "blobs": frozenset({"BLOB_URL"}),
    "keys": frozenset(
        {"PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN_FILE", "DOCUMENT_CERTIFICATES", "DATABASE_URL"}
    ),
    "mail": frozenset({"MAIL_SERVER", "MAIL_FROM"}),
    "rate_limits": frozenset({"RATE_LIMIT_URL"}),
}


@dataclass(frozen=True)
class Report:
    """``faults`` of the settings by themselves; ``findings`` by the name of the trial."""

    settings: Settings
    faults: tuple[Fault, ...]
    findings: Mapping[str, Finding]

    @property
    def accepted(self) -> bool:
        return not self.faults and all(
            found.outcome is not Outcome.REFUSED for found in self.findings.values()
        )


def check_settings(environ: Mapping[str, str], clock: Clock = system_clock) -> Report:
    """Read the settings as `serve` does, and try what they name.  Nothing is changed, sent or signed."""
    settings, faults = Settings.read_with_faults(environ)
    faults += settings.stand_ins_beside(faults)
    refused = {fault.column for fault in faults}
    findings: dict[str, Finding] = {}

    def attempt(name: str, trial: Callable[[], Finding]) -> None:
        findings[name] = (
            Finding("trial_left_out", Outcome.LEFT_OUT) if NEEDS[name] & refused else _made(trial)
        )

    attempt("folder", lambda: try_folder(settings.var))
    database = None if "DATABASE_URL" in refused else only_reading(settings.database_url, clock)
    try:
        attempt("database", lambda: try_database(database))
        answers = database is not None and findings["database"].outcome is not Outcome.REFUSED
        newest = findings["database"].code == "schema_up_to_date"
        attempt("clock", lambda: _clock(database if answers else None, migrated=newest))
        attempt("blobs", lambda: try_blobs(settings))
        attempt("keys", lambda: try_keys(settings, database if newest else None))
    finally:
        if database is not None:
            database.dispose()
    attempt("mail", lambda: try_mail(settings.mail))
    attempt("rate_limits", lambda: try_rate_limits(settings.rate_limits))
    return Report(settings, tuple(faults), findings)


def _clock(database: Database | None, *, migrated: bool) -> Finding:
    if database is None:
        return Finding("trial_left_out", Outcome.LEFT_OUT)
    return try_clock(database, migrated=migrated)


def _made(trial: Callable[[], Finding]) -> Finding:
    try:
        return trial()
    except RatedPartsError as error:
        values = dict(error.parameters)
        if error.subject is not None:
            values["subject"] = error.subject
        return Finding(error.code, Outcome.REFUSED, values)
    except Exception as error:  # one that nobody foresaw must not keep the other trials from being made
        # Only its kind: its words may hold an address with a password.
        return Finding("trial_failed", Outcome.REFUSED, {"problem": type(error).__name__})
