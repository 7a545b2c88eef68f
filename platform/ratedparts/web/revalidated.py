"""Looking again: `ETag` with an answer, and 304 to a request whose `If-None-Match` has it already."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request


def revalidated(view: Callable[..., Any]) -> Callable[..., Response]:
    """For answers that are the same to everybody.

    The tag is that of the bytes, so a new version of the program, of the data or of a sentence changes it.
    """

    @functools.wraps(view)
    def answer(*arguments: Any, **more: Any) -> Response:
        response = make_response(view(*arguments, **more))
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", "no-cache")  # to be kept, and asked about each time
            response.add_etag()
            response.make_conditional(request)
        return response

    return answer
