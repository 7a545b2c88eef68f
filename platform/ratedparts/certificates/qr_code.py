"""The square that leads from a printed certificate to its page."""

from __future__ import annotations

from io import BytesIO

import segno

from ratedparts.errors import RatedPartsError

LONGEST_ADDRESS = 400  # characters; beyond it the squares get too small for a telephone's camera


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
