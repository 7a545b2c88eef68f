"""The laboratories that a test plan may name."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.organisations.register import organisations

from ..requests import reading

resources = Blueprint("laboratories", __name__, url_prefix="/api/v1", description="Laboratories")


class Laboratory(Schema):
    id = fields.UUID()
    name_en = fields.String()
    name_zh = fields.String()


@resources.get("/laboratories")
@resources.response(200, Laboratory(many=True))
def laboratories() -> Any:
    """The laboratories that a plan may name."""
    with reading() as work:
        return organisations(work, "laboratory")
