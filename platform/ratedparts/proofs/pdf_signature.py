"""The PAdES signature of a PDF, taken out of the bytes of the file and held against all the others.

A signature counts only where it covers the whole file but its own place.  So the file is looked at as
bytes, before anything interprets it: whatever stands in it was then signed, or was added later.
"""

from __future__ import annotations

import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ratedparts.errors import RatedPartsError

# Every signature of a PDF leaves several of these, so that a changed byte cannot make it look unsigned.
_TRACES = re.compile(rb"/ByteRange|/ETSI\.CAdES|/Adobe\.PPK|/adbe\.|/DocMDP|/SigFlags")
_BYTE_RANGE = re.compile(rb"/ByteRange \[ ?([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9}) *\]")
_HEXADECIMAL = re.compile(rb"<([0-9A-F]*|[0-9a-f]*)>")
_DIGESTS = ("sha256", "sha384", "sha512")
_MOST_CMS_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """A signature that holds over the whole file; ``certificate`` (DER) says which key made it."""

    certificate: bytes


def is_signed(content: bytes) -> bool:
    """Whether a PDF claims to be signed, well or badly."""
    return _TRACES.search(content) is not None


def read_pdf_signature(content: bytes) -> PdfSignature:
    """Check the signature of a PDF that claims to be signed; who may sign is for the caller to say.

    Raises
    ------
    RatedPartsError
        ``pdf_signature_failed`` (problem): ``signature_malformed``: there is no one whole PAdES signature;
        ``not_whole_file``: something stands outside what is signed, such as a later update;
        ``bytes_changed``: the signed bytes are not those that were signed; ``signature_wrong``: the
        signature is not of the key that it names.
    """
    first, second, cms = _parts(content)
    signed_data, signer = _signed_data(cms)
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content[:first])
    digest.update(content[second:])
    if _message_digest(signer) != digest.digest():  # quick, and before any mathematics of keys
        raise _failed("bytes_changed")
    if not _is_plain(signed_data, signer):
        raise _failed("signature_malformed")
    certificate: bytes = _signer_certificate(signed_data, signer)
    _require_valid(content)
    return PdfSignature(certificate)


def _parts(content: bytes) -> tuple[int, int, bytes]:
    """The end of the first signed range, the start of the second, and what stands between them, decoded."""
    found = _BYTE_RANGE.findall(content)
    if len(found) != 1 or content.count(b"/ByteRange") != 1:
        raise _failed("signature_malformed")
    start, first, second, length = map(int, found[0])
    if start != 0 or not first < second or second + length != len(content):
        raise _failed("not_whole_file")
    written = _HEXADECIMAL.fullmatch(content[first:second])
    if written is None or len(written[1]) % 2 or len(written[1]) > 2 * _MOST_CMS_BYTES:
        raise _failed("signature_malformed")
    return first, second, bytes.fromhex(written[1].decode("ascii"))


def _signed_data(padded: bytes) -> tuple[Any, Any]:
    """The CMS structure and its one signer.  Nothing but zeros may fill the place that is left."""
    from asn1crypto import cms

    try:
        message = cms.ContentInfo.load(padded)
        encoded = message.dump()
        signed_data = message["content"]
        (signer,) = signed_data["signer_infos"]
        whole = (
            message["content_type"].native == "signed_data"
            and padded.startswith(encoded)
            and not padded[len(encoded) :].strip(b"\0")
            and signer["digest_algorithm"]["algorithm"].native in _DIGESTS
        )
    # The parser names a dozen kinds of damage, each of them meaning the same.
    except Exception:
        raise _failed("signature_malformed") from None
    if not whole:
        raise _failed("signature_malformed")
    return signed_data, signer


def _is_plain(signed_data: Any, signer: Any) -> bool:
    """Whether what nobody signs, such as versions, is what it always is: there is no other right spelling."""
    try:
        algorithm = signer["digest_algorithm"]
        content = signed_data["encap_content_info"]
        return (
            signed_data["version"].native == signer["version"].native == "v1"
            and [one.dump() for one in signed_data["digest_algorithms"]] == [algorithm.dump()]
            and algorithm["parameters"].native is None
            and content["content_type"].native == "data"
            and content["content"].native is None
        )
    except Exception:  # what is read only now may be damaged, too
        return False


def _message_digest(signer: Any) -> bytes:
    try:
        (digest,) = (
            one["values"][0].native
            for one in signer["signed_attrs"]
            if one["type"].native == "message_digest"
        )
    except Exception:
        raise _failed("signature_malformed") from None
    return bytes(digest)


def _signer_certificate(signed_data: Any, signer: Any) -> bytes:
    """The certificate that the signer is named by; it must stand there once."""
    try:
        name = signer["sid"].chosen
        (found,) = (
            one.chosen
            for one in signed_data["certificates"]
            if one.chosen.serial_number == name["serial_number"].native
            and one.chosen.issuer.dump() == name["issuer"].dump()
        )
        return bytes(found.dump())
    except Exception:
        raise _failed("signature_malformed") from None


def _require_valid(content: bytes) -> None:
    """Have pyHanko read the file as a reader of PDFs does, and check the signature that it finds there."""
    import asyncio

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        (embedded,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
        # Whom to trust, and when, is not asked here: the caller's list of keys names certificates whole.
        named = embedded.signer_cert
        context = ValidationContext(trust_roots=[named], moment=named.not_valid_before, allow_fetching=False)
        # In a thread of its own: whoever calls may have an event loop of their own running.
        with ThreadPoolExecutor(max_workers=1) as thread:
            validated = thread.submit(lambda: asyncio.run(async_validate_pdf_signature(embedded, context)))
            status = validated.result()
        subfilter = embedded.sig_object["/SubFilter"]
    # pyHanko tells of hostile structure with many kinds of exception, each of them meaning the same.
    except Exception:
        raise _failed("signature_malformed") from None
    if not (status.intact and status.valid):
        raise _failed("signature_wrong")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE or status.docmdp_ok is False:
        raise _failed("not_whole_file")
    if subfilter != "/ETSI.CAdES.detached":
        raise _failed("signature_malformed")


def _failed(problem: str) -> RatedPartsError:
    return RatedPartsError("pdf_signature_failed", problem=problem)
