"""Signing a PDF: PAdES, level B-B, without a mark on the page.

What was there stays byte for byte; the signature is added behind it, as an incremental update.  A signature
is never the same twice, so a document is signed once and kept.
"""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from ratedparts.errors import Kind, RatedPartsError

from .key_store import SigningKey

FIELD = "CertificateOffice"
# What a signature takes beside the certificates: a P-256 signature is 70 to 72 bytes, what it signs some
# hundred.  Readers go through the place for it one hexadecimal digit at a time, so there is no more of it.
ROOM = 1024
MEANING = signers.PdfSignatureMetadata(
    field_name=FIELD,
    md_algorithm="sha256",
    reason="签发证书 / Certificate issued",
    certify=True,
    docmdp_permissions=MDPPerm.NO_CHANGES,
    subfilter=SigSeedSubFilter.PADES,
)


def sign_pdf(unsigned: bytes, key: SigningKey, at: datetime) -> bytes:
    """The signed file, which begins with the unsigned one; no change is allowed afterwards.

    The key verifies what it signs with the public key of its own certificate, so the file is not read again.

    Raises ``signature_does_not_verify``, ``signer_unavailable``, ``signer_too_slow``.
    """
    # In a thread of its own: whoever calls may have an event loop of their own running.
    with ThreadPoolExecutor(max_workers=1) as thread:
        signed = thread.submit(lambda: asyncio.run(_signed(unsigned, key, at))).result()
    if not signed.startswith(unsigned):
        raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)
    return signed


async def _signed(unsigned: bytes, key: SigningKey, at: datetime) -> bytes:
    encoded = tuple(one.public_bytes(Encoding.DER) for one in key.chain)
    session = signers.PdfSigner(MEANING, _Signer(key, encoded)).init_signing_session(
        _Writer(io.BytesIO(unsigned))
    )
    session.system_time = at  # the clock is the caller's
    document = session.prepare_tbs_document(None, bytes_reserved=2 * (ROOM + sum(map(len, encoded))))
    digest, output = document.digest_tbs_document()
    await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=at))
    output.seek(0)
    return bytes(output.read())


class _Signer(signers.Signer):
    def __init__(self, key: SigningKey, encoded: tuple[bytes, ...]) -> None:
        own, store = _certificates(encoded)
        super().__init__(
            signing_cert=own,
            cert_registry=store,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            embed_roots=False,  # what nobody signs has no place in the file
        )
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(72) if dry_run else self._key.sign(data)


class _Writer(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """Leave what the document says of itself, its date above all: a private step of pyHanko 0.38."""


@lru_cache(maxsize=8)
def _certificates(encoded: tuple[bytes, ...]) -> tuple[x509.Certificate, CertificateStore]:
    """The key's own, and where those above it are found: read once, as that takes longer than signing."""
    own, *above = map(x509.Certificate.load, encoded)
    store: CertificateStore = SimpleCertificateStore.from_certs(above)  # type: ignore[no-untyped-call]
    return own, store
