"""Keys have windows: before and after them they sign nothing, and what they signed inside stays good."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.audit.models import AuditLine
from ratedparts.certificates.key_rotation import NOTICE, retire, revoke, rotate
from ratedparts.certificates.models import IssuingKeyRecord
from ratedparts.certificates.signing_keys import key_rows, published_keys
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.cli import main
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import LogRecord, format_instant, parse_json, sign_document, verify_certificate
from ratedparts.web.requests import EXTENSION

SECOND = timedelta(seconds=1)


def refusal(do, *arguments):
    with pytest.raises(RatedPartsError) as refused:
        do(*arguments)
    return refused.value


def rotated(world, purpose="certificates", start=None):
    with world.work() as work:
        return rotate(work, world.installation.keys, purpose, start)


def current(world, purpose="certificates"):
    with world.reading() as work:
        return world.installation.keys.current(work, purpose)


def verdict_on(world, secured):
    with world.reading() as work:
        return verify_certificate(secured, trust=published_keys(work), at=world.clock.now)


def credential(world):
    with world.reading() as work:
        return parse_json(certificate_by_number(work, world.facts["number"]).credential)


def signed_again(world, key, created):
    secured = credential(world)
    payload = {name: value for name, value in secured.items() if name != "proof"}
    payload["issuer"] = {**payload["issuer"], "id": key.id.partition("#")[0]}
    return sign_document(payload, key, verification_method=key.id, created=created)


def test_a_new_key_begins_where_the_old_one_ends_and_the_old_certificates_stay_valid(certified):
    before, old = credential(certified), current(certified)
    start = certified.clock.now + timedelta(hours=1)
    new = rotated(certified, start=start)
    certified.clock.now = start - SECOND
    assert current(certified).id == old.id
    certified.clock.now = start
    assert current(certified).id == new.id
    assert verdict_on(certified, before).verdict == "valid"
    after = signed_again(certified, new, start)
    assert verdict_on(certified, after).verdict == "valid"
    app = create_app(certified.installation.settings, certified.clock)
    listed = app.test_client().get("/api/v1/keys").json["keys"]
    windows = {key["id"]: (key["valid_from"], key["valid_until"]) for key in listed}
    assert windows[old.id][1] == windows[new.id][0] == format_instant(start)
    assert windows[new.id][1] is None
    page = app.test_client().get("/keys", headers={"Accept-Language": "en"}).text
    assert "no longer in use" in page
    app.extensions[EXTENSION].database.dispose()


def test_a_key_used_before_its_start_or_after_its_end_is_refused_when_verifying(certified):
    old = current(certified)
    start = certified.clock.now + timedelta(hours=1)
    new = rotated(certified, start=start)
    certified.clock.now = start + timedelta(days=1)
    for key, created in ((new, start - SECOND), (old, start)):
        verdict = verdict_on(certified, signed_again(certified, key, created))
        assert (verdict.verdict, verdict.codes[0]) == ("invalid", "key_outside_window")


def test_two_keys_active_at_once_are_refused_when_signing_and_when_verifying(certified):
    secured = credential(certified)
    rotated(certified)
    with certified.work() as work:  # somebody with the database at hand takes the windows away
        for row in key_rows(work, "certificates", certified.installation.settings.environment):
            row.valid_until, row.valid_from = None, certified.clock.now - timedelta(days=200)
    refused = refusal(current, certified)
    assert (refused.code, refused.kind) == ("several_keys_in_window", Kind.UNAVAILABLE)
    verdict = verdict_on(certified, secured)
    assert (verdict.verdict, verdict.codes[0]) == ("cannot_tell", "several_keys_in_window")


def test_a_certificate_is_issued_with_the_key_of_its_hour(rated):
    review_id = rated.approve()
    intent = rated.intend(review_id)
    new = rotated(rated)
    rated.clock.now += NOTICE
    number = rated.sign(intent)
    rated.facts["number"] = number
    secured = credential(rated)
    assert secured["proof"]["verificationMethod"] == new.id
    assert verdict_on(rated, secured).verdict == "valid"


def test_a_new_key_of_the_log_signs_what_comes_and_proves_what_was(certified):
    rotated(certified, "log")
    certified.clock.now += NOTICE
    with certified.work() as work:
        certificate = certificate_by_number(work, certified.facts["number"])
        log = certified.installation.log
        for _ in range(2):
            log.append(work, "suspended", certificate)
        evidence = log.evidence_of_issue(work, certificate.number)
        found = verify_certificate(
            parse_json(certificate.credential),
            trust=published_keys(work),
            at=work.at,
            find_in_log=lambda number: LogRecord(evidence),
        )
    assert found.verdict == "valid"


def test_a_retired_key_leaves_nobody_who_signs_and_reading_goes_on(certified):
    key = current(certified)
    with certified.work() as work:
        retire(work, key.id)
    certified.clock.now += NOTICE
    assert refusal(current, certified).code == "no_key_in_window"
    assert verdict_on(certified, credential(certified)).verdict == "valid"
    with pytest.raises(RatedPartsError) as refused, certified.work() as work:
        retire(work, key.id, certified.clock.now + timedelta(days=1))
    assert refused.value.code == "key_has_ended"
    # A new key begins as soon as somebody lets it.
    new = rotated(certified)
    certified.clock.now += NOTICE
    assert current(certified).id == new.id


def test_a_compromised_key_is_revoked_once_with_its_reason_in_the_audit_log(certified):
    key, since = current(certified), certified.clock.now - timedelta(hours=1)
    for at, reason, code in (
        (certified.clock.now + SECOND, "stolen", "key_revocation_ahead"),
        (since, "  ", "key_reason_needed"),
    ):
        with pytest.raises(RatedPartsError) as refused, certified.work() as work:
            revoke(work, key.id, at, reason)
        assert refused.value.code == code
    with certified.work() as work:
        revoke(work, key.id, since, "a copy of the disk was sold")
    with pytest.raises(RatedPartsError) as refused, certified.work() as work:
        revoke(work, key.id, since - SECOND, "again")
    assert refused.value.code == "key_revoked_already"
    assert refusal(current, certified).code == "no_key_in_window"
    assert verdict_on(certified, credential(certified)).verdict != "valid"
    with certified.reading() as work:
        line = work.session.scalars(select(AuditLine).where(AuditLine.verb == "revoke_key")).one()
        assert line.facts == {"reason": "a copy of the disk was sold", "revoked_at": format_instant(since)}
        assert line.subject_id == key.id
    new = rotated(certified)
    certified.clock.now += NOTICE
    assert current(certified).id == new.id
    assert verdict_on(certified, signed_again(certified, new, certified.clock.now)).verdict == "valid"


def test_a_change_leaves_those_who_are_signing_time_to_finish(certified):
    now = certified.clock.now
    for start in (now - timedelta(days=1), now, now + NOTICE - SECOND):
        assert refusal(rotated, certified, "log", start).code == "key_change_too_soon"
    assert refusal(rotated, certified, "letters").code == "key_purpose_unknown"
    first = rotated(certified, "log", now + timedelta(days=1))
    assert refusal(rotated, certified, "log", now + timedelta(days=2)).code == "key_change_planned"
    with certified.reading() as work:
        assert work.session.get_one(IssuingKeyRecord, first.id).valid_until is None


def test_an_unknown_key_is_not_found(certified):
    for do in (lambda work: retire(work, "did:key:x"), lambda work: revoke(work, "x", work.at, "why")):
        with pytest.raises(RatedPartsError) as refused, certified.work() as work:
            do(work)
        assert refused.value.kind is Kind.NOT_FOUND


def test_the_keys_of_a_lost_folder_are_missed_not_replaced(certified):
    known = {key.id for key in published(certified)}
    for path in certified.installation.settings.keys.glob("*.pem"):
        path.unlink()
    certified.installation.prepare()
    assert {key.id for key in published(certified)} == known
    assert refusal(current, certified).code == "signing_key_missing"
    new = rotated(certified)
    certified.clock.now += NOTICE
    assert current(certified).id == new.id


def published(world):
    with world.reading() as work:
        return published_keys(work).keys


def test_the_command_lists_and_rotates_and_says_what_it_refuses(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RATEDPARTS_VAR", str(tmp_path))
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", "test")

    def ratedparts(*arguments):
        status = main(arguments)
        return status, *capsys.readouterr()

    assert ratedparts("migrate")[0] == 0
    listed = json.loads(ratedparts("keys", "list", "--json")[1])["keys"]
    assert sorted(key["purpose"] for key in listed) == ["certificates", "documents", "log"]
    assert ratedparts("keys", "rotate", "--purpose", "documents")[0] == 0
    status, _, problems = ratedparts("keys", "rotate", "--purpose", "documents")
    assert (status, "[key_change_planned]" in problems) == (1, True)
    key = next(key["id"] for key in listed if key["purpose"] == "log")
    status, said, _ = ratedparts("keys", "revoke", "--key", key, "--reason", "the folder was copied")
    assert (status, "revoked" in said) == (0, True)
    assert len(json.loads(ratedparts("keys", "list", "--json")[1])["keys"]) == 4
    assert ratedparts("keys", "retire", "--key", key, "--at", "tomorrow")[0] == 1
