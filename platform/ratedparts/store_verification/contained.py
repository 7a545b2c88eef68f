"""A row too damaged to be read is a finding of its own, and no end of the check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from ratedparts.errors import RatedPartsError

from .findings import Findings


@contextmanager
def contained(findings: Findings, place: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError:
        raise  # it is not this row: nothing can be asked any more
    except Exception as error:
        if isinstance(error, RatedPartsError) and error.code == "blob_store_unavailable":
            raise  # nor this one
        findings.invalid("row_unreadable", place=place, error=f"{type(error).__name__}: {error}"[:300])
