from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from ratedparts.proofs import Verdict, canonical_bytes, verify_file

from .samples import MIDDLE, TRUST, changed, signed

JSON = canonical_bytes(signed())
LOCKED, OPEN = pikepdf.Encryption(owner="a", user="b"), pikepdf.Encryption(owner="a", user="")
Attach = Callable[[pikepdf.Pdf], None]


def pdf(attach: Attach, **saving: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    attach(document)
    target = io.BytesIO()
    document.save(target, **saving)
    return target.getvalue()


def attachment(content: bytes, name: str = "credential.json", key: str | None = None) -> Attach:
    def attach(document: pikepdf.Pdf) -> None:
        document.attachments[key or name] = pikepdf.AttachedFileSpec(document, content, filename=name)

    return attach


def both(*steps: Attach) -> Attach:
    def attach(document: pikepdf.Pdf) -> None:
        for step in steps:
            step(document)

    return attach


def of(content: bytes) -> Verdict:
    return verify_file(content, trust=TRUST, at=MIDDLE)


def test_the_credential_attached_to_a_pdf_is_verified_and_the_page_is_not() -> None:
    verdict = of(pdf(attachment(JSON)))
    assert verdict.verdict == "valid"
    assert verdict.codes == ("pdf_page_is_not_evidence", "log_not_checked", "status_not_checked")
    assert verdict.certificate == signed()
    assert ("pdf_signature", "absent") in [(check.name, check.result) for check in verdict.checks]


def test_other_attachments_do_not_matter() -> None:
    assert of(pdf(both(attachment(b"x", "notes.txt"), attachment(JSON)))).verdict == "valid"


def test_a_changed_credential_in_a_pdf_is_noticed() -> None:
    forged = canonical_bytes(changed(signed(), ["credentialSubject", "decision", "grade"], "A+"))
    assert of(pdf(attachment(forged))).codes[0] == "signature_failed"
    assert of(pdf(attachment(b"{"))).codes[0] == "json_syntax"


@pytest.mark.parametrize(
    ("content", "verdict", "code"),
    [
        (pdf(lambda document: None), "invalid", "pdf_without_credential"),
        (pdf(attachment(JSON, "other.json")), "invalid", "pdf_without_credential"),
        (pdf(both(attachment(JSON), attachment(JSON, key="second"))), "invalid", "pdf_several_credentials"),
        (pdf(attachment(JSON), encryption=LOCKED), "cannot_tell", "pdf_encrypted"),
        (pdf(attachment(JSON), encryption=OPEN), "cannot_tell", "pdf_encrypted"),
        (pdf(attachment(JSON))[:-40], "invalid", "pdf_malformed"),
        (b"%PDF-1.7", "invalid", "pdf_malformed"),
        (pdf(attachment(b'"' + b"a" * 3_000_000 + b'"')), "cannot_tell", "json_too_large"),
    ],
)
def test_a_pdf_that_holds_no_single_readable_credential_is_not_valid(
    content: bytes, verdict: str, code: str
) -> None:
    found = of(content)
    assert (found.verdict, found.codes[0]) == (verdict, code)


def test_two_streams_under_one_name_are_two_credentials() -> None:
    def attach(document: pikepdf.Pdf) -> None:
        attachment(JSON)(document)
        specification = document.attachments["credential.json"].obj
        specification.EF.F = document.make_stream(b"{}")

    assert of(pdf(attach)).codes[0] == "pdf_several_credentials"


def test_an_attachment_in_an_unusual_filter_is_left_undecided() -> None:
    def attach(document: pikepdf.Pdf) -> None:
        attachment(JSON)(document)
        stream = document.attachments["credential.json"].obj.EF.F
        stream.write(zlib.compress(zlib.compress(JSON)), filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))

    found = of(pdf(attach, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none))
    assert (found.verdict, found.codes[0]) == ("cannot_tell", "pdf_attachment_unreadable")


def test_a_signature_that_covers_next_to_nothing_fails_though_the_credential_holds() -> None:
    def attach(document: pikepdf.Pdf) -> None:
        attachment(JSON)(document)
        value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=b"\0" * 8)
        field = document.make_indirect(
            pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=document.make_indirect(value))
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)

    verdict = of(pdf(attach))
    assert (verdict.verdict, verdict.codes[0]) == ("invalid", "pdf_signature_failed")
    results = {check.name: check.result for check in verdict.checks}
    assert (results["pdf_signature"], results["signature"]) == ("failed", "passed")


def test_no_changed_byte_of_a_pdf_yields_another_valid_certificate() -> None:
    content = pdf(attachment(JSON))
    for position in range(0, len(content), 3):
        other = bytearray(content)
        other[position] ^= 1 << position % 8
        verdict = of(bytes(other))
        assert "verifier_failed" not in verdict.codes
        assert verdict.verdict != "valid" or verdict.certificate == signed()
