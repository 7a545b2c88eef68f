"""A disk that takes no more."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ratedparts.errors import Kind, RatedPartsError

# No room, no share left, no file may grow further, nothing may be written at all.
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room, and nothing worse."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def telling_full() -> Iterator[None]:
    """Raise ``storage_full`` where the disk is."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise RatedPartsError("storage_full", kind=Kind.UNAVAILABLE) from error
        raise
