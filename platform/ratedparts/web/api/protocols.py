"""The protocols, what changed between their versions, their files; and the families of parts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import Protocol, example_file, template_file, template_workbook

from ..downloads import XLSX, download
from ..language import text
from ..protocol_versions import differences, versions_of
from ..requests import installation
from ..shown_protocol import ShownProtocol, shown_protocol
from .protocol_shapes import DifferenceAnswer, FamilyShape, ProtocolAnswer, ProtocolLine

resources = Blueprint("protocols_api", __name__, url_prefix="/api/v1", description="Test protocols")
UNCHANGED = "As `If-None-Match` has it"


class DifferenceQuery(Schema):
    against = fields.String(required=True, metadata={"example": "MLCC-HTL@1"})


@resources.get("/protocols")
@resources.response(200, ProtocolLine(many=True))
@resources.alt_response(304, description=UNCHANGED)
def protocols() -> Any:
    """Every version of every protocol."""
    library = installation().library
    return [
        _line(one, current=library.latest(one.id) is one)
        for one in sorted(library.protocols.values(), key=lambda one: one.name)
    ]


@resources.get("/protocols/<name>")
@resources.response(200, ProtocolAnswer)
@resources.alt_response(304, description=UNCHANGED)
def protocol(name: str) -> Any:
    """One version whole: conditions, columns, when a unit has failed, what is known of its ageing."""
    library = installation().library
    return _whole(shown_protocol(library.protocol(name), library))


@resources.get("/protocols/<name>/difference")
@resources.arguments(DifferenceQuery, location="query", unknown=RAISE)
@resources.response(200, DifferenceAnswer)
@resources.alt_response(304, description=UNCHANGED)
def difference(query: dict[str, Any], name: str) -> Any:
    """What a version says otherwise than another of the same protocol, statement by statement."""
    library = installation().library
    newer = library.protocol(name)
    versions = {one.name: one for one in versions_of(newer.id, library)}
    older = versions.get(query["against"])
    if older is None:
        known = {"known": list(versions)}
        fault = Fault("unknown_protocol", column="against", given=query["against"][:80], parameters=known)
        raise RatedPartsError("request_refused", items=[fault])
    found = differences(older, newer, library)
    return {"older": older.name, "newer": newer.name, "items": [_said(one) for one in found]}


@resources.get("/protocols/<name>/template")
@resources.response(200, {"type": "string"}, content_type="text/csv")
def template(name: str) -> Any:
    """An empty results file: the header."""
    protocol = installation().library.protocol(name)
    return download(template_file(protocol), f"{protocol.id}.csv", "text/csv")


@resources.get("/protocols/<name>/workbook")
@resources.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def workbook(name: str) -> Any:
    """An empty results file for Excel."""
    protocol = installation().library.protocol(name)
    return download(template_workbook(protocol), f"{protocol.id}.xlsx", XLSX)


@resources.get("/protocols/<name>/example")
@resources.response(200, {"type": "string"}, content_type="text/csv")
def example(name: str) -> Any:
    """A results file that passes every check of the protocol."""
    protocol = installation().library.protocol(name)
    return download(example_file(protocol), f"{protocol.id}-example.csv", "text/csv")


@resources.get("/families")
@resources.response(200, FamilyShape(many=True))
@resources.alt_response(304, description=UNCHANGED)
def families() -> Any:
    """Every family of parts, with the attributes that a part of it has."""
    return list(installation().library.families.values())


def _line(one: Protocol, *, current: bool) -> dict[str, Any]:
    return {name: getattr(one, name, None) for name in ProtocolLine().fields} | {"current": current}


def _whole(shown: ShownProtocol) -> dict[str, Any]:
    of, name = shown.protocol, shown.protocol.name
    links = {
        kind: url_for(f"protocols_api.{kind}", name=name) for kind in ("template", "workbook", "example")
    }
    links["page"] = url_for("public.protocol", name=name)
    if shown.asked is not None:
        links["acceleration"] = url_for("calculators.acceleration", name=name)
    stated = {
        name: getattr(of, name)
        for name in ProtocolAnswer().fields
        if hasattr(of, name) and name not in ("families", "criteria", "degradation")
    }
    return stated | {
        "current": shown.current,
        "versions": shown.versions,
        "families": shown.families,
        "layout": of.layout.value,
        "criteria": shown.criteria,
        "degradation": shown.degradation,
        "ageing": shown.ageing,
        "calculator": shown.asked,
        "links": links,
    }


def _said(one: Any) -> dict[str, Any]:
    return {
        "subject": text(one.subject),
        "name": one.name,
        "kind": one.kind,
        "before": one.before,
        "after": one.after,
        "alike_in_words": one.before == one.after,
    }
