"""Certificates that somebody forged, copied, took back or lost the key of: tests/faults/README.md, F."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from ratedparts.certificates import key_rotation, standing
from ratedparts.certificates.documents import plot_of
from ratedparts.certificates.models import Certificate, LogEntry
from ratedparts.certificates.pdf import page_inputs
from ratedparts.certificates.qr_code import qr_code_svg
from ratedparts.certificates.rechecking import recheck_bundle
from ratedparts.certificates.standing_states import STATES
from ratedparts.certificates.status_list import GOOD_FOR, newest_status_list
from ratedparts.cli import main
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.log_mirror import record_in, saved_checkpoint
from ratedparts.proofs import (
    LogRecord,
    canonical_bytes,
    did_key,
    parse_json,
    payload_digest,
    read_bundle,
    sign_document,
    verify_certificate,
    verify_file,
    write_bundle,
)
from ratedparts.proofs.base58 import base58_encode
from ratedparts.proofs.data_integrity import bytes_to_sign
from ratedparts.proofs.status_list import read_status_list
from ratedparts.submissions.models import Part

from .test_applications import invited
from .test_life_of_a_certificate import brought_to, confirm, propose, status, take
from .test_mirrored_log import copied
from .test_published_log import trust_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def documented(rated, programs):
    rated.certify()
    return rated, programs.app.test_client()


def secured_of(world, number=None):
    with world.reading() as work:
        found = standing.certificate_by_number(work, number or world.facts["number"])
        return parse_json(found.credential)


def list_of(world):
    with world.reading() as work:
        return newest_status_list(work).document.encode()


def verdict_on(world, secured, **more):
    options = {"trust": trust_of(world), "at": world.clock.now, **more}
    return verify_certificate(secured, **options)


def successor(world):
    """A newer certificate of the same part."""
    world.new_evidence()
    return world.issue(world.approve())


# --- F 75


def test_text_added_to_a_certificate_by_an_incremental_update_makes_it_invalid(documented):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    world, client = documented
    writer = IncrementalPdfFileWriter(
        io.BytesIO(client.get(f"/api/v1/certificates/{world.facts['number']}/pdf").data)
    )
    words = generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 720 Td (Grade A+) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(words))
    target = io.BytesIO()
    writer.write(target)
    told = verify_file(target.getvalue(), trust=trust_of(world), at=world.clock.now)
    checks = {one.name: one.result for one in told.checks}
    assert (told.verdict, told.reasons[0].parameters) == ("invalid", {"problem": "not_whole_file"})
    assert (checks["signature"], checks["pdf_signature"]) == ("passed", "failed"), "it says which part"
    assert told.certificate == secured_of(world), "what was signed is shown, not what the page says"


# --- F 80


def test_a_lost_key_is_revoked_its_certificates_are_taken_back_and_issuing_goes_on(certified):
    """The whole rehearsal: what the thief can make, what stays good, and what the world is told."""
    invited(certified, "second_issuer", "issuer")
    genuine, number = secured_of(certified), certified.facts["number"]
    stolen = certified.installation.keys.certificates
    with certified.reading() as work:
        evidence = certified.installation.log.evidence_of_issue(work, number)
    lost_at = certified.clock.now + timedelta(days=1)
    certified.clock.now = lost_at + timedelta(days=1)
    list_before = list_of(certified)
    with certified.work() as work:
        key_rotation.revoke(work, stolen.id, lost_at, "a copy of the disk was sold")
        new = key_rotation.rotate(work, certified.installation.keys, "certificates")
    certified.clock.now += key_rotation.NOTICE

    def forged(created):
        payload = {name: value for name, value in genuine.items() if name != "proof"}
        payload["credentialSubject"] = {**payload["credentialSubject"], "number": "CEG-FORGE-D2222"}
        payload["id"] = "urn:ratedparts:certificate:CEG-FORGE-D2222"
        return sign_document(payload, stolen, verification_method=stolen.id, created=created)

    for created, word, code in (
        (lost_at, "invalid", "key_revoked"),
        (lost_at - SECOND, "cannot_tell", "key_revoked_later"),  # a thief writes any date
    ):
        told = verdict_on(certified, forged(created))
        assert (told.verdict, told.codes[0]) == (word, code)
    # No independent record of its time: open.  The log, by another key, had recorded it before: good.
    assert verdict_on(certified, genuine).verdict == "cannot_tell"
    assert verdict_on(certified, genuine, find_in_log=lambda _: LogRecord(evidence)).verdict == "valid"
    told = verdict_on(certified, forged(lost_at - SECOND), find_in_log=lambda _: LogRecord(evidence))
    assert (told.verdict, told.codes[0]) == ("invalid", "log_other_certificate")
    with pytest.raises(RatedPartsError, match="status_list_not_trusted"):
        read_status_list(list_before, trust=trust_of(certified))

    confirm(certified, propose(certified, cause="key", subject={"key_id": stolen.id}))
    certified.run_jobs()
    assert status(certified) == "revoked"
    with certified.reading() as work:
        logged = LogRecord(certified.installation.log.evidence_of_issue(work, number))
    told = verdict_on(certified, genuine, find_in_log=lambda _: logged, status_list=list_of(certified))
    assert (told.verdict, told.codes[0]) == ("invalid", "status_not_in_force")
    newer = secured_of(certified, successor(certified))
    certified.run_jobs()
    assert newer["proof"]["verificationMethod"] == new.id
    assert verdict_on(certified, newer, status_list=list_of(certified)).verdict == "valid"


# --- F 81


def signed_anew(world, document, key, **options):
    """The list with another proof, which really is a signature over it."""
    secured = parse_json(document)
    unsigned = {name: value for name, value in secured.items() if name != "proof"}
    unsigned["issuer"] = {"id": did_key(key.multibase)}
    kept = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    proof = {**kept, "verificationMethod": key.id, **options}
    signature = "z" + base58_encode(key.sign(bytes_to_sign(unsigned, proof)))
    return canonical_bytes({**unsigned, "proof": {**proof, "proofValue": signature}})


LISTS = {
    "missing": (lambda world, _: None, "valid", "status_not_checked"),
    "empty": (lambda world, _: b"", "cannot_tell", "status_list_malformed"),
    "cut off by a byte": (lambda world, document: document[:-1], "cannot_tell", "status_list_malformed"),
    "cut in half": (
        lambda world, document: document[: len(document) // 2],
        "cannot_tell",
        "status_list_malformed",
    ),
    "a certificate instead": (
        lambda world, _: canonical_bytes(secured_of(world)),
        "cannot_tell",
        "status_list_malformed",
    ),
    "shortened by a line": (
        lambda world, document: document.replace(b'"certificates":[', b'"certificates":[],"x":['),
        "cannot_tell",
        "status_list_signature_failed",
    ),
    "by the key of the log": (
        lambda world, document: signed_anew(world, document, world.installation.keys.log),
        "cannot_tell",
        "status_list_not_trusted",
    ),
    "for another purpose": (
        lambda world, document: signed_anew(
            world, document, world.installation.keys.certificates, proofPurpose="authentication"
        ),
        "cannot_tell",
        "status_list_not_trusted",
    ),
    "with a term that nobody knows": (
        lambda world, document: signed_anew(
            world, document, world.installation.keys.certificates, expires="2026-01-01T00:00:00Z"
        ),
        "cannot_tell",
        "status_list_not_trusted",
    ),
    "by a good key again": (
        lambda world, document: signed_anew(world, document, world.installation.keys.certificates),
        "valid",
        "log_not_checked",
    ),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_status_list_of_no_use_never_says_valid(certified, kind):
    change, word, code = LISTS[kind]
    told = verdict_on(certified, secured_of(certified), status_list=change(certified, list_of(certified)))
    assert told.verdict == word
    assert code in told.codes
    if kind != "by a good key again":
        assert "status_as_of" not in told.codes


def test_a_list_from_before_the_certificate_leaves_the_answer_open(certified):
    """It cannot name what was not there yet, and nothing says that a later one does not."""
    before = list_of(certified)
    certified.clock.now += timedelta(hours=1)
    newer = secured_of(certified, successor(certified))
    told = verdict_on(certified, newer, status_list=before)
    assert (told.verdict, told.codes[0]) == ("cannot_tell", "status_list_stale")
    certified.run_jobs()
    assert verdict_on(certified, newer, status_list=list_of(certified)).verdict == "valid"


def test_a_list_says_its_age_and_is_stale_to_the_second(certified):
    secured, document = secured_of(certified), list_of(certified)
    made_at = read_status_list(document, trust=trust_of(certified)).made_at
    for at, word in ((made_at + GOOD_FOR - SECOND, "valid"), (made_at + GOOD_FOR, "cannot_tell")):
        assert verdict_on(certified, secured, status_list=document, at=at).verdict == word
    told = verdict_on(certified, secured, status_list=document)
    assert [one.parameters for one in told.reasons if one.code == "status_as_of"] == [
        {"made_at": parse_json(document)["validFrom"]}
    ]


def test_a_list_older_than_one_seen_before_is_a_rollback(certified):
    older = list_of(certified)
    take(certified, "suspend")
    certified.run_jobs()
    newer = read_status_list(list_of(certified), trust=trust_of(certified))
    assert newer.certificates[certified.facts["number"]]["status"] == "suspended"
    with pytest.raises(RatedPartsError, match="status_list_rolled_back") as refused:
        read_status_list(older, trust=trust_of(certified), seen=newer.sequence)
    assert refused.value.parameters == {"sequence": newer.sequence - 1, "seen": newer.sequence}


# --- the log, after a suspension and after the reinstatement


def test_a_mirror_knows_what_was_suspended_and_what_was_reinstated(certified, tmp_path, capsys):
    trust, file, copy = tmp_path / "keys.json", tmp_path / "certificate.json", tmp_path / "copy"
    trust.write_text(json.dumps(trust_of(certified).to_json()))
    file.write_bytes(canonical_bytes(secured_of(certified)))
    asked = ["--language", "en", "verify", str(file), "--trust", str(trust), "--log", str(copy)]
    for verb, status_told, code in (
        (None, 0, None),
        ("suspend", 1, "[log_records_end]"),
        ("reinstate", 0, None),
        ("suspend", 1, "[log_records_end]"),
        ("reinstate", 0, None),
        ("revoke", 1, "[log_records_end]"),
    ):
        if verb is not None:
            take(certified, verb)
        copied(certified, copy)
        assert main(asked) == status_told, verb
        said = capsys.readouterr().out
        assert code is None or code in said
    with certified.reading() as work:
        actions = list(work.session.scalars(select(LogEntry.action).order_by(LogEntry.position)))
    assert actions == ["issued", "suspended", "reinstated", "suspended", "reinstated", "revoked"]


# --- F 82


@pytest.mark.parametrize("state", STATES)
def test_the_public_answer_names_the_state_and_nobody(documented, state):
    world, client = documented
    brought_to(world, state)
    number = world.facts["number"]
    answers = [
        client.get(f"/api/v1/certificates/{number}"),
        client.get(f"/certificates/{number}?lang=en"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].get_json()["status"] == state
    for answer in answers:
        for name, actor in world.cast.items():
            assert f"{name}@example.org" not in answer.text
            assert str(actor.person_id) not in answer.text


def test_an_unknown_number_is_not_found_whatever_it_looks_like(documented):
    _, client = documented
    for number in ("CEG-AAAAA-AAAAA", "x", "1", "..", "CEG-" + "A" * 500):
        for address in (f"/api/v1/certificates/{number}", f"/certificates/{number}"):
            assert client.get(address).status_code == 404, number


def test_numbers_are_drawn_and_not_counted(certified):
    from ratedparts.db import public_number

    drawn = {public_number("CEG") for _ in range(2000)}
    assert len(drawn) == 2000
    letters = [
        set(column)
        for column in zip(*(one.removeprefix("CEG-").replace("-", "") for one in drawn), strict=True)
    ]
    assert len(letters) == 10
    assert min(map(len, letters)) >= 28, "each place takes every letter: some 50 bits to guess"


# --- F 85


def test_the_square_carries_number_digest_and_origin(certified):
    secured = secured_of(certified)
    with certified.reading() as work:
        certificate = standing.certificate_by_number(work, certified.facts["number"])
        dossier = parse_json(canonical_bytes(certificate.intent.review.evaluation.dossier))
        exact = certificate.credential.encode()
        inputs = page_inputs(secured, dossier, exact_json=exact, plot=plot_of(work, certificate))
    origin = certified.installation.settings.public_url
    said = f"{origin}/certificates/{certificate.number}#{payload_digest(secured)}"
    assert inputs["qr"].encode() == qr_code_svg(said)
    page = json.loads(inputs["page"])
    assert f"{page['address']}#{page['payload_digest']}" == said, "and the page says the same in letters"


def test_an_address_that_looks_like_ours_gains_nothing_offline(certified):
    secured = secured_of(certified)
    forged = {
        **secured,
        "credentialStatus": {**secured["credentialStatus"], "id": "https://rated.evil.example"},
    }
    assert verdict_on(certified, forged).verdict == "invalid"


# --- F 86


def without_triggers(work, table):
    on = f" ON {table}" if work.session.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete"):
        work.session.execute(text(f"DROP TRIGGER {table}_no_{verb}{on}"))


def test_a_grade_that_an_insider_wrote_into_the_evaluation_is_not_certified(rated):
    review_id = rated.approve()
    with rated.work() as work:
        evaluation = work.session.scalars(select(Evaluation).where(Evaluation.superseded_at.is_(None))).one()
        better = "B" if evaluation.grade != "B" else "A+"
        work.session.execute(update(Evaluation).values(grade=better))
    with pytest.raises(RatedPartsError) as refused:
        rated.intend(review_id)
    assert refused.value.code == "grade_changed_since"


def test_figures_that_an_insider_wrote_into_a_decision_are_found_by_a_recheck(rated, programs):
    with rated.work() as work:
        evaluation = work.session.scalars(select(Evaluation).where(Evaluation.superseded_at.is_(None))).one()
        decision = parse_json(json.dumps(evaluation.decision))
        decision["figures"]["b10_lower_90"] = 9e9
        evaluation.decision = decision
    rated.certify()
    bundle = programs.app.test_client().get(f"/api/v1/certificates/{rated.facts['number']}/bundle").data
    found = recheck_bundle(bundle, rated.library)
    assert "decision.figures.b10_lower_90" in [one["path"] for one in found.differences]


@pytest.mark.parametrize("change", [{"design_life_hours": 876000.0}, {"use_condition": "UC-R"}])
def test_a_part_that_an_insider_changed_after_the_decision_is_not_certified(rated, change):
    review_id = rated.approve()
    with rated.work() as work:
        work.session.execute(update(Part).values(**change))
    with pytest.raises(RatedPartsError) as refused:
        rated.issue(review_id)
    assert (refused.value.code, refused.value.parameters) == ("payload_against_policy", {"member": "part"})


def test_a_recheck_finds_what_is_certified_for_another_use_than_was_decided(documented):
    """As an insider would sign it who has the key and gets past the policy."""
    world, client = documented
    files = read_bundle(client.get(f"/api/v1/certificates/{world.facts['number']}/bundle").data)
    for change, path in (
        (lambda subject: subject.update(design_life_hours="876000"), "part.design_life_hours"),
        (lambda subject: subject["use_condition"].update(code="UC-R"), "part.use_condition"),
        (lambda subject: subject["part"].update(part_number="ANOTHER"), "part.part_number"),
        (
            lambda subject: subject["part"]["attributes"][0].update(value="1"),
            "part.attributes.capacitance_nf",
        ),
        (lambda subject: subject["decision"].update(life_method="guess"), "decision.life_method"),
        (lambda subject: subject["evidence"][0].update(evidence_class="E4"), "tests.0.evidence_class"),
        (lambda subject: subject["evidence"][0].update(ended_on="2027-01-01"), "tests.0.ended_on"),
    ):
        forged = parse_json(files["credential.json"])
        change(forged["credentialSubject"])
        others = {name: content for name, content in files.items() if name != "manifest.json"}
        bundle = write_bundle({**others, "credential.json": canonical_bytes(forged)})
        assert [one["path"] for one in recheck_bundle(bundle, world.library).differences] == [path]


def test_a_certificate_that_an_insider_signed_again_is_not_the_one_in_the_log(certified):
    """With the key at hand and the triggers gone: the log, whose copies are elsewhere, has another digest."""
    key = certified.installation.keys.certificates
    payload = {name: value for name, value in secured_of(certified).items() if name != "proof"}
    payload["credentialSubject"] = {**payload["credentialSubject"], "design_life_hours": "876000"}
    again = sign_document(payload, key, verification_method=key.id, created=certified.clock.now)
    with certified.work() as work:
        without_triggers(work, "certificate")
        work.session.execute(update(Certificate).values(credential=canonical_bytes(again).decode()))
        evidence = certified.installation.log.evidence_of_issue(work, certified.facts["number"])
    told = verdict_on(certified, secured_of(certified), log=evidence)
    assert (told.verdict, told.codes[0]) == ("invalid", "log_other_certificate")


def test_a_state_that_an_insider_changes_alone_contradicts_the_log(certified, tmp_path):
    """Back in force without a leaf: whoever asks a copy of the log is told that it was taken back."""
    take(certified, "revoke")
    copy = copied(certified, tmp_path / "copy")
    cleared = ("decided_at", "revoked_at", "invalid_since", "revoked_by", "revocation_reason")
    with certified.work() as work:
        row = standing.held_certificate(work, certified.facts["number"]).standing
        row.state = "valid"
        for name in cleared:
            setattr(row, name, None)
    assert status(certified) == "valid"
    head = saved_checkpoint(copy, trust=trust_of(certified))
    assert record_in(copy, head, certified.facts["number"]).ended == "revoked"
