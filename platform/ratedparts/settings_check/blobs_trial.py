"""Whether the blobs can be reached."""

from __future__ import annotations

from ratedparts.blobs.opening import open_blobs
from ratedparts.errors import RatedPartsError
from ratedparts.settings import Settings

from .finding import Finding, Outcome
from .folder_trial import try_folder


def try_blobs(settings: Settings) -> Finding:
    """Of an object store the beginning of its list; whether one may write there is not tried."""
    address = settings.blob_address
    folder = settings.blobs if address is None else address.folder
    if folder is not None:
        return try_folder(folder)
    try:
        open_blobs(address, settings.blobs, reads_only=True).look()
    except RatedPartsError as error:
        # Only the kind of what the store said, such as PermissionDeniedError: its words name key and machine.
        return Finding("blob_store_not_listed", Outcome.REFUSED, {"problem": type(error.__cause__).__name__})
    return Finding("blob_store_answers", Outcome.FINE)
