"""Headers, the token against forged forms, and limits on how often."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from limits.errors import StorageError

from ratedparts.errors import Kind, RatedPartsError

from .problem import refused

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A drawing carries its style inside; it is shown as an image, which runs nothing.
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=True)  # where it counts, the settings say


def install(app: Flask) -> None:
    csrf.init_app(app)
    limiter.init_app(app)

    @app.errorhandler(StorageError)
    def nobody_counts(error: StorageError) -> Any:
        # What is limited guards passwords and signatures: without the count it is closed, never open.
        return refused(RatedPartsError("rate_limits_unavailable", kind=Kind.UNAVAILABLE))

    @app.after_request
    def guard(response: Response) -> Response:
        drawing = response.mimetype == "image/svg+xml"
        response.headers.setdefault("Content-Security-Policy", DRAWING_POLICY if drawing else PAGE_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
