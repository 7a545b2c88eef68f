"""Every state of a certificate beside every verb; withdrawal by cause; the signed status list."""

import io
from datetime import timedelta

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from ratedparts.catalogue.models import PublishedPart
from ratedparts.certificates import key_rotation, standing, taking_back, withdrawal_cases
from ratedparts.certificates.models import LogEntry
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing_states import LOGGED, STATES, STEPS, VERBS
from ratedparts.certificates.status_list import GOOD_FOR, RENEWED_AFTER, newest_status_list
from ratedparts.certificates.withdrawal_causes import certificates_hit
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.service import current_evaluation
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.evidence.service import evidence_of_part, withdrawn_evidence_of_part
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_all
from ratedparts.proofs import (
    canonical_bytes,
    did_key,
    encode_multikey,
    parse_json,
    sign_document,
    verification_method,
    verify_certificate,
)

from .test_applications import invited
from .world import PASSWORD


def take(world, verb, number=None, **more):
    given = {"reason": "a test", "password": PASSWORD, **more}
    with world.work() as work:
        getattr(taking_back, verb)(
            work, world.cast["issuer"], world.installation.log, number or world.facts["number"], **given
        )


def status(world, number=None):
    with world.reading() as work:
        return standing.status_at(
            standing.certificate_by_number(work, number or world.facts["number"]), work.at
        )


def brought_to(world, state):
    """The certificate in that state."""
    if state in ("suspended", "revoked"):
        take(world, {"suspended": "suspend", "revoked": "revoke"}[state])
    with world.reading() as work:
        certificate = standing.certificate_by_number(work, world.facts["number"])
    if state == "expired":
        world.clock.now = certificate.valid_until
    if state == "not_yet_valid":
        world.clock.now = certificate.valid_from - timedelta(seconds=1)
    if state == "superseded":
        world.clock.now += timedelta(days=1)
        world.new_evidence()
        world.issue(world.approve())
    assert status(world) == state


@pytest.mark.parametrize("verb", ["suspend", "reinstate", "revoke"])
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(certified, state, verb):
    brought_to(certified, state)
    if (state, verb) in STEPS:
        take(certified, verb)
        assert status(certified) == STEPS[state, verb]
        with certified.reading() as work:
            last = work.session.scalars(select(LogEntry).order_by(LogEntry.position.desc())).first()
        assert last.action == LOGGED[verb]
    else:
        with pytest.raises(RatedPartsError) as refusal:
            take(certified, verb)
        assert refusal.value.code == "standing_step_impossible"
        assert status(certified) == state


@pytest.mark.parametrize("state", ["valid", "suspended"])
def test_a_successor_supersedes_what_is_in_force_or_suspended(certified, state):
    if state == "suspended":
        brought_to(certified, state)
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    certified.issue(certified.approve())
    assert status(certified) == STEPS[state, "supersede"] == "superseded"


def test_the_table_knows_every_state_and_verb():
    assert {state for state, _ in STEPS} == set(STATES) - {"revoked"}
    assert {verb for _, verb in STEPS} == set(VERBS)
    assert set(STEPS.values()) <= {"valid", "suspended", "superseded", "revoked"}


def test_a_revocation_has_three_dates_and_none_in_the_future(certified):
    with certified.reading() as work:
        issued = standing.certificate_by_number(work, certified.facts["number"]).valid_from
    certified.clock.now += timedelta(days=30)
    with pytest.raises(RatedPartsError) as refusal:
        take(certified, "revoke", invalid_since=certified.clock.now + timedelta(days=1))
    assert refusal.value.items[0].code == "day_in_the_future"
    take(certified, "revoke", invalid_since=issued + timedelta(days=10))
    with certified.reading() as work:
        row = standing.certificate_by_number(work, certified.facts["number"]).standing
        assert (row.decided_at, row.revoked_at) == (work.at, work.at)
        assert row.invalid_since == issued + timedelta(days=10)


