"""The store that the settings name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.store import from_url

from ratedparts.settings import BlobAddress

from .reaching import reached
from .store import ObjectBlobs

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

# A request without TLS is refused unless the provider's own variable allows it.
ALLOW_HTTP = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}
LONGEST_TRANSFER = timedelta(hours=1)  # of one object that goes on arriving
RETRIES = 2


def open_blobs(
    address: BlobAddress | None,
    folder: Path,
    *,
    reads_only: bool = False,
    environ: Mapping[str, str] | None = None,
) -> ObjectBlobs:
    """The blobs at ``address``; without one those in ``folder``.

    Nothing connects before the first use; ``reads_only``: no folder is made by looking.  Credentials are the
    provider's own environment variables, which obstore reads.  Raises ``blob_store_unavailable`` where they
    are of no use.
    """
    if address is None or address.folder is not None:
        here = folder if address is None or address.folder is None else address.folder
        return ObjectBlobs.found_in(here) if reads_only else ObjectBlobs.in_folder(here)
    environ = os.environ if environ is None else environ
    patience = timedelta(seconds=address.patience_seconds)
    allowed = environ.get(ALLOW_HTTP[urlsplit(address.url).scheme], "").lower() == "true"
    client: ClientConfig = {
        "connect_timeout": patience / 2,
        "read_timeout": patience,  # begins anew with every piece that arrives
        "timeout": LONGEST_TRANSFER,
        "allow_http": allowed,
    }
    retry: RetryConfig = {"max_retries": RETRIES, "retry_timeout": patience}
    with reached():
        return ObjectBlobs(from_url(address.url, client_options=client, retry_config=retry))
