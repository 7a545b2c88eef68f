"""The quality report for programs: what may be shown of a quarter or a year."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ..downloads import download
from ..requests import reading
from ..security import limiter
from ..shown_report import asked_report, file_name, pdf_of

resources = Blueprint("quality_reports", __name__, url_prefix="/api/v1", description="The quality report")


class ReportQuery(Schema):
    family = fields.String(load_default="", metadata={"description": "Left out: all families"})
    period = fields.String(
        load_default="", metadata={"description": "2026-Q3 or 2026; left out: the last closed quarter"}
    )


class ReportFileQuery(ReportQuery):
    language = fields.String(load_default="en", validate=validate.OneOf(["zh", "en"]))


class QualityReportShape(Schema):
    period = fields.String()
    family = fields.String(allow_none=True)
    begins_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    counted_until = fields.AwareDateTime()
    closed = fields.Boolean()
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        allow_none=True,
        metadata={"description": "a number, `few` (under five) or `withheld`; null while the period is open"},
    )
    rates = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True))
    certificates = fields.Dict(keys=fields.String(), values=fields.Integer())
    grades = fields.Dict(keys=fields.String(), values=fields.Integer())
    levels = fields.Dict(keys=fields.String(), values=fields.Integer())
    rounds = fields.List(fields.String(), metadata={"description": "numbers of proficiency rounds"})


@resources.get("/reports/quality")
@resources.arguments(ReportQuery, location="query")
@resources.response(200, QualityReportShape)
def quality_report(query: dict[str, Any]) -> Any:
    """Counts by family and period; of makers' data only those from which nobody's can be worked out."""
    with reading() as work:
        return asked_report(work, **query).as_json()


@resources.get("/reports/quality/pdf")
@resources.arguments(ReportFileQuery, location="query")
@resources.response(200, content_type="application/pdf")
@limiter.limit("60/minute")
def quality_report_file(query: dict[str, Any]) -> Response:
    """The report as a PDF: the same report in the same language is the same bytes."""
    language = query.pop("language")
    with reading() as work:
        report = asked_report(work, **query)
        content = pdf_of(work, report, language)
    return download(content, file_name(report, language), "application/pdf")
