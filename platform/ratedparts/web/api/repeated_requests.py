"""`Idempotency-Key`: a request that is sent again, because its answer was lost, is carried out once.

The key is kept in the very transaction that the request makes, so a key without its effect does not exist.
The answer follows once it is known; between the two a retry learns that the request was carried out.
See https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request

from ratedparts.db import Work
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.organisations import repeated_requests
from ratedparts.proofs import digest_of
from ratedparts.submissions.results import INLINE_BYTES

from ..requests import before_first_change, reading, signed_in, working

HEADER = "Idempotency-Key"
LONGEST_KEY = 128
KEPT_HEADERS = ("Location", "Content-Type", "ETag", "Upload-Expires", "Tus-Resumable")
SECRETS = ("tokens.new_token",)  # an answer that is shown once is not kept to be shown again


def install(app: Flask) -> None:
    @app.before_request
    def answer_again() -> Response | None:
        key = request.headers.get(HEADER)
        who = signed_in()
        if request.method != "POST" or not request.path.startswith("/api/") or key is None or who is None:
            return None
        if request.endpoint in SECRETS:
            return None
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            fault = Fault("text_length", column=HEADER, given=key[:80], parameters={"longest": LONGEST_KEY})
            raise RatedPartsError("request_refused", items=[fault])
        asked = digest_of(f"{request.full_path}\n{request.content_length}\n".encode() + _small_body())
        person_id = who.person.id
        with reading() as work:
            earlier = repeated_requests.find(work, person_id, key)
        if earlier is None:

            def keep(work: Work) -> None:
                repeated_requests.keep(work, person_id, key, asked)
                g.repeatable = (person_id, key)

            before_first_change(keep)
            return None
        if earlier.request_digest != asked:
            raise RatedPartsError("idempotency_key_reused", kind=Kind.CONFLICT)
        if earlier.answer is None:
            raise RatedPartsError("idempotency_answer_lost", kind=Kind.CONFLICT)
        return _restored(earlier.answer)

    @app.after_request
    def keep_answer(response: Response) -> Response:
        key = g.pop("repeatable", None)
        if key is not None and response.status_code < 500:
            with working() as work:
                repeated_requests.note_answer(work, *key, answer=_stored(response))
        return response


def _small_body() -> bytes:
    """The body, unless it is a file that is better read as it comes; then its length has to do."""
    small = (request.content_length or 0) <= INLINE_BYTES
    return request.get_data() if small else b""


def _stored(response: Response) -> dict[str, Any]:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return {"status": response.status_code, "headers": headers, "body": response.get_data(as_text=True)}


def _restored(answer: dict[str, Any]) -> Response:
    response = Response(answer["body"], answer["status"], answer["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response
