"""What cannot be text is turned away at the door: control characters, broken encodings, odd JSON.

A NUL in a search would reach PostgreSQL as an error of ours; here it is a refusal of theirs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from flask import Flask, request

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.proofs import parse_json

LARGEST_JSON_BYTES = 2**20
ALLOWED = "\t\n\r"


def install(app: Flask) -> None:
    @app.before_request
    def turn_away() -> None:
        given = [("", request.path), *request.args.items(multi=True)]
        if not request.path.startswith("/api/"):  # there the body is the sender's file, whatever it is called
            given += request.form.items(multi=True)
        if request.mimetype == "application/json" and request.path.startswith("/api/") and not _is_a_file():
            given += _texts(_json(request.get_data()), "")
        faults = [
            Fault("control_character", column=name, given=ascii(text[:80]), parameters={"position": place})
            for name, text in given
            if (place := first_unprintable(text)) is not None
        ]
        if faults:
            raise RatedPartsError("request_refused", items=faults)


def first_unprintable(text: str) -> int | None:
    """Where a text has what cannot be text; None where it has not."""
    for place, character in enumerate(text):
        # Surrogates and the replacement character are what a broken encoding leaves behind.
        if character == "\ufffd" or (
            unicodedata.category(character) in ("Cc", "Cs") and character not in ALLOWED
        ):
            return place
    return None


def _is_a_file() -> bool:
    """Whether the body is a file, whatever it is called: who reads it judges its bytes, and may stream."""
    return request.path.endswith(("/verify", "/check", "/results"))


def _json(content: bytes) -> Any:
    return parse_json(content, max_bytes=LARGEST_JSON_BYTES) if content else None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{index}")
