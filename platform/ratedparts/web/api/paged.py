"""The shape of every list that is given a page at a time."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ratedparts.db import Page


class PageQuery(Schema):
    cursor = fields.String(load_default=None, metadata={"description": "`next` of the page before"})
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 100))


def page_of(items: type[Schema]) -> type[Schema]:
    """``{"items": […], "next": …}``."""
    name = f"PageOf{items.__name__}"
    shapes: dict[str, Any] = {
        "items": fields.List(fields.Nested(items)),
        "next": fields.String(allow_none=True),
    }
    return Schema.from_dict(shapes, name=name)


def as_answer(page: Page[Any]) -> dict[str, Any]:
    return {"items": page.items, "next": page.next_cursor}
