"""The interface for programs: JSON in, JSON out, described by `/api/v1/openapi.json`."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint

from ratedparts import __version__
from ratedparts.errors import Fault, RatedPartsError

from ..problem import TYPE, http_error, problem_of
from ..security import csrf
from . import (
    administration,
    applications,
    bills,
    calculators,
    certificates,
    checks,
    issuing,
    laboratories,
    log,
    next_grades,
    open_data,
    operation,
    own_parts,
    parts,
    passwords,
    plan_sheets,
    plans,
    proficiency_rounds,
    protocols,
    public_parts,
    quality_reports,
    repeated_requests,
    reviews,
    rule_sets,
    shadow_runs,
    tokens,
    uploads,
)
from .shapes import Problem

MODULES = (
    tokens,
    passwords,
    checks,
    parts,
    bills,
    next_grades,
    public_parts,
    open_data,
    own_parts,
    plans,
    plan_sheets,
    uploads,
    laboratories,
    reviews,
    applications,
    issuing,
    certificates,
    log,
    protocols,
    calculators,
    rule_sets,
    shadow_runs,
    quality_reports,
    proficiency_rounds,
    administration,
    operation,
)

PREFIX = "/api/v1"


class ProblemApi(Api):
    """flask-smorest with problem documents in place of its own errors.

    What it says of the resources is written when somebody first asks for it: to write it takes as long as
    to make the whole rest of the application.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        self._undescribed: list[Blueprint] = []
        self._one_at_a_time = threading.Lock()
        super().__init__(*given, **options)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append(blp)

    def _openapi_json(self) -> Any:
        with self._one_at_a_time:
            while self._undescribed:
                one = self._undescribed.pop(0)
                one.register_views_in_doc(self, self._app, self.spec, name=one.name, parameters=None)
                self.spec.tag({"name": one.name, "description": one.description})
        return super()._openapi_json()

    def _register_responses(self) -> None:
        """Describe every error as what it is: an RFC 9457 document."""
        content = {TYPE: {"schema": Problem}}
        for status in HTTPStatus:
            told: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                told["content"] = content
            self.spec.components.response(status.name, told, lazy=True)
        default = {"description": "A refusal, with its stable `code`", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)

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
    for module in MODULES:
        csrf.exempt(module.resources)  # no cookie counts here: programs send their token
        interface.register_blueprint(module.resources)
    tokens.install(app)
    repeated_requests.install(app)
