"""Where the bytes of evidence, documents and protocols lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ratedparts.errors import Fault

# Of Amazon's interface, which many others speak; Google's; Microsoft's.
OBJECT_STORES = ("s3", "gs", "az")
SCHEMES = ("file", *OBJECT_STORES)
PATIENCE_SECONDS = 10.0  # a store that says nothing for so long is taken for one that is away


@dataclass(frozen=True)
class BlobAddress:
    """``s3://bucket/prefix`` and the like, or ``file:///folder``; never with a credential in it.

    Who may use a bucket is said by the provider's own environment variables, or by the machine's own role.
    """

    url: str
    patience_seconds: float = PATIENCE_SECONDS

    @property
    def folder(self) -> Path | None:
        """Of ``file:///…``; None of an object store."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


def read_blob_address(environ: Mapping[str, str], faults: list[Fault]) -> BlobAddress | None:
    """From ``BLOB_URL``; None where it is not given, which means the folder of the installation."""
    url = environ.get("BLOB_URL")
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        lies_in = parts.path.strip("/") if parts.scheme == "file" else parts.hostname
        bare = not (parts.username or parts.password or parts.port or parts.query or parts.fragment)
    except ValueError:
        faults.append(Fault("blob_address_not_usable", column="BLOB_URL", parameters={"schemes": SCHEMES}))
        return None
    if parts.scheme not in SCHEMES or not lies_in or (parts.scheme == "file" and parts.netloc):
        faults.append(Fault("blob_address_not_usable", column="BLOB_URL", parameters={"schemes": SCHEMES}))
        return None
    if not bare:
        # Addresses are shown and logged in places where nobody looks for a key.
        faults.append(Fault("blob_address_with_more", column="BLOB_URL"))
        return None
    return BlobAddress(url)
