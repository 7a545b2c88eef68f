"""A ZIP that has exactly one spelling: sorted names, stored, fixed time, nothing between and nothing after.

Nothing is compressed, so the same files give the same bytes whatever zlib is installed, nothing can inflate,
and every byte of the archive is accounted for: reading takes the files out and asks whether writing them
gives the very same archive.  Any ZIP tool can unpack it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ratedparts.errors import Kind, RatedPartsError

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, END_SIGNATURE = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_MADE_ON_UNIX = (3 << 8) | _VERSION
_DATE = (0 << 9) | (1 << 5) | 1  # 1980-01-01, the first day that a ZIP can name
_MODE = 0o100644 << 16
_MOST_FILES, _MOST_BYTES = 0xFFFE, 0x7FFFFFFF
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What is looked at before anything is unpacked."""

    bytes: int = 256 * 1024 * 1024
    files: int = 4096
    name_characters: int = 128


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of ``files`` (ASCII name → content).

    Raises
    ------
    RatedPartsError
        ``archive_name`` (name), ``archive_too_many_files`` (max_files), ``archive_too_large`` (bytes,
        max_bytes).
    """
    local_parts: list[bytes] = []
    central_parts: list[bytes] = []
    offset = 0
    total = sum(map(len, files.values()))
    # Beyond these a ZIP needs ZIP64, which has several spellings.
    if len(files) > _MOST_FILES:
        raise RatedPartsError("archive_too_many_files", kind=Kind.TOO_LARGE, max_files=_MOST_FILES)
    if total > _MOST_BYTES:
        raise RatedPartsError("archive_too_large", kind=Kind.TOO_LARGE, bytes=total, max_bytes=_MOST_BYTES)
    for name in sorted(files):
        if not name.isascii() or not 0 < len(name) <= 0xFFFF:
            raise RatedPartsError("archive_name", name=ascii(name)[:120])
        encoded, content = name.encode(), files[name]
        sums = (zlib.crc32(content), len(content), len(content), len(encoded), 0)
        local = _LOCAL.pack(LOCAL_SIGNATURE, _VERSION, 0, 0, 0, _DATE, *sums) + encoded
        local_parts += [local, content]
        versions = (_MADE_ON_UNIX, _VERSION)
        header = _CENTRAL.pack(_CENTRAL_SIGNATURE, *versions, 0, 0, 0, _DATE, *sums, 0, 0, 0, _MODE, offset)
        central_parts.append(header + encoded)
        offset += len(local) + len(content)
    central = b"".join(central_parts)
    end = _END.pack(END_SIGNATURE, 0, 0, len(files), len(files), len(central), offset, 0)
    return b"".join((*local_parts, central, end))


def read_archive(
    content: bytes, *, accepts: Callable[[str], bool], limits: ArchiveLimits | None = None
) -> dict[str, bytes]:
    """Return the files of an archive that `write_archive` wrote, name → content.

    Parameters
    ----------
    accepts
        Whether a name may occur at all.

    Raises
    ------
    RatedPartsError
        ``archive_too_large`` (bytes, max_bytes), ``archive_too_many_files`` (max_files),
        ``archive_name`` (name), ``archive_duplicate_name`` (name), ``archive_encrypted`` (name),
        ``archive_compressed`` (name), ``archive_damaged`` (name): the sum does not fit the content,
        ``archive_not_exact`` (offset): something else than files and directory, first seen there.
    """
    limits = limits or ArchiveLimits()
    if len(content) > limits.bytes:
        raise RatedPartsError(
            "archive_too_large", kind=Kind.TOO_LARGE, bytes=len(content), max_bytes=limits.bytes
        )
    files: dict[str, bytes] = {}
    offset = 0
    while content.startswith(LOCAL_SIGNATURE, offset):
        if len(files) >= limits.files:
            raise RatedPartsError("archive_too_many_files", kind=Kind.TOO_LARGE, max_files=limits.files)
        name, body, offset = _entry(content, offset, limits, accepts)
        if name in files:
            raise RatedPartsError("archive_duplicate_name", name=name)
        files[name] = body
    rebuilt = write_archive(files)
    if rebuilt != content:
        raise RatedPartsError("archive_not_exact", offset=_first_difference(rebuilt, content))
    return files


def _entry(
    content: bytes, offset: int, limits: ArchiveLimits, accepts: Callable[[str], bool]
) -> tuple[str, bytes, int]:
    """Read the entry that begins at ``offset``: its name, its content and where the next thing begins."""
    if len(content) - offset < _LOCAL.size:
        raise RatedPartsError("archive_not_exact", offset=offset)
    header = _LOCAL.unpack_from(content, offset)
    _, _, flags, method, _, _, checksum, packed, unpacked, name_length, extra_length = header
    start = offset + _LOCAL.size
    encoded = content[start : start + min(name_length, limits.name_characters + 1)]
    name = encoded.decode("ascii", "replace")
    if not encoded.isascii() or name_length > limits.name_characters or not accepts(name):
        raise RatedPartsError("archive_name", name=ascii(name)[:120])
    if flags & _ENCRYPTED:
        raise RatedPartsError("archive_encrypted", name=name)
    if method:
        raise RatedPartsError("archive_compressed", name=name)
    begin = start + name_length + extra_length
    end = begin + packed
    if flags & _SIZES_FOLLOW or packed != unpacked or end > len(content):
        raise RatedPartsError("archive_not_exact", offset=offset)
    body = content[begin:end]
    if zlib.crc32(body) != checksum:
        raise RatedPartsError("archive_damaged", name=name)
    return name, body, end


def _first_difference(expected: bytes, given: bytes) -> int:
    shorter = min(len(expected), len(given))
    if expected[:shorter] == given[:shorter]:
        return shorter
    low, high = 0, shorter  # the beginnings up to `low` agree, those up to `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if expected[low:middle] == given[low:middle] else (low, middle)
    return low
