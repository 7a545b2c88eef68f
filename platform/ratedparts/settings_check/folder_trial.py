"""Whether a folder can be written to."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from .finding import Finding, Outcome


def try_folder(folder: Path) -> Finding:
    """Write a byte to a file without a name; of a folder that is yet to be made, where it would be made."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:  # Linux gives it no name at all
            file.write(b"\0")
            file.flush()
    except OSError as error:
        problem = errno.errorcode.get(error.errno or 0, type(error).__name__)
        return Finding("folder_not_writable", Outcome.REFUSED, {"path": str(there), "problem": problem})
    if there != folder:
        return Finding("folder_to_be_made", Outcome.REMARK, {"path": str(folder)})
    return Finding("folder_writable", Outcome.FINE, {"path": str(folder)})
