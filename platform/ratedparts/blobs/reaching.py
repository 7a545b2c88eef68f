"""What an object store says when it cannot, as refusals of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError

from ratedparts.errors import Kind, RatedPartsError


@contextmanager
def reached(digest: str | None = None) -> Iterator[None]:
    """Turn what the store raises into ``blob_missing``, of a ``digest``, or ``blob_store_unavailable``.

    What the store said is chained, and nothing of it is told: it names the machine, the bucket and the key.
    """
    try:
        yield
    except FileNotFoundError as error:
        if digest is None:  # the folder or the bucket itself
            raise RatedPartsError("blob_store_unavailable", kind=Kind.UNAVAILABLE) from error
        raise RatedPartsError("blob_missing", subject=digest, kind=Kind.UNAVAILABLE) from error
    except (AlreadyExistsError, NotSupportedError):
        raise
    except BaseError as error:
        raise RatedPartsError("blob_store_unavailable", kind=Kind.UNAVAILABLE) from error
