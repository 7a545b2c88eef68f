"""`Idempotency-Key`: a request that is sent again, because its answer was lost, is carried out once.

The key is kept in the very transaction that the request makes, so a key without its effect does not exist.
The answer follows once it is known; between the two a retry learns that the request was carried out.
See https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.wsgi import get_input_stream

from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.organisations import repeated_requests
from ratedparts.organisations.signing_in import SignedIn
from ratedparts.submissions.results import INLINE_BYTES

from ..requests import before_first_change, installation, reading, signed_in, working

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
        asked, person_id = _digest_of_request(who), who.person.id
        with reading() as work:
            answer = repeated_requests.earlier_answer(work, person_id, key, asked)
        if answer is not None:
            return _restored(answer)

        def keep(work: Work) -> None:
            g.key_taken = repeated_requests.keep(work, person_id, key, asked)

        before_first_change(keep)
        return None

    @app.after_request
    def keep_answer(response: Response) -> Response:
        taken = g.pop("key_taken", None)
        if taken is not None and response.status_code < 500:
            try:
                with working() as work:
                    repeated_requests.note_answer(work, taken, _stored(response))
            except RatedPartsError:  # the request was carried out all the same, and its sender is to know it
                current_app.logger.exception("the answer to a request with a key could not be noted")
        return response

    @app.teardown_request
    def forget_body(_error: BaseException | None) -> None:
        aside = g.pop("body_set_aside", None)
        if aside is not None:
            aside.close()


def _digest_of_request(who: SignedIn) -> str:
    """What the same request has in common: who asks with which rights, the address, every byte of the body.

    Under a key of the installation's own: a body may have a password in it, which must not be found by
    trying digests.
    """
    rights = sorted(str(role.id) for role in who.roles), sorted(g.get("token_scopes") or ["*"])
    seen = hmac.new(str(current_app.secret_key).encode(), digestmod="sha256")
    seen.update(f"{request.full_path}\n{rights}\n".encode())
    if (request.content_length or 0) <= INLINE_BYTES:
        seen.update(request.get_data())
    else:
        # A file is set aside on the disk: it has to be known before anything is made of it, and is read then.
        body = get_input_stream(request.environ, max_content_length=request.max_content_length)
        g.body_set_aside = installation().incoming.set_aside(body, seen.update)
        request.environ["wsgi.input"] = g.body_set_aside
    return seen.hexdigest()


def _stored(response: Response) -> dict[str, Any]:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return {"status": response.status_code, "headers": headers, "body": response.get_data(as_text=True)}


def _restored(answer: dict[str, Any]) -> Response:
    response = Response(answer["body"], answer["status"], answer["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response
