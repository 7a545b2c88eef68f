"""A value of a backup's line is the same value again, to the last bit."""

import json
import math
import uuid
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ratedparts.backup.rows import read, written
from ratedparts.backup.stored_tables import KINDS, tables_at
from ratedparts.db.migrating import newest_revision
from ratedparts.store_verification.kept_blobs import NAMING

# Columns with a digest of something that is no blob: of a text, of a row, or of a file that was refused.
NO_BLOBS = {
    "access_token.token_digest",
    "audit_line.line_digest",
    "audit_line.previous_digest",
    "certificate.payload_digest",
    "certificate_document.unsigned_digest",
    "evaluation.dossier_digest",
    "evidence.protocol_digest",
    "evidence_column.digest",
    "failed_sign_in.email_digest",
    "one_time_link.token_digest",
    "password_reset_request.email_digest",
    "repeatable_request.request_digest",
    "restoration.backup_digest",
    "shadow_run.rule_set_digest",
    "sign_in.token_digest",
    "stored_figures.dossier_digest",
    "stored_figures.measuring_digest",
    "submission.file_digest",
}


def through_a_line(kind, value):
    return read(kind, json.loads(json.dumps(written(kind, value), ensure_ascii=False, allow_nan=False)))


@pytest.mark.parametrize(
    "value",
    [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 1e22, 2.0, math.inf, -math.inf, math.nan],
)
def test_a_double_keeps_its_bits(value):
    assert through_a_line("double", value).hex() == value.hex()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uuid", uuid.UUID(int=1)),
        ("integer", 2**63 - 1),
        ("boolean", False),
        ("date", date(2026, 2, 28)),
        ("instant", datetime(2026, 11, 23, 9, 0, 0, 1, tzinfo=UTC)),
        ("text", "“容值”\n\u2028 \U0001f4a1 \\"),
        ("json", '{"b":1.00,"a":12345678901234567890.10, "b":null}'),
        ("text", None),
    ],
)
def test_every_kind_comes_back_as_it_was(kind, value):
    assert through_a_line(kind, value) == value


def test_an_instant_of_another_zone_is_the_same_instant():
    value = datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=8)))
    assert written("instant", value) == "2025-12-31T23:00:00.000000+00:00"
    assert through_a_line("instant", value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [("integer", 1.5), ("integer", True), ("boolean", 1), ("text", 5), ("uuid", "x"), ("double", "1,5")],
)
def test_what_a_kind_is_never_written_as_is_refused(kind, value):
    with pytest.raises(ValueError, match=r"."):
        read(kind, value)


def test_every_column_has_a_kind_and_every_column_with_a_digest_is_known_to_name_a_blob_or_not():
    tables = tables_at(newest_revision())
    assert {kind for one in tables for kind in one.columns.values()} <= set(KINDS.values())
    found = {
        f"{one.name}.{column}"
        for one in tables
        for column in one.columns
        if column == "digest" or column.endswith("_digest")
    }
    assert found == NO_BLOBS | set(NAMING)
