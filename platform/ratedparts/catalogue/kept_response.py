"""What is kept of a published part that answers for any use."""

from __future__ import annotations

from ratedparts.grading.at_use import UseResponse, read_situation, response_of

from .models import PublishedPart


def kept_response(row: PublishedPart) -> UseResponse | None:
    """None: nothing was computed.  A part that was made up in bulk has its columns alone."""
    if row.use_response is not None:
        return UseResponse.from_json(row.use_response)
    if row.situation is None:
        return None
    return response_of(read_situation(row.situation.text), row.use_numbers)
