"""The bundle of a certificate holds what its plans agreed to, and a stranger recomputes it all the same."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.certificates.rechecking import recheck_bundle
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import EvidenceColumn
from ratedparts.proofs import read_bundle, verify_file, write_bundle
from ratedparts.proofs.bundle import MANIFEST, columns_in, evidence_in
from ratedparts.proofs.evidence_columns import OpenColumns


@pytest.fixture
def downloaded(certified):
    return bundle_of(certified, certified.facts["number"])


def bundle_of(world, number):
    app = create_app(world.installation.settings, world.clock)
    answer = app.test_client().get(f"/api/v1/certificates/{number}/bundle")
    app.extensions["ratedparts"].database.dispose()
    assert answer.status_code == 200
    return answer.data


def verdict(world, content):
    with world.reading() as work:
        return verify_file(content, trust=published_keys(work), at=work.at)


def changed(content, change):
    files = {name: body for name, body in read_bundle(content).items() if name != MANIFEST}
    return write_bundle(change(files))


def test_instruments_and_operators_are_in_no_file_of_the_bundle(certified, downloaded):
    files = read_bundle(downloaded)
    assert evidence_in(files) == {}
    for opened in columns_in(files).values():
        assert not {"instrument_id", "operator"} & set(opened.cells)
    assert not any(b"INSTRUMENT-1" in body for body in files.values())
    assert {"rule_set.json", "protocols/MLCC-HTL@1.toml", "protocols/PAR-CPK@2.toml"} <= set(files)


def test_without_them_it_is_valid_and_recomputed_the_same(certified, downloaded):
    found = verdict(certified, downloaded)
    assert found.verdict == "valid", found.reasons
    assert {"evidence", "protocols", "rule_set", "dossier", "log_inclusion"} <= {
        check.name for check in found.checks if check.result == "passed"
    }
    assert "evidence_columns_withheld" in found.codes
    assert recheck_bundle(downloaded, certified.library).differences == ()


def test_the_certificate_lists_the_digest_of_every_column_withheld_or_not(downloaded):
    subject = json.loads(read_bundle(downloaded)["credential.json"])["credentialSubject"]
    for entry in subject["evidence"]:
        names = {column["name"] for column in entry["columns"]}
        assert set(entry["withheld"]) <= names
        assert "instrument_id" in names
        assert int(entry["rows"]) > 0


def test_a_plan_may_publish_every_column(certified):
    certified.clock.now += timedelta(days=1)
    certified.new_evidence(publication="all_columns")
    content = bundle_of(certified, certified.issue(certified.approve()))
    (whole,) = evidence_in(read_bundle(content)).values()
    assert b"INSTRUMENT-1" in whole
    assert verdict(certified, content).verdict == "valid"
    assert recheck_bundle(content, certified.library).same


def test_a_plan_says_what_is_published_or_is_refused(rated):
    with pytest.raises(RatedPartsError) as refused:
        rated.register_plan(publication="nothing")
    assert [(fault.code, fault.column) for fault in refused.value.items] == [("not_a_choice", "publication")]


def test_a_changed_measurement_is_named_by_verify_and_by_recheck(certified, downloaded):
    def longer(files):
        """Every unit a little further from its limits, and the digest of nothing would tell."""
        (name,) = [
            f"evidence/{digest.removeprefix('sha256:')}"
            for digest, opened in columns_in(files).items()
            if "value" in opened.cells and "L1" in opened.cells["lot_code"]
        ]
        (opened,) = [one for digest, one in columns_in(files).items() if name.endswith(digest[-20:])]
        cells = {**opened.cells, "value": [f"{float(value) * 1.0001:.6f}" for value in opened.cells["value"]]}
        return {**files, f"{name}.columns.csv": OpenColumns(opened.salts, cells).as_csv()}

    forged = changed(downloaded, longer)
    assert verdict(certified, forged).codes[0] == "bundle_column_differs"
    result = recheck_bundle(forged, certified.library)
    assert not result.same
    assert any(".capability." in difference["path"] for difference in result.differences)


def test_a_salt_of_a_withheld_column_stands_nowhere(certified, downloaded):
    with certified.reading() as work:
        secret = work.session.scalars(
            select(EvidenceColumn.salt).where(EvidenceColumn.name.in_(("instrument_id", "operator")))
        ).all()
    assert secret
    assert not any(salt.encode() in downloaded for salt in secret)
