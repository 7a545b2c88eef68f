"""Bytes under their own digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from obstore.exceptions import AlreadyExistsError, NotSupportedError
from obstore.store import LocalStore, MemoryStore

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.fault_points import fault_point
from ratedparts.proofs import digest_of

from .reaching import reached
from .watched_file import Watch, watched

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class BlobStore(Protocol):
    """Where bytes are kept.  What comes out is what went in, or an error.

    Every verb raises ``blob_store_unavailable`` where the store does not answer, or not in time.
    """

    def put(self, content: bytes) -> str:
        """Keep the bytes; their digest.  The same bytes twice are kept once."""

    def put_file(self, path: Path, digest: str | None = None) -> str:
        """Keep the bytes of a file, however large; their digest, which may be given where it is known."""

    def get(self, digest: str) -> bytes:
        """The bytes of a digest, checked; ``blob_missing`` or ``blob_damaged``."""

    def copy_into(self, digest: str, path: Path) -> None:
        """The same bytes as a file, without holding them in memory; ``blob_missing`` or ``blob_damaged``."""


class ListedBlobs(BlobStore, Protocol):
    """A store that can be looked through."""

    def digests(self) -> Iterator[str]:
        """What is there by its name, whether the bytes agree with it or not; in no order."""

    def require(self, digest: str) -> None:
        """Read the bytes of a digest and keep nothing; ``blob_missing`` or ``blob_damaged``."""


class ObjectBlobs:
    """Blobs in any store that obstore speaks to."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def in_folder(cls, folder: Path) -> ObjectBlobs:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(prefix=folder))

    @classmethod
    def found_in(cls, folder: Path) -> ObjectBlobs:
        """Those of a folder that is only read: where there is none there are no blobs."""
        return cls(LocalStore(prefix=folder) if folder.is_dir() else MemoryStore())

    def digests(self) -> Iterator[str]:
        with reached():
            for some in self._store.list():
                yield from (f"sha256:{one['path'].rpartition('/')[2]}" for one in some)

    def look(self) -> None:
        """Ask for the beginning of the list: whether the store is there, and we may read it."""
        with reached():
            next(iter(self._store.list(chunk_size=1)), None)

    def require(self, digest: str) -> None:
        if self._digest_kept(digest) != digest:
            raise RatedPartsError("blob_damaged", subject=digest, kind=Kind.UNAVAILABLE)

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        fault_point("blob.put")
        with reached():
            try:
                self._store.put(_path(digest), content, mode="create")
            except AlreadyExistsError:
                self.get(digest)  # a damaged copy must not be taken for the real one
            except (NotImplementedError, NotSupportedError):
                # A store that cannot refuse to overwrite.  Whoever puts the same name puts the same bytes.
                if not self._whole_if_there(digest):
                    self._store.put(_path(digest), content)
        fault_point("blob.kept")
        return digest

    def put_file(self, path: Path, digest: str | None = None) -> str:
        digest = digest_of_file(path) if digest is None else digest
        # What is there already may be damaged, and must not be taken for the real one.
        if not self._whole_if_there(digest):
            fault_point("blob.put")
            with reached():
                self._store.put(_path(digest), path)
            fault_point("blob.kept")
        return digest

    def _whole_if_there(self, digest: str) -> bool:
        """False where there is nothing of that name; ``blob_damaged`` where there is something else."""
        try:
            self.require(digest)
        except RatedPartsError as error:
            if error.code != "blob_missing":
                raise
            return False
        return True

    def _digest_kept(self, digest: str) -> str:
        found = hashlib.sha256()
        for chunk in self._stream(digest):
            found.update(chunk)
        return f"sha256:{found.hexdigest()}"

    def _stream(self, digest: str) -> Iterator[bytes]:
        with reached(digest):
            for chunk in self._store.get(_path(digest)).stream():
                yield bytes(chunk)

    def get(self, digest: str) -> bytes:
        with reached(digest):
            content = bytes(self._store.get(_path(digest)).bytes())
        if digest_of(content) != digest:
            raise RatedPartsError("blob_damaged", subject=digest, kind=Kind.UNAVAILABLE)
        return content

    def copy_into(self, digest: str, path: Path) -> None:
        chunks = self._stream(digest)
        first = next(chunks, b"")  # where there is none, no file is made
        with path.open("wb") as file:
            file.write(first)
            for chunk in chunks:
                file.write(chunk)
        if digest_of_file(path) != digest:
            raise RatedPartsError("blob_damaged", subject=digest, kind=Kind.UNAVAILABLE)


def digest_of_file(path: Path, watch: Watch | None = None) -> str:
    """As `digest_of` its bytes; ``watch`` is told how far it has been read."""
    with watched(path, watch) as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _path(digest: str) -> str:
    name = digest.removeprefix("sha256:")
    return f"{name[:2]}/{name}"