def test_a_suspended_certificate_is_not_found_and_is_found_again(certified):
    def found():
        return len(certified.find(text="x7r"))

    assert found() == 1
    take(certified, "suspend")
    assert found() == 0, "at once, before any job"
    certified.run_jobs()
    take(certified, "reinstate")
    certified.run_jobs()
    assert found() == 1


# --- by cause


def subject_of(world, cause):
    laboratory = str(world.cast["laboratory"].organisation_id)
    with world.reading() as work:
        key_id = standing.certificate_by_number(work, world.facts["number"]).key_id
    return {
        "laboratory": {"laboratory_id": laboratory},
        "instrument": {"laboratory_id": laboratory, "instrument_id": "INSTRUMENT-1"},
        "protocol": {"protocol": "MLCC-HTL@1"},
        "key": {"key_id": key_id},
        "engine": {"engine_version": engine_version()},
    }[cause]


def propose(world, cause="laboratory", action="revoke", **more):
    with world.work() as work:
        return withdrawal_cases.propose(
            work,
            world.cast["issuer"],
            world.installation.blobs,
            cause=cause,
            subject=more.pop("subject", None) or subject_of(world, cause),
            action=action,
            reason="the chamber was 9 K too cold",
            **more,
        ).id


def confirm(world, case_id, by="second_issuer", password=PASSWORD):
    here = world.installation
    with world.work() as work:
        withdrawal_cases.confirm(work, world.cast[by], here.log, here.blobs, case_id, password=password)


@pytest.mark.parametrize("cause", ["laboratory", "instrument", "protocol", "key", "engine"])
def test_a_cause_finds_what_rests_on_it_and_nothing_else(certified, cause):
    with certified.reading() as work:
        blobs, subject = certified.installation.blobs, subject_of(certified, cause)
        assert [one.number for one in certificates_hit(work, blobs, cause, subject, "revoke")] == [
            certified.facts["number"]
        ]
        another = {
            "laboratory": {"laboratory_id": str(certified.cast["other_laboratory"].organisation_id)},
            "instrument": {**subject, "instrument_id": "INSTRUMENT-2"},
            "protocol": {"protocol": "RES-LL70@1"},
            "key": {"key_id": "did:key:other"},
            "engine": {"engine_version": "ratedparts 0"},
        }[cause]
        assert certificates_hit(work, blobs, cause, another, "revoke") == []


def test_two_issuers_withdraw_by_cause_and_the_parties_are_told(certified):
    invited(certified, "second_issuer", "issuer")
    case_id = propose(certified)
    proposed_at = certified.clock.now
    assert status(certified) == "valid", "a proposal does nothing"
    with pytest.raises(RatedPartsError) as refusal:
        confirm(certified, case_id, by="issuer")
    assert refusal.value.code == "same_person"
    with pytest.raises(RatedPartsError) as refusal:
        confirm(certified, case_id, password="wrong password")
    assert refusal.value.code == "password_wrong"
    certified.clock.now += timedelta(days=2)
    confirm(certified, case_id)
    assert status(certified) == "revoked"
    with certified.reading() as work:
        row = standing.certificate_by_number(work, certified.facts["number"]).standing
        assert (row.decided_at, row.revoked_at) == (proposed_at, certified.clock.now)
        assert row.case_id == case_id
    certified.run_jobs()
    letters = [path.read_text() for path in certified.installation.settings.outbox.iterdir()]
    assert any("To: maker@example.org" in one and certified.facts["number"] in one for one in letters)
    assert any("To: laboratory@example.org" in one for one in letters)
    with pytest.raises(RatedPartsError) as refusal:
        confirm(certified, case_id)
    assert refusal.value.code == "case_decided"


