"""The newest status list in the folder of a mirrored log: taken only where it does not go back."""

from __future__ import annotations

from pathlib import Path

from ratedparts.errors import RatedPartsError
from ratedparts.log_mirror import Fetch, replace_with
from ratedparts.proofs import TrustedKeys
from ratedparts.proofs.status_list import MAX_BYTES, PublishedStatus, read_status_list

STATUS_LIST = "status-list.json"


def mirror_status_list(fetch: Fetch, name: str, folder: Path, *, trust: TrustedKeys) -> PublishedStatus:
    """Fetch the list of that name; what the folder has stays as it was wherever this raises.

    Raises ``status_list_rolled_back`` (sequence, seen), ``status_list_differs`` (sequence): two signed lists
    with one number, and those of `read_status_list`.
    """
    content = fetch(name, MAX_BYTES)
    path = folder / STATUS_LIST
    saved = path.read_bytes() if path.is_file() else None
    seen = 0 if saved is None else read_status_list(saved, trust=trust).sequence
    status = read_status_list(content, trust=trust, seen=seen)
    if saved is not None and status.sequence == seen and content != saved:
        raise RatedPartsError("status_list_differs", sequence=seen)
    replace_with(path, content)
    return status
