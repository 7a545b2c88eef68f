"""The square on a certificate: drawn once, and read again as a camera would."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp

from ratedparts.certificates.qr_code import LONGEST_ADDRESS, qr_code_svg
from ratedparts.errors import RatedPartsError

ADDRESS = "https://ratedparts.example/certificates/CEG-7K3M9-QX2PD#sha256:" + "0f" * 32
SVG = "{http://www.w3.org/2000/svg}"


def squares(drawn: bytes) -> np.ndarray:
    """The picture that the file describes, eight points a square."""
    root = ElementTree.fromstring(drawn)
    size = int(root.attrib["viewBox"].split()[-1])
    picture = np.full((size, size), 255, np.uint8)
    _, dark = root.findall(f"{SVG}path")
    for x, y, width in re.findall(r"M(\d+) (\d+).5h(\d+)", dark.attrib["d"]):
        picture[int(y), int(x) : int(x) + int(width)] = 0
    return picture.repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "x" * (LONGEST_ADDRESS - len(ADDRESS))])
def test_a_reader_reads_the_address(address):
    read = zxingcpp.read_barcode(squares(qr_code_svg(address)))
    assert (read.text, read.ec_level) == (address, "M")


def test_a_stamp_over_a_tenth_of_it_does_no_harm():
    picture = squares(qr_code_svg(ADDRESS))
    height = len(picture)
    picture[int(0.5 * height) : int(0.7 * height), int(0.4 * height) : int(0.75 * height)] = 255
    assert zxingcpp.read_barcode(picture).text == ADDRESS


def test_it_is_the_same_every_time_and_refuses_an_endless_address():
    assert qr_code_svg(ADDRESS) == qr_code_svg(ADDRESS)
    with pytest.raises(RatedPartsError, match="address_too_long"):
        qr_code_svg("x" * (LONGEST_ADDRESS + 1))