def test_a_case_that_hits_others_than_when_it_was_proposed_is_not_carried_out(certified):
    invited(certified, "second_issuer", "issuer")
    case_id = propose(certified)
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    newer = certified.issue(certified.approve())
    with pytest.raises(RatedPartsError) as refusal:
        confirm(certified, case_id)
    assert (refusal.value.code, refusal.value.parameters["more"]) == ("case_outdated", 1)
    assert (status(certified), status(certified, newer)) == ("superseded", "valid")


def test_a_case_without_anybody_hit_or_with_an_unknown_subject_is_refused(certified):
    for subject, code in (
        ({"laboratory_id": str(certified.cast["other_laboratory"].organisation_id)}, "nobody_is_hit"),
        ({"laboratory_id": "nobody"}, "form_refused"),
        ({"laboratory_id": ""}, "form_refused"),
    ):
        with pytest.raises(RatedPartsError) as refusal:
            propose(certified, subject=subject)
        assert refusal.value.code == code


@pytest.mark.parametrize("cause", ["laboratory", "instrument", "protocol"])
def test_after_a_revocation_the_evidence_behind_its_cause_counts_no_more(certified, cause):
    invited(certified, "second_issuer", "issuer")
    with certified.reading() as work:
        before = evidence_of_part(work, certified.facts["part_id"])
    confirm(certified, propose(certified, cause=cause))
    certified.run_jobs()
    with certified.reading() as work:
        left = evidence_of_part(work, certified.facts["part_id"])
        gone = withdrawn_evidence_of_part(work, certified.facts["part_id"])
        evaluation = current_evaluation(work, certified.facts["part_id"])
    assert len(left) + len(gone) == len(before)
    assert gone
    assert {withdrawal.reason for _, _, withdrawal in gone} == {"the chamber was 9 K too cold"}
    if left:
        assert len(evaluation.dossier["tests"]) == len(left)
        assert str(evaluation.grade).startswith("U")
    else:
        assert evaluation is None
    with pytest.raises(RatedPartsError, match="nothing_to_certify"):
        certified.apply()


def test_evidence_that_came_afterwards_counts(certified):
    invited(certified, "second_issuer", "issuer")
    confirm(certified, propose(certified, cause="laboratory"))
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    with certified.reading() as work:
        (left,) = evidence_of_part(work, certified.facts["part_id"])
        assert left[0].accepted_at == certified.clock.now


@pytest.mark.parametrize("cause", ["key", "engine"])
def test_a_lost_key_and_a_wrong_engine_say_nothing_against_a_measurement(certified, cause):
    invited(certified, "second_issuer", "issuer")
    confirm(certified, propose(certified, cause=cause))
    with certified.reading() as work:
        assert withdrawn_evidence_of_part(work, certified.facts["part_id"]) == []


def test_after_a_lost_key_the_same_evaluation_is_certified_again(certified):
    invited(certified, "second_issuer", "issuer")
    key = certified.installation.keys.certificates
    with certified.work() as work:
        key_rotation.revoke(work, key.id, work.at, "a copy of the disk was sold")
        key_rotation.rotate(work, certified.installation.keys, "certificates")
    certified.clock.now += key_rotation.NOTICE
    confirm(certified, propose(certified, cause="key", subject={"key_id": key.id}))
    number = certified.issue(certified.approve())
    assert (status(certified), status(certified, number)) == ("revoked", "valid")
    certified.run_jobs()
    letters = [path.read_text("utf-8") for path in certified.installation.settings.outbox.glob("*.eml")]
    assert any("To: maker@example.org" in one for one in letters)


def test_while_a_cause_is_looked_into_no_other_certificate_takes_the_place(certified):
    invited(certified, "second_issuer", "issuer")
    confirm(certified, propose(certified, cause="laboratory", action="suspend"))
    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    review_id = certified.approve()
    with pytest.raises(RatedPartsError, match="cause_unresolved"):
        certified.issue(review_id)
    take(certified, "reinstate")
    number = certified.issue(review_id)
    assert (status(certified), status(certified, number)) == ("superseded", "valid")


