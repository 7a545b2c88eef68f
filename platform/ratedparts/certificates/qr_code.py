"""The square that leads from a printed certificate to its page."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import segno

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import payload_digest

LONGEST_ADDRESS = 400  # characters; beyond it the squares get too small for a telephone's camera


def certificate_square(secured: Mapping[str, Any]) -> bytes:
    """The square of a certificate: its address, which names the origin and the number, and its digest.

    The digest stands behind ``#``: a browser does not send it, and whoever is led to a site that only looks
    like ours can hold it against the file.
    """
    return qr_code_svg(f"{secured['credentialStatus']['id']}#{payload_digest(secured)}")


def qr_code_svg(address: str) -> bytes:
    """A QR code as an SVG of its own: dark on white, quiet zone included, the same bytes every time.

    Error correction M: a fold or a stamp over 15 % of the code does no harm.
    Raises ``address_too_long`` (length, longest).
    """
    if len(address) > LONGEST_ADDRESS:
        raise RatedPartsError("address_too_long", length=len(address), longest=LONGEST_ADDRESS)
    written = BytesIO()
    segno.make_qr(address, error="m", boost_error=False).save(
        written, kind="svg", border=4, dark="#16202b", light="#ffffff", omitsize=True, nl=False
    )
    return written.getvalue()
