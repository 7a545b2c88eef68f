"""Files to keep: named by us, never shown as a page."""

from __future__ import annotations

from flask import Response, make_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """A response that a browser saves under ``name`` (plain ASCII), or shows where ``inline``."""
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return response
