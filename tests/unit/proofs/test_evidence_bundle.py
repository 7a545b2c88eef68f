from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import evidence_in, evidence_name, read_bundle, write_bundle
from ratedparts.proofs.archive import ArchiveLimits, read_archive, write_archive
from ratedparts.proofs.bundle import MANIFEST

from .samples import EVIDENCE, bundle


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(RatedPartsError) as caught:
        read_bundle(content, limits=ArchiveLimits(**limits))
    return caught.value.code


def test_the_same_files_give_the_same_bundle() -> None:
    assert bundle() == bundle(evidence=EVIDENCE[::-1])


def test_any_zip_tool_can_unpack_it() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(archive.namelist())
        assert {name: archive.read(name) for name in archive.namelist()} == read_bundle(bundle())


def test_what_was_put_in_comes_out() -> None:
    files = read_bundle(bundle())
    assert sorted(evidence_in(files).values()) == sorted(EVIDENCE)
    assert write_bundle({name: body for name, body in files.items() if name != MANIFEST}) == bundle()


def test_limits_are_looked_at_first() -> None:
    assert refusal(bundle(), bytes=len(bundle()) - 1) == "archive_too_large"
    assert refusal(bundle(), files=8) == "archive_too_many_files"
    assert len(read_bundle(bundle(), limits=ArchiveLimits(bytes=len(bundle()), files=9))) == 9


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = zipped({"dossier.json": b"\0" * 10_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 20_000
    assert refusal(bomb) == "archive_compressed"


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "x", "evidence/x.csv", "Dossier.json", "é", "dossier.json\0", "e" * 200]
)
def test_a_name_outside_the_pattern_is_refused(name: str) -> None:
    assert refusal(zipped({name.replace("\0", "/"): b""})) == "archive_name"
    with pytest.raises(RatedPartsError, match="archive_name"):
        write_bundle({name: b""})


def end_of(content: bytes) -> int:
    return content.rindex(b"PK\x05\x06")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: content + b"\n", "archive_not_exact"),
        (lambda content: content[:-1], "archive_not_exact"),
        (lambda content: content[:20], "archive_not_exact"),
        (
            lambda content: content[: end_of(content)] + b"hidden" + content[end_of(content) :],
            "archive_not_exact",
        ),
        (lambda content: content[:10] + b"\1" + content[11:], "archive_not_exact"),
        (lambda content: content[:6] + b"\1" + content[7:], "archive_encrypted"),
        (lambda content: content[:6] + b"\10" + content[7:], "archive_not_exact"),
        (lambda content: content[:18] + struct.pack("<2I", 2**31, 2**31) + content[26:], "archive_not_exact"),
        (lambda content: content[:50] + bytes([content[50] ^ 1]) + content[51:], "archive_damaged"),
        (lambda content: zipped({"dossier.json": b"{}"}), "archive_not_exact"),
        (lambda content: write_archive({"dossier.json": b"{}"}), "bundle_file_missing"),
        (lambda content: b"PK\x05\x06" + b"\0" * 18, "bundle_file_missing"),
    ],
)
def test_an_archive_has_one_spelling(spoil: Callable[[bytes], bytes], code: str) -> None:
    assert refusal(spoil(bundle())) == code


def test_a_name_that_occurs_twice_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("dossier.json", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("dossier.json", b"2")
    assert refusal(target.getvalue()) == "archive_duplicate_name"


def test_the_manifest_lists_exactly_what_is_there() -> None:
    files = read_bundle(bundle())
    assert refusal(write_archive({**files, "dossier.json": b"{}"})) == "bundle_file_changed"
    assert (
        refusal(write_archive({n: b for n, b in files.items() if n != "README.txt"})) == "bundle_file_changed"
    )
    assert refusal(write_archive({**files, MANIFEST: files[MANIFEST] + b" "})) == "bundle_manifest_malformed"
    assert refusal(write_archive({**files, MANIFEST: b"{"})) == "bundle_manifest_malformed"


def test_evidence_is_what_its_name_says() -> None:
    files = {name: body for name, body in read_bundle(bundle()).items() if name != MANIFEST}
    workbook = b"PK\x03\x04 and so on"
    for name in (f"evidence/{'0' * 64}.csv", evidence_name(b"x").replace(".csv", ".xlsx")):
        assert refusal(write_bundle({**files, name: b"x"})) == "bundle_evidence_changed"
    found = evidence_in(read_bundle(write_bundle({**files, evidence_name(workbook): workbook})))
    assert workbook in found.values()
    assert evidence_name(workbook).endswith(".xlsx")


def test_an_archive_without_files_can_be_read() -> None:
    assert read_archive(write_archive({}), accepts=lambda name: True) == {}
