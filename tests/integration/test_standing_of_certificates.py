"""What a certificate is worth at an instant, and how it is taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ratedparts.catalogue import service as catalogue
from ratedparts.certificates import standing
from ratedparts.certificates.log_proofs import consistency
from ratedparts.certificates.models import LogCheckpoint, LogEntry
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import parse_checkpoint, parse_json, parse_note, verify_certificate
from ratedparts.proofs.merkle import leaf_hash, verify_consistency, verify_inclusion

SECOND = timedelta(seconds=1)


def _certificate(world, work):
    return standing.certificate_by_number(work, world.facts["number"])


def test_a_certificate_expires_with_its_last_day_in_shanghai(certified):
    with certified.reading() as work:
        certificate = _certificate(certified, work)
        subject = parse_json(certificate.credential)["credentialSubject"]
        end = certificate.valid_until
        midnight = datetime.fromisoformat(subject["decision"]["valid_until"]).replace(tzinfo=UTC)
        assert end == midnight + timedelta(days=1) - timedelta(hours=8)
        assert standing.status_at(certificate, end - SECOND) == "valid"
        assert standing.status_at(certificate, end) == "expired"
        assert standing.status_at(certificate, end + SECOND) == "expired"
        assert standing.status_at(certificate, certificate.valid_from - SECOND) == "not_yet_valid"


def test_the_catalogue_and_the_offline_verifier_change_at_the_same_second(certified):
    with certified.reading() as work:
        certificate = _certificate(certified, work)
        secured, end, keys = parse_json(certificate.credential), certificate.valid_until, published_keys(work)
    for at, found, verdict in ((end - SECOND, 1, "valid"), (end, 0, "invalid"), (end + SECOND, 0, "invalid")):
        certified.clock.now = at
        assert len(certified.find(text="x7r")) == found
        with certified.reading() as work:
            assert sum(catalogue.families_published(work).values()) == found
        assert verify_certificate(secured, trust=keys, at=at).verdict == verdict


def test_a_certificate_is_revoked_once_with_a_reason(certified):
    for reason in ("", " \n "):
        with pytest.raises(RatedPartsError) as refusal:
            certified.take_back(reason=reason)
        assert refusal.value.code == "reason_missing"
    certified.take_back()
    with pytest.raises(RatedPartsError) as refusal:
        certified.take_back()
    assert refusal.value.code == "standing_step_impossible"
    with certified.reading() as work:
        row = _certificate(certified, work).standing
        assert (row.state, row.revoked_at, row.revoked_by) == (
            "revoked",
            certified.clock.now,
            certified.cast["issuer"].person_id,
        )


@pytest.mark.parametrize("name", ["maker", "laboratory", "reviewer", "administrator"])
def test_only_an_issuer_revokes(certified, name):
    with pytest.raises(RatedPartsError) as refusal:
        certified.take_back(by=name)
    assert refusal.value.code == "role_needed"


def test_a_revocation_is_for_good_even_after_the_certificate_expired(certified):
    with certified.reading() as work:
        certified.clock.now = _certificate(certified, work).valid_until + timedelta(days=1)
    certified.take_back()
    with certified.reading() as work:
        assert standing.status_at(_certificate(certified, work), work.at) == "revoked"


def test_every_leaf_is_in_every_later_log_and_every_log_continues_the_one_before(certified):
    numbers = [certified.facts["number"]]
    for _ in range(2):
        certified.clock.now += timedelta(days=1)
        certified.new_evidence()
        numbers.append(certified.issue(certified.approve()))
    certified.facts["number"] = numbers[-1]
    certified.take_back()

    log = certified.installation.log
    with certified.reading() as work:
        entries = list(work.session.scalars(select(LogEntry).order_by(LogEntry.position)))
        notes = list(work.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)))
        assert [entry.position for entry in entries] == list(range(6))
        assert [note.size for note in notes] == list(range(1, 7))
        assert [entry.action for entry in entries] == [
            "issued",
            "superseded",
            "issued",
            "superseded",
            "issued",
            "revoked",
        ]
        roots = {note.size: parse_checkpoint(parse_note(note.note).text).root_hash for note in notes}

        keys = published_keys(work)
        for number in numbers:
            evidence = log.evidence_of_issue(work, number)
            assert verify_inclusion(
                leaf_hash(evidence.leaf), evidence.index, evidence.size, evidence.hashes, roots[6]
            )
            secured = parse_json(standing.certificate_by_number(work, number).credential)
            assert verify_certificate(secured, trust=keys, at=work.at, log=evidence).verdict == "valid"
        for old in range(1, 7):
            for new in range(old, 7):
                proof = consistency(work, old, new)
                assert verify_consistency(old, new, roots[old], roots[new], proof)


def test_the_log_evidence_of_one_certificate_does_not_do_for_another(certified):
    first = certified.facts["number"]
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    second = certified.issue(certified.approve())
    with certified.reading() as work:
        evidence = certified.installation.log.evidence_of_issue(work, second)
        secured = parse_json(standing.certificate_by_number(work, first).credential)
        verdict = verify_certificate(secured, trust=published_keys(work), at=work.at, log=evidence)
    assert verdict.verdict == "invalid"
