"""The signature of a PDF: one changed byte at any position fails, and the credential is judged apart."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from ratedparts.certificates.document_certificates import demonstration_chain
from ratedparts.certificates.key_store import SigningKey, p256_key
from ratedparts.certificates.pdf_signature import sign_pdf
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import IssuingKey, TrustedKeys, Verdict, canonical_bytes, verify_file
from ratedparts.proofs.pdf_signature import is_signed, read_pdf_signature

from .samples import ISSUED_AT, MIDDLE, TRUST, signed, unsigned
from .test_pdf_certificate import JSON, attachment, both, pdf

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


class Private:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, data: bytes, /) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def document_key(name: str = "office", begins: datetime = BEGINS) -> SigningKey:
    return _document_key(name, begins)


@cache
def _document_key(_name: str, begins: datetime) -> SigningKey:
    private = Private()
    return p256_key(private, demonstration_chain(private.key.public_key(), begins))


def listed(key: SigningKey, **changes: Any) -> IssuingKey:
    members: dict[str, Any] = {
        "id": key.id,
        "public_key_multibase": key.multibase,
        "environment": "production",
        "valid_from": BEGINS,
        "purpose": "documents",
        "x509_certificate": key.chain[0].public_bytes(Encoding.DER),
    }
    return IssuingKey(**{**members, **changes})


def trusting(*keys: IssuingKey) -> TrustedKeys:
    return TrustedKeys((*TRUST.keys, *keys))


@cache
def unsigned_pdf(credential: bytes) -> bytes:
    return pdf(attachment(credential))


def signed_pdf(name: str = "office", credential: bytes = JSON) -> bytes:
    return _signed_pdf(name, credential)


@cache
def _signed_pdf(name: str, credential: bytes) -> bytes:
    return sign_pdf(unsigned_pdf(credential), document_key(name), ISSUED_AT)


def verdict_of(content: bytes, trust: TrustedKeys | None = None) -> Verdict:
    return verify_file(content, trust=trust or trusting(listed(document_key())), at=MIDDLE)


def result(verdict: Verdict) -> str:
    return {check.name: check.result for check in verdict.checks}["pdf_signature"]


def test_a_signed_pdf_is_valid_and_its_signature_is_reported_apart() -> None:
    verdict = verdict_of(signed_pdf())
    assert (verdict.verdict, result(verdict)) == ("valid", "passed")
    assert verdict.codes == ("pdf_page_is_not_evidence", "log_not_checked", "status_not_checked")


def test_the_unsigned_file_is_the_beginning_of_the_signed_one_and_the_page_is_the_same() -> None:
    before = unsigned_pdf(JSON)
    assert signed_pdf().startswith(before)
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(signed_pdf())) as new:
        assert len(new.pages) == len(old.pages)
        assert new.attachments["credential.json"].get_file().read_bytes() == JSON
        signature = new.Root.AcroForm.Fields[0]
        assert list(signature.Rect) == [0, 0, 0, 0]
        assert signature.V.SubFilter == "/ETSI.CAdES.detached"
        assert new.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1  # no change is allowed


def test_a_signature_names_the_instant_that_it_was_given_and_no_clock() -> None:
    assert b"/M (D\\07220261122000000Z)" in signed_pdf()
    assert not re.search(rb"/ModDate|xmp:ModifyDate", signed_pdf())


def test_one_changed_byte_at_every_position_fails_and_says_that_it_is_the_signature_of_the_pdf() -> None:
    content = signed_pdf()
    place = re.search(rb"<[0-9A-F]{1000,}>", content)
    assert place is not None
    # The place of the signature itself is in no signed range; of it every seventh byte will do.
    skipped = {position for position in range(*place.span()) if position % 7}
    for position in range(len(content)):
        if position in skipped:
            continue
        other = bytearray(content)
        other[position] ^= 1 << position % 8
        assert is_signed(bytes(other)), position
        with pytest.raises(RatedPartsError) as refused:
            read_pdf_signature(bytes(other))
        assert refused.value.code == "pdf_signature_failed", position


def test_the_verdict_on_a_changed_pdf_is_invalid_whatever_the_credential_says() -> None:
    content = signed_pdf()
    for position in range(0, len(content), 97):
        other = bytearray(content)
        other[position] ^= 1 << position % 8
        if not other.startswith(b"%PDF-"):
            continue
        verdict = verdict_of(bytes(other))
        assert verdict.verdict == "invalid"
        assert "pdf_signature_failed" in verdict.codes, position
        assert result(verdict) == "failed", position


def test_a_changed_page_fails_though_the_credential_is_untouched() -> None:
    content = signed_pdf()
    found = re.search(rb"/MediaBox \[ ?[0-9 ]+", content)
    assert found is not None
    changed = content[: found.start() + 13] + b"9" + content[found.start() + 14 :]
    assert changed != content
    verdict = verdict_of(changed)
    checks = {check.name: check.result for check in verdict.checks}
    assert (verdict.verdict, checks["pdf_signature"], checks["signature"]) == ("invalid", "failed", "passed")
    assert [reason.parameters["problem"] for reason in verdict.reasons if reason.effect == "invalid"] == [
        "bytes_changed"
    ]


def test_a_later_update_is_no_part_of_what_was_signed() -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed_pdf()))
    words = generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 720 Td (Grade A+) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(words))
    target = io.BytesIO()
    writer.write(target)
    for content in (target.getvalue(), signed_pdf() + b"\n% added\n"):
        verdict = verdict_of(content)
        assert (verdict.verdict, result(verdict)) == ("invalid", "failed")
        assert verdict.reasons[0].parameters["problem"] == "not_whole_file"


def test_a_stranger_s_signature_proves_nothing_and_the_credential_decides() -> None:
    verdict = verdict_of(signed_pdf("stranger"))
    assert (verdict.verdict, result(verdict)) == ("valid", "unknown")
    assert "pdf_signature_signer_unknown" in verdict.codes
    nobody = verify_file(signed_pdf(), trust=None, at=MIDDLE)
    assert (nobody.verdict, result(nobody)) == ("cannot_tell", "unknown")


def test_a_certificate_with_the_name_of_another_is_not_that_one() -> None:
    # Two offices of one name: only the very certificate that is listed counts.
    assert document_key().chain[0].subject == document_key("stranger").chain[0].subject
    assert result(verdict_of(signed_pdf("stranger"))) == "unknown"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"valid_from": ISSUED_AT + timedelta(seconds=1)}, "signer_outside_window"),
        ({"valid_until": ISSUED_AT}, "signer_outside_window"),
        ({"revoked_at": ISSUED_AT}, "signer_revoked"),
        ({"environment": "test"}, "signer_of_another_environment"),
    ],
)
def test_a_key_that_might_not_sign_then_fails(changes: dict[str, Any], problem: str) -> None:
    verdict = verdict_of(signed_pdf(), trusting(listed(document_key(), **changes)))
    assert (verdict.verdict, result(verdict)) == ("invalid", "failed")
    assert verdict.reasons[0].parameters["problem"] == problem


def test_a_certificate_that_had_not_begun_fails() -> None:
    late = document_key("late", ISSUED_AT + timedelta(days=1))
    content = sign_pdf(pdf(attachment(JSON)), late, ISSUED_AT)
    verdict = verdict_of(content, trusting(listed(late)))
    assert verdict.reasons[0].parameters["problem"] == "signer_outside_window"


def test_a_key_revoked_later_leaves_the_question_open() -> None:
    revoked = listed(document_key(), revoked_at=ISSUED_AT + timedelta(days=9))
    verdict = verdict_of(signed_pdf(), trusting(revoked))
    assert (verdict.verdict, result(verdict)) == ("valid", "unknown")
    assert "pdf_signature_key_revoked_later" in verdict.codes


def test_two_keys_for_documents_at_once_are_not_believed() -> None:
    both_keys = trusting(listed(document_key()), listed(document_key("second")))
    verdict = verdict_of(signed_pdf(), both_keys)
    assert (verdict.verdict, result(verdict)) == ("invalid", "failed")
    # In turn they are.
    turn = ISSUED_AT + timedelta(days=30)
    after_another = trusting(
        listed(document_key(), valid_until=turn), listed(document_key("second"), valid_from=turn)
    )
    assert result(verdict_of(signed_pdf(), after_another)) == "passed"


def test_a_good_signature_does_not_heal_a_credential_that_fails() -> None:
    forged = json.loads(JSON)
    forged["credentialSubject"]["decision"]["grade"] = "A+"
    verdict = verdict_of(signed_pdf(credential=canonical_bytes(forged)))
    assert (verdict.verdict, result(verdict)) == ("invalid", "passed")
    assert verdict.codes[0] == "signature_failed"


def test_what_only_looks_like_a_signature_is_one_that_fails() -> None:
    def mark(document: pikepdf.Pdf) -> None:
        document.Root.Marked = pikepdf.Name("/ETSI.CAdES.detached")

    assert result(verdict_of(pdf(both(attachment(JSON), mark)))) == "failed"
    assert result(verdict_of(pdf(attachment(JSON)))) == "absent"


def test_a_list_of_keys_with_one_for_documents_is_read_as_it_was_written() -> None:
    keys = trusting(listed(document_key()))
    assert TrustedKeys.from_json(json.loads(json.dumps(keys.to_json()))) == keys
    assert listed(document_key()).public_key_multibase.startswith("zDn")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"x509_certificate": "AAAA"}, "unreadable"),
        ({"x509_certificate": None}, "unreadable"),
        ({"purpose": "certificates"}, "unknown_member"),
        ({"public_key_multibase": TRUST.keys[0].public_key_multibase}, "id_of_another_key"),
    ],
)
def test_a_key_for_documents_is_the_one_that_its_certificate_names(
    changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(RatedPartsError) as refused:
        IssuingKey.from_json({**listed(document_key()).to_json(), **changes}, 1)
    assert refused.value.parameters["problem"] == problem


def test_a_certificate_of_another_environment_in_the_pdf_is_not_covered_by_its_key() -> None:
    credential = canonical_bytes(signed(unsigned(environment="test")))
    verdict = verdict_of(signed_pdf(credential=credential))
    assert {"problem": "signer_of_another_environment"} in [dict(one.parameters) for one in verdict.reasons]
