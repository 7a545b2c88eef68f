"""Evidence of which columns are withheld: what is open is verified, and what is not cannot be tried."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    Verdict,
    build_bundle,
    canonical_bytes,
    digest_of,
    read_bundle,
    verify_file,
    write_bundle,
)
from ratedparts.proofs.bundle import MANIFEST, columns_in
from ratedparts.proofs.evidence_columns import OpenColumns, column_digest, read_open_columns

from .samples import DOSSIER, ISSUED_AT, TRUST, leaf_for, logged, signed, unsigned

SALT = bytes(range(16))
CELLS = {
    "unit_id": ["U1", "U2", "U3"],
    "instrument_id": ["LCR-1", "LCR-1", "LCR-2"],
    "cap_nF": ["100.0", "", "9.95e1"],
    "fa_ref": ['crack, "left" side', "line\r\nbreak", "样品"],
}
SALTS = {name: hashlib.sha256(name.encode()).digest()[:16] for name in CELLS}
WHOLE = OpenColumns(SALTS, CELLS)
DIGEST = digest_of(WHOLE.as_csv())
PROTOCOL = b'id = "MLCC-HTL"\n'
RULES = b'{"id":"CEG-2026.1"}'


def opened(*names: str) -> OpenColumns:
    return OpenColumns({name: SALTS[name] for name in names}, {name: CELLS[name] for name in names})


OPEN = opened("unit_id", "cap_nF", "fa_ref")


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "digest": DIGEST,
        "rows": "3",
        "columns": [{"name": name, "digest": digest} for name, digest in WHOLE.digests().items()],
        "withheld": ["instrument_id", "operator"],
        **changes,
    }


def certificate(**changes: Any) -> dict[str, Any]:
    document = unsigned()
    document["credentialSubject"]["evidence"] = [entry(**changes)]
    named = {"name": "MLCC-HTL@1", "digest": hashlib.sha256(PROTOCOL).hexdigest()}
    document["credentialSubject"]["protocols"] = [named]
    document["credentialSubject"]["rule_set"] = {"name": "CEG-2026.1", "digest": digest_of(RULES)}
    return signed(document)


def bundle(
    inside: OpenColumns = OPEN, protocol: bytes = PROTOCOL, rules: bytes = RULES, **changes: Any
) -> bytes:
    secured = certificate(**changes)
    log = logged(leaf_for(secured))
    return build_bundle(
        credential=canonical_bytes(secured),
        checkpoint=log.checkpoint.decode(),
        inclusion=log.inclusion_json(),
        keys=canonical_bytes(TRUST.to_json()),
        dossier=DOSSIER,
        evidence=(),
        columns={DIGEST: inside},
        protocols={"MLCC-HTL@1": protocol},
        rule_set=rules,
        readme="A certificate with its evidence.\n",
    )


def verdict(content: bytes) -> Verdict:
    return verify_file(content, trust=TRUST, at=ISSUED_AT)


def told(content: bytes) -> tuple[str, str]:
    found = verdict(content)
    return found.verdict, found.codes[0]


def result(content: bytes, name: str) -> str:
    return {check.name: check.result for check in verdict(content).checks}[name]


@pytest.mark.parametrize("pieces", [[], [["a"]], [["a", 'quoted "x" \\'], [], ["样品", "\r\n\t\x7f"]]])
def test_a_column_is_digested_as_its_salt_and_its_canonical_json(pieces: Sequence[Sequence[str]]) -> None:
    cells = [cell for piece in pieces for cell in piece]
    assert column_digest(SALT, pieces) == digest_of(SALT + canonical_bytes(cells))


def test_what_is_written_is_read_back() -> None:
    again = read_open_columns(WHOLE.as_csv(), WHOLE.salts_json())
    assert (again.cells, again.salts, again.rows) == (CELLS, SALTS, 3)
    assert columns_in(read_bundle(bundle())) == {DIGEST: OPEN}


@pytest.mark.parametrize(
    ("content", "salts"),
    [
        (OPEN.as_csv().replace(b"U1", b'"U1"'), OPEN.salts_json()),
        (OPEN.as_csv().replace(b"\r\n", b"\n"), OPEN.salts_json()),
        (OPEN.as_csv() + b"\r\n", OPEN.salts_json()),
        (OPEN.as_csv()[:-20], OPEN.salts_json()),
        (b"", OPEN.salts_json()),
        (b"\xff", OPEN.salts_json()),
        (OPEN.as_csv(), opened("unit_id").salts_json()),
        (OPEN.as_csv(), WHOLE.salts_json()),  # nor the salt of what is withheld
        (OPEN.as_csv(), OPEN.salts_json().replace(b'":"', b'": "')),
        (OPEN.as_csv(), b"[]"),
    ],
)
def test_columns_spelled_otherwise_are_refused(content: bytes, salts: bytes) -> None:
    with pytest.raises(RatedPartsError, match="bundle_columns_malformed"):
        read_open_columns(content, salts)


def test_open_columns_are_valid_and_the_withheld_are_named() -> None:
    found = verdict(bundle())
    assert found.verdict == "valid"
    (note,) = [reason for reason in found.reasons if reason.code == "evidence_columns_withheld"]
    assert note.parameters == {"columns": "instrument_id", "count": 1}
    for name in ("evidence", "protocols", "rule_set", "dossier"):
        assert result(bundle(), name) == "passed"


def test_a_bundle_without_the_salts_of_its_columns_is_refused() -> None:
    files = {name: body for name, body in read_bundle(bundle()).items() if name != MANIFEST}
    (salts,) = [name for name in files if name.endswith(".salts.json")]
    del files[salts]
    assert told(write_bundle(files)) == ("invalid", "bundle_file_missing")


def test_another_cell_under_the_same_digest_is_found_out() -> None:
    cells = {**OPEN.cells, "cap_nF": ["101.0", "", "9.95e1"]}
    assert told(bundle(OpenColumns(OPEN.salts, cells))) == ("invalid", "bundle_column_differs")
    assert result(bundle(OpenColumns(OPEN.salts, cells)), "evidence") == "failed"


def test_a_column_that_the_certificate_does_not_know_is_found_out() -> None:
    more = OpenColumns({**OPEN.salts, "note": SALT}, {**OPEN.cells, "note": ["", "", ""]})
    assert told(bundle(more)) == ("invalid", "bundle_column_differs")


def test_columns_in_another_order_are_found_out() -> None:
    assert told(bundle(opened("cap_nF", "unit_id", "fa_ref"))) == ("invalid", "bundle_columns_malformed")


def test_a_column_that_may_not_be_withheld_leaves_the_answer_open() -> None:
    assert told(bundle(opened("unit_id", "cap_nF"))) == ("cannot_tell", "bundle_column_missing")


def test_other_rows_than_the_certificate_says_are_found_out() -> None:
    assert told(bundle(rows="4")) == ("invalid", "bundle_columns_malformed")


@pytest.mark.parametrize("changes", [{"columns": None}, {"columns": [{"name": "unit_id"}]}, {"withheld": 3}])
def test_a_certificate_that_does_not_say_what_its_columns_are_is_malformed(changes: Any) -> None:
    assert told(bundle(**changes)) == ("invalid", "credential_malformed")


def test_columns_of_a_file_that_the_certificate_does_not_name_are_found_out() -> None:
    assert told(bundle(digest=digest_of(b"another")))[1] == "bundle_evidence_not_named"


def test_another_protocol_than_the_certificate_names_is_found_out() -> None:
    assert told(bundle(protocol=PROTOCOL + b"#")) == ("invalid", "bundle_protocol_differs")
    assert result(bundle(protocol=PROTOCOL + b"#"), "protocols") == "failed"


def test_another_rule_set_than_the_certificate_names_is_found_out() -> None:
    assert told(bundle(rules=RULES + b" ")) == ("invalid", "bundle_rule_set_differs")
    assert result(bundle(rules=RULES + b" "), "rule_set") == "failed"


def test_one_byte_changed_anywhere_in_the_open_columns_is_never_valid() -> None:
    """Also where whoever changed it has written the manifest anew."""
    files = {name: body for name, body in read_bundle(bundle()).items() if name != MANIFEST}
    for name in [name for name in files if name.endswith((".columns.csv", ".salts.json"))]:
        body = files[name]
        for position in range(len(body)):
            spoiled = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
            content = write_bundle({**files, name: spoiled})
            assert verdict(content).verdict != "valid", (name, position)
            assert result(content, "evidence") in ("failed", "unknown"), (name, position)
