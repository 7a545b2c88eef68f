from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    TrustedKeys,
    Verdict,
    canonical_bytes,
    parse_json,
    read_bundle,
    verification_method,
    verify_certificate,
    verify_file,
)
from ratedparts.proofs.archive import write_archive

from .samples import (
    EVIDENCE,
    EXPIRES_AT,
    ISSUED_AT,
    ISSUER,
    LOG,
    MIDDLE,
    STEADY,
    STRANGER,
    TRUST,
    bundle,
    changed,
    issuing_key,
    leaf_for,
    logged,
    multibase,
    signed,
    unsigned,
)

SECOND = timedelta(seconds=1)
JSON = canonical_bytes(signed())
BUNDLE = bundle()


def of_file(content: bytes, trust: TrustedKeys | None = TRUST, at: datetime = MIDDLE) -> Verdict:
    return verify_file(content, trust=trust, at=at)


def of(secured: object, trust: TrustedKeys | None = TRUST, at: datetime = MIDDLE, **more: Any) -> Verdict:
    return verify_certificate(secured, trust=trust, at=at, **more)


def results(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.result for check in verdict.checks}


def test_an_untouched_certificate_is_valid_and_says_what_was_not_looked_at() -> None:
    verdict = of_file(JSON)
    assert verdict.verdict == "valid"
    assert verdict.codes == ("log_not_checked", "status_not_checked")
    assert verdict.certificate == signed()
    assert results(verdict) == {
        "canonical_form": "passed",
        "signature": "passed",
        "key_trusted": "passed",
        "key_window": "passed",
        "in_force": "passed",
        "log_inclusion": "not_checked",
        "key_not_revoked": "passed",
        "status": "not_checked",
    }
    assert json.loads(json.dumps(verdict.to_json()))["verdict"] == "valid"


def test_a_change_of_any_bit_is_noticed() -> None:
    for position in range(len(JSON)):
        for bit in {5, position % 8}:
            other = bytearray(JSON)
            other[position] ^= 1 << bit
            verdict = of_file(bytes(other))
            assert verdict.verdict == "invalid", (position, bit, verdict.codes)


def test_a_change_of_any_bit_is_noticed_by_one_who_trusts_nobody() -> None:
    for position in range(len(JSON)):
        other = bytearray(JSON)
        other[position] ^= 1 << position % 7
        assert of_file(bytes(other), trust=None).verdict == "invalid", position


def test_another_spelling_of_the_same_values_is_the_same_certificate() -> None:
    spelled = json.dumps(dict(reversed(signed().items())), indent=2).replace("41250.0", "4.125e4")
    assert of_file(spelled.encode()).verdict == "valid"
    assert of_file(JSON.replace(b'"name":', b'"name":"x","name":')).codes == ("json_duplicate_key",)


def test_without_trust_nothing_is_valid() -> None:
    for trust in (None, TrustedKeys(()), TrustedKeys((issuing_key(STRANGER),))):
        verdict = of(signed(), trust)
        assert (verdict.verdict, verdict.codes[0]) == ("cannot_tell", "issuer_not_trusted")
        assert results(verdict)["signature"] == "passed"


def test_a_strangers_certificate_is_not_believed() -> None:
    assert of(signed(key=STRANGER)).verdict == "invalid"  # it names our issuer
    method = verification_method(multibase(STRANGER))
    own = signed({**unsigned(), "issuer": {"id": method.partition("#")[0]}}, STRANGER)
    assert (of(own).verdict, of(own).codes[0]) == ("cannot_tell", "issuer_not_trusted")
    assert of(changed(signed(), ["proof", "verificationMethod"], method)).verdict == "invalid"


def test_the_halves_of_two_certificates_do_not_fit() -> None:
    other = signed(unsigned("RP-OTHER"))
    verdict = of({**other, "proof": signed()["proof"]})
    assert (verdict.verdict, verdict.codes[0]) == ("invalid", "signature_failed")


@pytest.mark.parametrize(
    ("at", "verdict", "code"),
    [
        (ISSUED_AT - SECOND, "invalid", "not_yet_valid"),
        (ISSUED_AT, "valid", "log_not_checked"),
        (EXPIRES_AT - SECOND, "valid", "log_not_checked"),
        (EXPIRES_AT, "invalid", "expired"),
        (EXPIRES_AT + SECOND, "invalid", "expired"),
    ],
)
def test_a_certificate_is_in_force_from_its_first_instant_and_not_at_its_last(
    at: datetime, verdict: str, code: str
) -> None:
    assert (of(signed(), at=at).verdict, of(signed(), at=at).codes[0]) == (verdict, code)


