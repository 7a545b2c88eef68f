"""The interface for programs: JSON in, JSON out, described by `/api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api

from ratedparts import __version__
from ratedparts.errors import Fault, RatedPartsError

from ..problem import http_error, problem_of
from ..security import csrf
from . import certificates, checks, laboratories, parts, plans, protocols, tokens, uploads

PREFIX = "/api/v1"


class ProblemApi(Api):
    """flask-smorest with problem documents in place of its own errors."""

    def handle_http_exception(self, error: Any) -> Any:
        messages = (getattr(error, "data", None) or {}).get("messages")
        if messages:
            return problem_of(RatedPartsError("request_refused", items=list(_faults(messages, ()))))
        return http_error(error)


def _faults(messages: Any, path: tuple[str, ...]) -> Any:
    """What the shapes found wrong, by the path of the key."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            own = key in ("json", "query", "_schema")
            yield from _faults(inner, path if own else (*path, str(key)))
        return
    codes = {
        "Missing data for required field.": "key_missing",
        "Unknown field.": "unknown_key",
        "Field may not be null.": "value_missing",
    }
    for message in messages if isinstance(messages, list) else [messages]:
        code = codes.get(str(message), "value_not_understood")
        yield Fault(code, column=".".join(path), parameters={"expected": str(message)})


def install(app: Flask) -> None:
    app.config.update(
        API_TITLE="RatedParts",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    spec = {
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "info": {"description": "Errors are RFC 9457 problem documents with a stable `code`."},
    }
    interface = ProblemApi(app, spec_kwargs=spec)
    for module in (tokens, checks, parts, plans, uploads, laboratories, certificates, protocols):
        csrf.exempt(module.resources)  # no cookie counts here: programs send their token
        interface.register_blueprint(module.resources)
    tokens.install(app)
