"""Puts the web application together."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

from flask import Flask

from ratedparts.db import Clock, system_clock
from ratedparts.disk import write_whole
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.installation import Installation
from ratedparts.settings import Environment, Settings
from ratedparts.web import (
    api,
    compiled_templates,
    formatting,
    health,
    ingress,
    keeping,
    language,
    log_files,
    pages,
    problem,
    quantity_texts,
    security,
    sessions,
)
from ratedparts.web.repeating import RepeatingFlask
from ratedparts.web.requests import EXTENSION

LARGEST_REQUEST_BYTES = 65 * 2**20
# Of a form without its files: a bill of materials of a million signs, and a choice for each of 5,000 lines.
LARGEST_FORM_FIELDS, LARGEST_FORM_BYTES = 6_000, 4 * 2**20


def create_app(settings: Settings | None = None, clock: Clock = system_clock) -> Flask:
    """The application of one installation; settings from the environment where none are given.

    Raises ``debug_mode_refused``: Flask looks at FLASK_DEBUG by itself; ``restore_unfinished``.
    """
    settings = settings or Settings.read_to_serve(os.environ)
    tempfile.gettempdir()  # chosen while the disk takes what is written on trial, and not when it is full
    app = RepeatingFlask("ratedparts.web", template_folder="templates", static_folder="static")
    if app.debug and settings.environment is not Environment.TEST:
        raise RatedPartsError("debug_mode_refused", kind=Kind.UNAVAILABLE)
    app.config.update(
        SECRET_KEY=session_secret(settings.var / "session.key"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=LARGEST_FORM_FIELDS,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=settings.environment is not Environment.TEST,
        RATELIMIT_STORAGE_URI=settings.rate_limits.url,
        RATELIMIT_STORAGE_OPTIONS=settings.rate_limits.options,
    )
    installation = Installation(settings, clock)
    installation.require_whole()
    app.extensions[EXTENSION] = installation
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compiled_templates.install(app)
    for part in (keeping, language, ingress, security, problem, formatting, quantity_texts, sessions):
        part.install(app)
    log_files.install(app)
    health.install(app)
    pages.install(app)
    api.install(app)
    return app


def session_secret(path: Path) -> str:
    """The key that signs cookies: made once, kept with the installation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_whole(path, secrets.token_hex(32).encode(), once=True)
    return path.read_text()