def test_a_demonstration_says_so() -> None:
    trust = TrustedKeys((issuing_key(ISSUER, environment="demonstration"),))
    verdict = of(signed(unsigned(environment="demonstration")), trust)
    assert (verdict.verdict, verdict.codes) == (
        "valid",
        ("log_not_checked", "demonstration", "status_not_checked"),
    )


def test_a_demonstration_key_cannot_sign_for_production() -> None:
    trust = TrustedKeys((issuing_key(ISSUER, environment="demonstration"),))
    assert of(signed(), trust).codes[0] == "environment_mismatch"
    assert of(signed(unsigned(environment="demonstration"))).verdict == "invalid"


@pytest.mark.parametrize(
    ("days", "verdict"), [(-1, "invalid"), (0, "valid"), (729, "valid"), (730, "invalid")]
)
def test_a_key_signs_only_in_its_window(days: int, verdict: str) -> None:
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    found = of(signed(created=created))
    assert found.verdict == verdict
    assert (found.codes[0] == "key_outside_window") == (verdict == "invalid")


def test_a_revoked_key_proves_nothing_unless_an_independent_log_saw_it_before() -> None:
    secured = signed()
    evidence = logged(leaf_for(secured))
    late = TrustedKeys((issuing_key(ISSUER, revoked_at=ISSUED_AT + SECOND), issuing_key(LOG)))
    assert (of(secured, late).verdict, of(secured, late).codes[0]) == ("cannot_tell", "key_revoked_later")
    assert of(secured, late, log=evidence).verdict == "valid"
    itself = logged(leaf_for(secured), key=ISSUER)
    assert of(secured, late, log=itself).verdict == "cannot_tell"
    early = TrustedKeys((issuing_key(ISSUER, revoked_at=ISSUED_AT), issuing_key(LOG)))
    assert (of(secured, early, log=evidence).verdict) == "invalid"
    recorded_later = logged(leaf_for(secured, recorded_at=ISSUED_AT + SECOND))
    assert of(secured, late, log=recorded_later).verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("document", "code", "verdict"),
    [
        ({"type": ["VerifiableCredential", "OtherCertificate"]}, "credential_type_unknown", "cannot_tell"),
        ({"type": "VerifiableCredential"}, "credential_type_unknown", "cannot_tell"),
        (
            {"@context": ["https://www.w3.org/2018/credentials/v1"]},
            "credential_context_unknown",
            "cannot_tell",
        ),
        (
            {"credentialSubject": {"schema": "ratedparts-certificate/2"}},
            "certificate_version_unknown",
            "cannot_tell",
        ),
        ({"credentialSubject": {}}, "certificate_version_unknown", "cannot_tell"),
        ({"credentialSubject": []}, "credential_malformed", "invalid"),
        ({"issuer": 5}, "credential_malformed", "invalid"),
        ({"issuer": {"id": "did:key:z6Mkx"}}, "issuer_mismatch", "invalid"),
        ({"id": "urn:ratedparts:certificate:OTHER"}, "number_mismatch", "invalid"),
        ({"validFrom": "2026-11-22"}, "credential_malformed", "invalid"),
        ({"validUntil": None}, "credential_malformed", "invalid"),
        ({"validUntil": "2026-11-22T00:00:00Z"}, "credential_malformed", "invalid"),
    ],
)
def test_a_signed_form_that_is_not_ours_is_never_valid(
    document: dict[str, Any], code: str, verdict: str
) -> None:
    found = of(signed({**unsigned(), **document}))
    assert (found.verdict, found.codes[0]) == (verdict, code)
    assert results(found)["signature"] == "passed"


def signed_with(document: dict[str, Any] | None = None, **options: str) -> dict[str, Any]:
    """A certificate whose proof really is a signature over other proof options."""
    from ratedparts.proofs.base58 import base58_encode
    from ratedparts.proofs.data_integrity import bytes_to_sign

    proof = {key: value for key, value in signed()["proof"].items() if key != "proofValue"} | options
    document = document or unsigned()
    signature = ISSUER.sign(bytes_to_sign(document, proof))
    return {**document, "proof": {**proof, "proofValue": "z" + base58_encode(signature)}}


