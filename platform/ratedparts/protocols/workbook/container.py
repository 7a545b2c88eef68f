"""The ZIP container of a workbook, judged before anything in it is unpacked into memory.

Everything is told by the central directory, and then held against what really comes out of each part.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections import Counter
from io import BytesIO
from typing import NamedTuple

from ratedparts.protocols.report import FaultList

MAGIC = b"PK\x03\x04"
MOST_PARTS = 200
LARGEST_FILE = 50 * 2**20
LARGEST_INFLATED = 500 * 2**20
LARGEST_RATIO = 200  # of a part; sheets of repeated cells reach about 30
END_RECORD_BYTES = 22  # without a comment, which no spreadsheet program writes
ENCRYPTED = 0x1
PASSIVE_ENDINGS = (
    *("/", ".xml", ".rels", ".vml", ".bin"),
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg"),
)
PART_NAME = re.compile(r"[A-Za-z0-9_.\[\] -]+(?:/[A-Za-z0-9_.\[\] -]+)*/?")
ACTIVE = (
    "vbaproject",
    "macrosheets/",
    "activex/",
    "embeddings/",
    "externallinks/",
    "customui/",
    "connections.xml",
)


class Unpacked(NamedTuple):
    archive: zipfile.ZipFile
    names: list[str]


def open_container(content: bytes, faults: FaultList) -> Unpacked | None:
    """The archive, or None once ``faults`` says what is wrong with it.

    Faults: ``workbook_too_large``, ``workbook_unreadable``, ``workbook_encrypted``, ``workbook_part``,
    ``workbook_active_content``.
    """
    if len(content) > LARGEST_FILE:
        faults.add("workbook_too_large", given=str(len(content)), maximum=LARGEST_FILE, what="file")
        return None
    if content.find(b"PK\x05\x06", -END_RECORD_BYTES) != len(content) - END_RECORD_BYTES:
        faults.add("workbook_unreadable", why="trailing_data")
        return None
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):  # the second: an odd ZIP version
        faults.add("workbook_unreadable", why="not_a_container")
        return None
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        faults.add("workbook_too_large", given=str(len(parts)), maximum=MOST_PARTS, what="parts")
        return None
    before = faults.count
    for name, times in Counter(part.filename for part in parts).items():
        if times > 1:
            faults.add("workbook_part", given=name, why="twice")
    for part in parts:
        _judge(part, faults)
    if faults.count == before:
        _judge_beginnings(archive, faults)
    inflated = sum(part.file_size for part in parts)
    if inflated > LARGEST_INFLATED:
        faults.add("workbook_too_large", given=str(inflated), maximum=LARGEST_INFLATED, what="inflated")
    return None if faults.count > before else Unpacked(archive, [part.filename for part in parts])


def _judge(part: zipfile.ZipInfo, faults: FaultList) -> None:
    name = part.filename
    if part.flag_bits & ENCRYPTED:
        faults.add("workbook_encrypted", given=name)
    if not PART_NAME.fullmatch(name) or ".." in name.split("/") or stat.S_ISLNK(part.external_attr >> 16):
        faults.add("workbook_part", given=name, why="name")
    if any(word in name.lower() for word in ACTIVE) or not name.lower().endswith(PASSIVE_ENDINGS):
        faults.add("workbook_active_content", given=name)
    if part.file_size > LARGEST_RATIO * max(part.compress_size, 1024):
        faults.add("workbook_too_large", given=name, maximum=LARGEST_RATIO, what="ratio")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        faults.add("workbook_unreadable", given=name, why="compression")


def _judge_beginnings(archive: zipfile.ZipFile, faults: FaultList) -> None:
    """A part that is an archive itself carries what nobody looks at.  XML parts are read in whole later."""
    for part in archive.infolist():
        if part.filename.lower().endswith(("/", ".xml", ".rels", ".vml")):
            continue
        try:
            with archive.open(part) as opened:
                beginning = opened.read(len(MAGIC))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
            faults.add("workbook_unreadable", given=part.filename, why="damaged")
            continue
        if beginning == MAGIC:
            faults.add("workbook_active_content", given=part.filename)
