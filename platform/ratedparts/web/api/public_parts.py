"""A published part as anyone may see it: why its grade, its certificates, the plots of its lives."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from ratedparts.catalogue.similar_parts import better_parts
from ratedparts.certificates.standing import status_at
from ratedparts.errors import RatedPartsError

from ..asked_use import read_use
from ..catalogue_query import microseconds
from ..downloads import download
from ..language import language
from ..life_plots import drawing, plots_of
from ..public_part import public_lives, public_part, reasons_of
from ..requests import installation, reading
from ..shown_use import shown_at_use
from .protocols import UNCHANGED
from .shapes import UseQuery

resources = Blueprint("public_parts", __name__, url_prefix="/api/v1", description="Published parts")
SVG = "image/svg+xml"


class PlotQuery(Schema):
    sample = fields.Integer(load_default=0, validate=validate.Range(0, 10**6))


class PlotLine(Schema):
    sample = fields.Integer()
    summary = fields.String()
    image = fields.String(metadata={"description": "where the drawing is"})


class PartCertificate(Schema):
    number = fields.String()
    status = fields.String()
    grade = fields.String()
    issued_at = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    revocation_reason = fields.String(allow_none=True)


class BetterPart(Schema):
    id = fields.UUID(attribute="part.part_id")
    part_number = fields.String(attribute="part.part_number")
    grade = fields.String(attribute="part.grade")
    axes = fields.List(
        fields.String(), metadata={"description": "grade, failure_rate, life, quality, evidence_class"}
    )


class PublicPart(Schema):
    id = fields.UUID()
    part_number = fields.String()
    maker_en = fields.String()
    maker_zh = fields.String()
    series = fields.String()
    family = fields.String()
    attributes = fields.Dict()
    kind = fields.String(metadata={"description": "rated, analysed, or history: nothing is in force now"})
    source = fields.String(allow_none=True)
    grade = fields.String(allow_none=True)
    certificate_number = fields.String(allow_none=True)
    subject = fields.Dict(
        allow_none=True, metadata={"description": "what the certificate in force says: figures, evidence"}
    )
    reasons = fields.List(
        fields.Dict(), metadata={"description": "every rule that was looked at; what is not met first"}
    )
    analysis = fields.Dict(allow_none=True)
    plots = fields.List(fields.Nested(PlotLine))
    certificates = fields.List(fields.Nested(PartCertificate))
    at_use = fields.Dict(allow_none=True, metadata={"description": "bounds at the use that was asked for"})
    better = fields.List(
        fields.Nested(BetterPart),
        metadata={"description": "of the same values and use condition, better on some axis"},
    )


@resources.get("/parts/<uuid:part_id>")
@resources.arguments(UseQuery, location="query", unknown=RAISE)
@resources.response(200, PublicPart)
@resources.alt_response(304, description=UNCHANGED)
def part(query: dict[str, Any], part_id: uuid.UUID) -> Any:
    """A part that is or was public: its grade with every reason, its figures, its certificates."""
    asked = read_use(query)
    if asked.faults:
        raise RatedPartsError("query_refused", items=asked.faults)
    with reading() as work:
        here = installation()
        row, certificates, current, evaluation = public_part(work, part_id)
        of = certificates[0].part if row is None or current is not None else None
        view, now = here.read_model.view(work), microseconds(work.at)
        shown = shown_at_use([row], asked.use).get(part_id) if row else None
        told: dict[str, Any] = {
            "id": part_id,
            "kind": "history" if evaluation is None else "analysed" if current is None else "rated",
            "grade": current.grade if current else None,
            "certificate_number": current.number if current else None,
            "subject": json.loads(current.credential)["credentialSubject"] if current else None,
            "reasons": reasons_of(evaluation) if evaluation and current else [],
            "analysis": evaluation.analysis if evaluation else None,
            "source": row.source if row else None,
            "at_use": shown.as_json() if shown else None,
            "better": better_parts(work, view, row, here.library, now) if row and current else [],
            "certificates": [
                {
                    "number": one.number,
                    "status": status_at(one, work.at),
                    "grade": one.grade,
                    "issued_at": one.issued_at,
                    "valid_until": one.valid_until,
                    "revoked_at": one.standing.revoked_at,
                    "revocation_reason": one.standing.revocation_reason,
                }
                for one in certificates
            ],
            "plots": [
                {
                    "sample": one.sample,
                    "summary": one.summary,
                    "image": url_for("public_parts.plot", part_id=part_id, sample=one.sample),
                }
                for one in (plots_of(evaluation, current, language()) if evaluation else [])
            ],
        }
        if of is not None:
            told |= {name: getattr(of, name) for name in ("part_number", "family", "attributes")}
            maker = of.maker
            told |= {"maker_en": maker.name_en, "maker_zh": maker.name_zh, "series": of.series.name}
        elif row is not None:
            names = ("part_number", "family", "attributes", "maker_en", "maker_zh", "series")
            told |= {name: getattr(row, name) for name in names}
        return told


@resources.get("/parts/<uuid:part_id>/plot")
@resources.arguments(PlotQuery, location="query", unknown=RAISE)
@resources.response(200, {"type": "string"}, content_type=SVG)
@resources.alt_response(304, description=UNCHANGED)
def plot(query: dict[str, Any], part_id: uuid.UUID) -> Any:
    """The Weibull plot of a sample of the part, as SVG."""
    with reading() as work:
        lives = public_lives(work, part_id, query["sample"])
    return download(drawing(lives, language()), "plot.svg", SVG, inline=True)