@pytest.mark.parametrize(
    ("options", "code", "verdict"),
    [
        ({"cryptosuite": "eddsa-jcs-2030"}, "cryptosuite_unknown", "cannot_tell"),
        ({"cryptosuite": "none"}, "cryptosuite_unknown", "cannot_tell"),
        ({"type": "Ed25519Signature2020"}, "proof_type_unknown", "cannot_tell"),
        ({"expires": "2026-12-01T00:00:00Z"}, "proof_member_unknown", "cannot_tell"),
        ({"proofPurpose": "authentication"}, "proof_purpose", "invalid"),
        ({"created": "yesterday"}, "proof_malformed", "invalid"),
    ],
)
def test_a_proof_of_another_kind_is_never_valid(options: dict[str, str], code: str, verdict: str) -> None:
    found = of(signed_with(**options))
    assert (found.verdict, code in found.codes) == (verdict, True)


def test_an_issuer_identified_in_another_way_cannot_be_judged() -> None:
    issued = {**unsigned(), "issuer": {"id": "did:web:ratedparts.example"}}
    found = of(signed_with(issued, verificationMethod="did:web:ratedparts.example#1"))
    assert (found.verdict, found.codes[0]) == ("cannot_tell", "verification_method_unknown")


@pytest.mark.parametrize("member", ["cryptosuite", "type", "verificationMethod"])
def test_a_word_of_the_proof_changed_afterwards_is_a_change(member: str) -> None:
    found = of(changed(signed(), ["proof", member], "unheard-of"))
    assert (found.verdict, "proof_changed" in found.codes) == ("invalid", True)


def test_several_proofs_cannot_be_judged() -> None:
    proof = signed()["proof"]
    for proofs in ([proof, proof], [proof], []):
        assert of({**unsigned(), "proof": proofs}).verdict == "cannot_tell"


@pytest.mark.parametrize(
    "value", [None, 5, "text", [], {}, {"proof": 5}, {"proof": {}}, float("nan"), object()]
)
def test_what_is_no_certificate_is_invalid(value: object) -> None:
    assert of(value).verdict == "invalid"


def test_a_self_containing_object_is_invalid_and_not_shown() -> None:
    endless: dict[str, Any] = signed()
    endless["credentialSubject"]["again"] = endless
    verdict = of(endless)
    assert (verdict.verdict, verdict.codes, verdict.certificate) == ("invalid", ("not_canonical",), None)


def test_an_instant_without_zone_is_the_callers_mistake() -> None:
    with pytest.raises(RatedPartsError, match="instant_without_zone"):
        of(signed(), at=datetime(2027, 1, 1))  # noqa: DTZ001


def test_a_bundle_is_checked_with_its_log_and_its_files() -> None:
    verdict = of_file(BUNDLE)
    assert verdict.verdict == "valid"
    passed = {name for name, result in results(verdict).items() if result == "passed"}
    assert {"bundle", "log_inclusion", "log_signature", "dossier", "evidence"} <= passed


def test_the_keys_inside_a_bundle_are_not_trusted() -> None:
    verdict = of_file(BUNDLE, trust=None)
    assert verdict.verdict == "cannot_tell"
    assert {"issuer_not_trusted", "log_not_trusted"} <= set(verdict.codes)


def test_a_change_of_any_byte_of_a_bundle_is_noticed() -> None:
    for position in range(len(BUNDLE)):
        other = bytearray(BUNDLE)
        other[position] ^= 1 << position % 8
        assert of_file(bytes(other)).verdict == "invalid", position


def test_a_bundle_repacked_with_other_files_is_noticed() -> None:
    assert of_file(bundle(dossier=b"{}")).codes[0] == "bundle_dossier_differs"
    assert of_file(bundle(evidence=[*EVIDENCE, b"more"])).codes[0] == "bundle_evidence_not_named"
    fewer = of_file(bundle(evidence=EVIDENCE[:1]))
    assert (fewer.verdict, fewer.codes[0]) == ("cannot_tell", "bundle_evidence_missing")
    silent = unsigned()
    del silent["credentialSubject"]["dossier_digest"]
    assert of_file(bundle(signed(silent))).codes[0] == "bundle_dossier_not_named"
    odd = unsigned()
    odd["credentialSubject"]["evidence"] = [{"digest": "md5:0"}]
    assert of_file(bundle(signed(odd))).codes[0] == "credential_malformed"
    files = read_bundle(BUNDLE)
    assert of_file(write_archive({**files, "credential.json": b"{}"})).codes == ("bundle_file_changed",)


