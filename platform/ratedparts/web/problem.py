"""The only place where errors become HTTP: problem documents for programs, pages for people."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, json, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ratedparts.disk import telling_full
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.wording import error_sentence, fault_as_json

from .language import language, text

STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.OUTDATED: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNCONDITIONAL: 428,
    Kind.UNAVAILABLE: 503,
}
TYPE = "application/problem+json"
# Refusals of a moment: the same request a second later may well be carried out.
PASSING = ("at_the_same_moment", "database_busy", "idempotency_key_in_use", "upload_busy")


def install(app: Flask) -> None:
    app.register_error_handler(RatedPartsError, refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OSError, _failed_device)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, code: str, title: str, **members: Any) -> Response:
    """An RFC 9457 problem document with a stable ``code``."""
    body = {
        "type": f"urn:ratedparts:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        **members,
    }
    response = make_response(json.dumps(body, ensure_ascii=False), status)
    response.headers["Content-Type"] = TYPE
    if status == 503:
        response.headers["Retry-After"] = "30"
    if code in PASSING:
        response.headers["Retry-After"] = "1"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem_of(error: RatedPartsError, **members: Any) -> Response:
    """The problem document of a refusal, with its faults under ``errors``."""
    if error.items:
        members.setdefault("errors", [fault_as_json(fault, language()) for fault in error.items])
    return problem(STATUS[error.kind], error.code, error_sentence(error, language()), **members)


def refused(error: RatedPartsError) -> Any:
    """The answer to a refusal: a problem document, or a page."""
    if _for_program():
        return problem_of(error)
    if error.kind is Kind.UNAUTHENTICATED:
        return redirect(url_for("account.sign_in", then=request.full_path.rstrip("?")))
    faults = [fault_as_json(fault, language()) for fault in error.items]
    return _page(STATUS[error.kind], error_sentence(error, language()), error.code, faults)


def _forged(error: CSRFError) -> Any:
    if _for_program():
        return problem(400, "form_token_missing", text("The form is too old. Please send it again."))
    return _page(400, text("The form is too old. Please send it again."), "form_token_missing")


def http_error(error: HTTPException) -> Any:
    """An HTTP error as a problem document or a page, with the headers that belong to it."""
    status = error.code or 500
    titles = {
        404: text("There is no such page."),
        405: text("This address does not do that."),
        413: text("That is more than this site takes at once."),
        429: text("Too many requests. Please wait a moment."),
    }
    title = titles.get(status, error.name)
    code = error.name.lower().replace(" ", "_")
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    response = problem(status, code, title) if _for_program() else make_response(_page(status, title, code))
    response.headers.update(kept)
    return response


def _failed_device(error: OSError) -> Any:
    try:
        with telling_full():
            raise error
    except RatedPartsError as refusal:
        return refused(refusal)
    except OSError:
        return _unexpected(error)


def _unexpected(error: Exception) -> Any:
    from flask import current_app

    current_app.logger.exception("unexpected error")
    title = text("Something went wrong on our side. Nothing was changed.")
    return problem(500, "unexpected", title) if _for_program() else _page(500, title, "unexpected")


def _for_program() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, title: str, code: str, faults: list[dict[str, Any]] | None = None) -> Any:
    g.setdefault("signed_in", None)
    return render_template("error.html", title=title, code=code, status=status, faults=faults or []), status
