"""The protocols, and their files."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.protocols import example_file, template_file

from ..downloads import download
from ..requests import installation

resources = Blueprint("protocols_api", __name__, url_prefix="/api/v1", description="Test protocols")


class ProtocolLine(Schema):
    name = fields.String()
    title = fields.Function(lambda one: {"en": one.title.en, "zh": one.title.zh})
    graded = fields.Boolean()
    metric = fields.String()
    families = fields.List(fields.String())
    digest = fields.String()


@resources.get("/protocols")
@resources.response(200, ProtocolLine(many=True))
def protocols() -> Any:
    """Every version of every protocol."""
    return sorted(installation().library.protocols.values(), key=lambda one: one.name)


@resources.get("/protocols/<name>/template")
@resources.response(200, {"type": "string"}, content_type="text/csv")
def template(name: str) -> Any:
    """An empty results file: the header."""
    protocol = installation().library.protocol(name)
    return download(template_file(protocol), f"{protocol.id}.csv", "text/csv")


@resources.get("/protocols/<name>/example")
@resources.response(200, {"type": "string"}, content_type="text/csv")
def example(name: str) -> Any:
    """A results file that passes every check of the protocol."""
    protocol = installation().library.protocol(name)
    return download(example_file(protocol), f"{protocol.id}-example.csv", "text/csv")
