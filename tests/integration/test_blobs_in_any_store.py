"""Blobs are the same wherever they lie: in memory, in a folder, in an object store of either kind."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore, from_url

from ratedparts.blobs.opening import open_blobs
from ratedparts.blobs.store import ObjectBlobs
from ratedparts.errors import RatedPartsError
from ratedparts.settings import BlobAddress, Settings

from .object_store import BUCKET, Line, line, new_address, object_store

__all__ = ["line", "object_store"]

CONTENT = b"a laboratory's file\n"
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


class Store:
    """Blobs with the store below them, for whoever damages one."""

    def __init__(self, blobs: ObjectBlobs, below: Any) -> None:
        self.blobs = blobs
        self._below = below

    def overwrite(self, digest: str, content: bytes) -> None:
        name = digest.removeprefix("sha256:")
        self._below.put(f"{name[:2]}/{name}", content)


@pytest.fixture(params=["memory", "folder", "address of a folder", "s3", "s3 that overwrites"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "memory":
        below = MemoryStore()
        return Store(ObjectBlobs(below), below)
    if request.param == "folder":
        return Store(open_blobs(None, tmp_path / "blobs"), from_url(f"file://{tmp_path}/blobs", mkdir=True))
    if request.param == "address of a folder":
        address = BlobAddress(f"file://{tmp_path}/else where".replace(" ", "%20"))
        blobs = open_blobs(address, tmp_path / "blobs")
        assert (tmp_path / "else where").is_dir()
        assert not (tmp_path / "blobs").exists()
        return Store(blobs, from_url(address.url))
    request.getfixturevalue("object_store")
    if request.param == "s3 that overwrites":
        monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    address = new_address()
    below = from_url(address.url, client_options={"allow_http": True})
    return Store(open_blobs(address, tmp_path / "blobs"), below)


def test_what_comes_out_is_what_went_in(store: Store, tmp_path: Path) -> None:
    blobs = store.blobs
    assert list(blobs.digests()) == []
    assert blobs.put(CONTENT) == DIGEST
    assert blobs.put(CONTENT) == DIGEST, "the same bytes twice are kept once"
    assert blobs.get(DIGEST) == CONTENT
    long = tmp_path / "long"
    long.write_bytes(os.urandom(11_000_000))  # more than one part of an upload in parts
    digest = blobs.put_file(long)
    assert blobs.put_file(long) == digest
    blobs.copy_into(digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == long.read_bytes()
    blobs.require(digest)
    assert sorted(blobs.digests()) == sorted([DIGEST, digest])
    blobs.look()


def test_nothing_is_a_blob_too(store: Store, tmp_path: Path) -> None:
    digest = store.blobs.put(b"")
    store.blobs.copy_into(digest, tmp_path / "copy")
    assert (store.blobs.get(digest), (tmp_path / "copy").read_bytes()) == (b"", b"")


def test_wrong_bytes_are_refused_as_damaged_whatever_one_does_with_them(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    store.blobs.put(CONTENT)
    store.overwrite(DIGEST, CONTENT[:-1])
    for use in (
        lambda: store.blobs.get(DIGEST),
        lambda: store.blobs.require(DIGEST),
        lambda: store.blobs.copy_into(DIGEST, tmp_path / "copy"),
        lambda: store.blobs.put(CONTENT),
        lambda: store.blobs.put_file(file),
    ):
        with pytest.raises(RatedPartsError) as refused:
            use()
        assert (refused.value.code, refused.value.subject) == ("blob_damaged", DIGEST)


def test_what_is_not_there_is_missing(store: Store, tmp_path: Path) -> None:
    for use in (
        lambda: store.blobs.get(DIGEST),
        lambda: store.blobs.require(DIGEST),
        lambda: store.blobs.copy_into(DIGEST, tmp_path / "copy"),
    ):
        with pytest.raises(RatedPartsError) as refused:
            use()
        assert refused.value.code == "blob_missing"
    assert not (tmp_path / "copy").exists()


def test_a_store_that_cannot_be_reached_says_so_and_nothing_of_its_address(
    object_store: Line, tmp_path: Path
) -> None:
    blobs = open_blobs(new_address(0.5), tmp_path)
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    with object_store.cut():
        for use in (
            blobs.look,
            lambda: list(blobs.digests()),
            lambda: blobs.get(DIGEST),
            lambda: blobs.put(CONTENT),
            lambda: blobs.put_file(file),
            lambda: blobs.copy_into(DIGEST, tmp_path / "copy"),
        ):
            with pytest.raises(RatedPartsError) as refused:
                use()
            assert str(refused.value) == "blob_store_unavailable"
    assert blobs.put(CONTENT) == DIGEST


def test_a_bucket_that_is_not_there_is_not_an_empty_one(object_store: Line, tmp_path: Path) -> None:
    blobs = open_blobs(BlobAddress(f"s3://no-{BUCKET}/x", 1.0), tmp_path)
    for use in (blobs.look, lambda: blobs.put(CONTENT)):
        with pytest.raises(RatedPartsError) as refused:
            use()
        assert refused.value.code == "blob_store_unavailable"


def test_without_tls_nothing_is_sent_unless_the_provider_s_variable_allows_it(
    object_store: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(RatedPartsError) as refused:
        open_blobs(new_address(), tmp_path).look()
    assert refused.value.code == "blob_store_unavailable"


@pytest.mark.parametrize(
    "url", ["s3://bucket/a/prefix", "gs://bucket", "az://container/x", "file:///a/folder"]
)
def test_an_address_of_every_kind_is_read(url: str) -> None:
    address = Settings.read({"BLOB_URL": url}).blob_address
    assert address is not None
    assert address.url == url
    assert (address.folder is not None) == url.startswith("file:")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "blob_address_not_usable"),
        ("/var/blobs", "blob_address_not_usable"),
        ("s3://", "blob_address_not_usable"),
        ("s3:bucket", "blob_address_not_usable"),
        ("https://bucket.example/x", "blob_address_not_usable"),
        ("memory:///", "blob_address_not_usable"),
        ("file://machine/folder", "blob_address_not_usable"),
        ("file:///", "blob_address_not_usable"),
        ("s3://[bucket", "blob_address_not_usable"),
        ("s3://key:hunter22@bucket/x", "blob_address_with_more"),
        ("s3://bucket:9000/x", "blob_address_with_more"),
        ("s3://bucket:hunter22/x", "blob_address_not_usable"),
        ("az://container/x?sig=hunter22", "blob_address_with_more"),
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str, code: str) -> None:
    with pytest.raises(RatedPartsError) as refused:
        Settings.read({"BLOB_URL": url})
    assert [(fault.column, fault.code) for fault in refused.value.items] == [("BLOB_URL", code)]
    assert "hunter22" not in repr(refused.value.items)
