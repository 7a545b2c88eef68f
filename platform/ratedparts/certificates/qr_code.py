"""The square that leads from a printed certificate to its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import payload_digest

LONGEST_ADDRESS = 400  # characters; beyond it the squares get too small for a telephone's camera
DARK, LIGHT = "#16202b", "#ffffff"


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
    drawn = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    light = np.asarray(drawn.to_image(scale=1)) > 0
    size = len(light)
    path = "".join(f"M{x} {y + 0.5:g}h{width}" for y, x, width in _dark_runs(light))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="{LIGHT}" d="M0 0h{size}v{size}h-{size}z"/><path stroke="{DARK}" d="{path}"/></svg>'
    ).encode()


def _dark_runs(light: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Row by row, where each run of dark squares begins and how long it is; no row begins or ends dark."""
    rows, columns = np.nonzero(light[:, 1:] != light[:, :-1])
    begins, ends = columns[::2] + 1, columns[1::2] + 1
    yield from zip(rows[::2].tolist(), begins.tolist(), (ends - begins).tolist(), strict=True)
