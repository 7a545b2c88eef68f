"""A folder that is there with everything that belongs into it, or is not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ratedparts.fault_points import fault_point

from .synced import sync_folder

UNFINISHED: Final = ".unfinished-"


@contextmanager
def whole_folder(folder: Path, *, mode: int = 0o777) -> Iterator[Path]:
    """A folder beside, which takes the place of the real one once everything is in it and on the disk.

    A process that dies leaves the one beside, whose name begins with `UNFINISHED`; it may be removed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f"{UNFINISHED}{folder.name}-{secrets.token_hex(4)}")
    made.mkdir(mode=mode)
    try:
        yield made
        sync_folder(made)
        fault_point("folder.written")
        os.replace(made, folder)
        sync_folder(folder.parent)
        fault_point("folder.placed")
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