SECURED = signed()
OTHER = signed(unsigned("RP-OTHER"))
GOOD = logged(leaf_for(SECURED))


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (logged(leaf_for(OTHER)), "log_other_certificate"),
        (logged(leaf_for(SECURED, certificate_number="RP-OTHER")), "log_other_certificate"),
        (logged(leaf_for(SECURED, payload_digest="sha256:" + "0" * 64)), "log_other_certificate"),
        (logged(leaf_for(SECURED), origin="log.other.example"), "log_origin_mismatch"),
        (logged(leaf_for(SECURED, action="revoked")), "log_records_other_action"),
        (logged(b"no leaf"), "log_leaf_malformed"),
        (dataclasses.replace(GOOD, size=8), "log_size_mismatch"),
        (dataclasses.replace(GOOD, index=4), "log_inclusion_failed"),
        (dataclasses.replace(GOOD, hashes=GOOD.hashes[::-1]), "log_inclusion_failed"),
        (dataclasses.replace(GOOD, hashes=()), "log_inclusion_failed"),
        (dataclasses.replace(GOOD, checkpoint=logged(leaf_for(SECURED), before=6, after=2).checkpoint),
         "log_inclusion_failed"),
        (dataclasses.replace(GOOD, checkpoint=b"nothing"), "note_malformed"),
        (dataclasses.replace(GOOD, checkpoint=GOOD.checkpoint[:-9] + b"AAAAAAA=\n"), "log_signature_failed"),
    ],
)  # fmt: skip
def test_a_log_that_does_not_record_this_certificate_makes_it_invalid(evidence: Any, code: str) -> None:
    verdict = of(SECURED, log=evidence)
    assert (verdict.verdict, verdict.codes[0]) == ("invalid", code)


def test_a_log_of_a_stranger_is_not_believed() -> None:
    verdict = of(SECURED, log=logged(leaf_for(SECURED), key=STRANGER))
    assert (verdict.verdict, verdict.codes[0]) == ("cannot_tell", "log_not_trusted")
    revoked = TrustedKeys((TRUST.keys[0], issuing_key(LOG, revoked_at=EXPIRES_AT)))
    assert of(SECURED, revoked, log=GOOD).codes[0] == "log_key_revoked"
    demonstration = TrustedKeys((TRUST.keys[0], issuing_key(LOG, environment="demonstration")))
    assert of(SECURED, demonstration, log=GOOD).codes[0] == "log_not_trusted"


@STEADY
@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06"]))
def test_random_bytes_are_never_valid_and_never_an_exception(content: bytes, start: bytes) -> None:
    verdict = of_file(start + content)
    assert verdict.verdict == "invalid"
    assert "verifier_failed" not in verdict.codes


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    [member, *inner]
    for member, value in SECURED.items()
    for inner in [[], *([[name] for name in value] if isinstance(value, dict) else [])]
]


@STEADY
@given(st.sampled_from(PATHS), ANY)
def test_a_member_replaced_by_anything_is_never_valid_and_never_an_exception(
    path: list[str], value: Any
) -> None:
    other = changed(SECURED, path, value)
    verdict = of(other, log=GOOD)
    assert (verdict.verdict == "valid") == (other == SECURED)
    assert "verifier_failed" not in verdict.codes


@STEADY
@given(st.sampled_from(PATHS), ANY)
def test_a_member_signed_as_anything_is_never_an_exception(path: list[str], value: Any) -> None:
    document = changed(SECURED, path, value)
    document.pop("proof")
    try:
        other = signed(document)
    except RatedPartsError:
        return
    assert "verifier_failed" not in of(other).codes
    assert "verifier_failed" not in of_file(canonical_bytes(other)).codes


def test_a_verdict_is_the_same_for_the_file_and_for_what_was_parsed() -> None:
    assert of(parse_json(JSON)) == of_file(JSON)
