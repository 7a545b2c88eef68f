"""The certificate inside a PDF: its attached credential.

A PDF shows whatever its maker likes.  The attached credential is what is signed; the page is not evidence.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from ratedparts.errors import Kind, RatedPartsError

if TYPE_CHECKING:
    import pikepdf

ATTACHMENT = "credential.json"
MAX_PDF_BYTES = 16 * 1024 * 1024
MAX_CREDENTIAL_BYTES = 1024 * 1024


def require_pdf_size(content: bytes) -> None:
    """Raise ``pdf_too_large`` (bytes, max_bytes) for more than is ever read."""
    if len(content) > MAX_PDF_BYTES:
        raise RatedPartsError(
            "pdf_too_large", kind=Kind.TOO_LARGE, bytes=len(content), max_bytes=MAX_PDF_BYTES
        )


def read_pdf(content: bytes) -> bytes:
    """Take the bytes of the attached credential out of a PDF.

    A damaged PDF is refused, never repaired: a repaired file is not the file that was given.

    Raises
    ------
    RatedPartsError
        ``pdf_too_large`` (bytes, max_bytes), ``pdf_encrypted``, ``pdf_malformed`` (problem),
        ``pdf_without_credential`` (attachments), ``pdf_several_credentials`` (count),
        ``pdf_attachment_unreadable`` (filter), ``json_too_large`` (bytes, max_bytes).

    Notes
    -----
    qpdf's limits on memory belong to the whole process, so whoever serves PDFs from strangers sets them once
    at the start (``pikepdf.settings.set_qpdf_limits``); the attachment itself is inflated here, within a
    limit.
    """
    import pikepdf

    require_pdf_size(content)
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as document:
            if document.is_encrypted:
                raise RatedPartsError("pdf_encrypted")
            return _credential(document)
    except RatedPartsError:
        raise
    except pikepdf.PasswordError:
        raise RatedPartsError("pdf_encrypted") from None
    # qpdf tells of hostile structure with a dozen kinds of exception, each of them meaning the same.
    except Exception as error:
        raise RatedPartsError("pdf_malformed", problem=type(error).__name__) from None


def _credential(document: pikepdf.Pdf) -> bytes:
    # The name in the index and the name in the attachment may differ: either may be what a reader shows.
    found = [
        specification
        for name, specification in document.attachments.items()
        if ATTACHMENT in (name, specification.filename)
    ]
    if not found:
        raise RatedPartsError("pdf_without_credential", attachments=len(document.attachments))
    if len(found) > 1:
        raise RatedPartsError("pdf_several_credentials", count=len(found))
    # An attachment may name several streams, for several readers: two different ones are two credentials.
    streams = {stream.objgen: stream for stream in found[0].obj.EF.values()}
    if len(streams) > 1:
        raise RatedPartsError("pdf_several_credentials", count=len(streams))
    return _inflated(next(iter(streams.values())))


def _inflated(stream: pikepdf.Object) -> bytes:
    """Decode an attachment by hand, because pikepdf would inflate all of it before its size is known."""
    import pikepdf

    declared = stream.get("/Filter")
    if declared is None:
        filters = []
    elif isinstance(declared, pikepdf.Array):
        filters = [str(item) for item in declared]
    else:
        filters = [str(declared)]
    raw = stream.read_raw_bytes()
    if filters == []:
        decoded = raw
    elif filters == ["/FlateDecode"] and "/DecodeParms" not in stream:
        inflater = zlib.decompressobj()
        decoded = inflater.decompress(raw, MAX_CREDENTIAL_BYTES + 1)
        if len(decoded) <= MAX_CREDENTIAL_BYTES and not inflater.eof:
            raise RatedPartsError("pdf_malformed", problem="truncated_attachment")
    else:
        raise RatedPartsError("pdf_attachment_unreadable", filter=" ".join(filters)[:120])
    if len(decoded) > MAX_CREDENTIAL_BYTES:
        raise RatedPartsError(
            "json_too_large", kind=Kind.TOO_LARGE, bytes=len(decoded), max_bytes=MAX_CREDENTIAL_BYTES
        )
    return bytes(decoded)
