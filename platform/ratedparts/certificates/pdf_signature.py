"""Signing a PDF: PAdES, level B-B, without a mark on the page.

What was there stays byte for byte; the signature is added behind it, as an incremental update.  A signature
is never the same twice, so a document is signed once and kept.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from ratedparts.errors import Kind, RatedPartsError

from .key_store import SigningKey

FIELD = "CertificateOffice"
REASON = "签发证书 / Certificate issued"
# What a signature takes beside the certificates: a P-256 signature is 70 to 72 bytes, what it signs some
# hundred.  Readers go through the place for it one hexadecimal digit at a time, so there is no more of it.
ROOM = 1024


def sign_pdf(unsigned: bytes, key: SigningKey, at: datetime) -> bytes:
    """The signed file, which begins with the unsigned one; no change is allowed afterwards.

    The key verifies what it signs with the public key of its own certificate, so the file is not read again.

    Raises ``signature_does_not_verify``, ``signer_unavailable``, ``signer_too_slow``.
    """
    import asyncio

    from asn1crypto import x509
    from asn1crypto.algos import SignedDigestAlgorithm
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    class Signer(signers.Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return bytes(72) if dry_run else key.sign(data)

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """Leave what the document says of itself, its date above all: a private step of pyHanko 0.38."""

    encoded = [one.public_bytes(Encoding.DER) for one in key.chain]
    room = ROOM + sum(map(len, encoded))
    chain = [x509.Certificate.load(one) for one in encoded]
    signer = Signer(
        signing_cert=chain[0],
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        embed_roots=False,  # what nobody signs has no place in the file
    )
    for above in chain[1:]:
        signer.cert_registry.register(above)
    meaning = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=REASON,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )

    async def sign() -> bytes:
        writer = Writer(io.BytesIO(unsigned))
        session = signers.PdfSigner(meaning, signer).init_signing_session(writer)
        session.system_time = at  # the clock is the caller's
        document = session.prepare_tbs_document(None, bytes_reserved=2 * room)
        digest, output = document.digest_tbs_document()
        attributes = PdfCMSSignedAttributes(signing_time=at)
        await document.perform_signature(digest.document_digest, attributes)
        output.seek(0)
        return bytes(output.read())

    # In a thread of its own: whoever calls may have an event loop of their own running.
    with ThreadPoolExecutor(max_workers=1) as thread:
        signed = thread.submit(lambda: asyncio.run(sign())).result()
    if not signed.startswith(unsigned):
        raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)
    return signed