# --- the status list


def verdict(world, at=None, change=None):
    with world.reading() as work:
        secured = parse_json(standing.certificate_by_number(work, world.facts["number"]).credential)
        document = newest_status_list(work).document.encode()
        return verify_certificate(
            secured,
            trust=published_keys(work),
            at=at or work.at,
            status_list=change(document) if change else document,
        )


def test_the_list_says_what_is_in_force_until_it_is_too_old(certified):
    assert verdict(certified).verdict == "valid"
    assert ("status", "passed") in [(one.name, one.result) for one in verdict(certified).checks]
    late = verdict(certified, certified.clock.now + GOOD_FOR)
    assert (late.verdict, late.codes[0]) == ("cannot_tell", "status_list_stale")
    take(certified, "suspend")
    certified.run_jobs()
    assert (verdict(certified).verdict, verdict(certified).codes[0]) == ("invalid", "status_not_in_force")


def test_a_list_from_before_the_certificate_was_revoked_stays_what_it_was_and_a_changed_one_is_no_use(
    certified,
):
    for position in range(0, 600, 7):

        def change(document, position=position):
            return document[:position] + bytes([document[position] ^ 1]) + document[position + 1 :]

        assert verdict(certified, change=change).verdict != "valid", position


def test_a_list_signed_by_a_stranger_is_no_use(certified):
    stranger = Ed25519PrivateKey.generate()
    multibase = encode_multikey(stranger.public_key().public_bytes_raw())

    def signed_anew(document):
        unsigned = {name: value for name, value in parse_json(document).items() if name != "proof"}
        unsigned["issuer"] = {"id": did_key(multibase)}
        method = verification_method(multibase)
        at = certified.clock.now
        return canonical_bytes(sign_document(unsigned, stranger, verification_method=method, created=at))

    told = verdict(certified, change=signed_anew)
    assert (told.verdict, told.codes[0]) == ("cannot_tell", "status_list_not_trusted")


def test_the_list_is_renewed_before_it_is_stale(certified):
    with certified.reading() as work:
        first = newest_status_list(work).sequence
    certified.run_jobs()
    with certified.reading() as work:
        assert newest_status_list(work).sequence == first, "nothing is due yet"
    certified.clock.now += RENEWED_AFTER
    certified.run_jobs()
    with certified.reading() as work:
        assert newest_status_list(work).sequence == first + 1
    assert verdict(certified).verdict == "valid"


def test_what_has_changed_is_published_though_no_list_can_be_signed(certified):
    with certified.reading() as work:
        first = newest_status_list(work).sequence
    take(certified, "revoke")
    path = certified.installation.settings.keys / "certificates.pem"
    kept = path.read_bytes()
    path.unlink()
    again = Installation(certified.installation.settings, certified.clock)
    run_all(certified.database, again.handlers)
    with certified.reading() as work:
        assert work.session.scalars(select(PublishedPart)).all() == []
        assert newest_status_list(work).sequence == first
    path.write_bytes(kept)
    certified.clock.now += timedelta(minutes=1)
    certified.run_jobs()
    with certified.reading() as work:
        assert newest_status_list(work).sequence == first + 1


def test_the_instruments_of_a_file_are_read_from_its_columns(certified):
    from ratedparts.certificates.withdrawal_causes import instruments_in

    frame = io.BytesIO()
    pl.DataFrame({"instrument_id": ["A", "B", "A", None]}).write_parquet(frame)
    digest = certified.installation.blobs.put(frame.getvalue())
    assert instruments_in(certified.installation.blobs, digest) == {"A", "B"}
    frame = io.BytesIO()
    pl.DataFrame({"hours": [1.0]}).write_parquet(frame)
    assert (
        instruments_in(certified.installation.blobs, certified.installation.blobs.put(frame.getvalue()))
        == set()
    )
