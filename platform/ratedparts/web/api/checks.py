"""Checking a file without an account: the very code that receives results; nothing is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import INCLUDE, Schema, fields, validate

from ratedparts.calendar_days import day_of
from ratedparts.protocols import CheckReport, Protocol, ProtocolLibrary
from ratedparts.wording import fault_as_json

from ..forms import Form
from ..language import language, said
from ..problem import problem
from ..requests import installation
from ..security import limiter
from ..supposed_part import SupposedPart, asked_stress, chosen_family, read_supposed_part
from ..tried_file import TriedFile, check_tried, try_file
from .asked import refuse_faults
from .preview_shapes import PreviewShape, preview_of
from .shapes import CheckAnswer

resources = Blueprint("checks", __name__, url_prefix="/api/v1", description="Check a file, keep nothing")

CSV_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
OF_THE_PART = ("attribute.", "stress.")


class CheckQuery(Schema):
    """Beside these: ``attribute.NAME`` for the family's attributes, with a unit if you like, and
    ``stress.NAME`` where the protocol leaves a stress open."""

    protocol = fields.String(required=True, metadata={"example": "MLCC-HTL@1"})
    encoding = fields.String(load_default="utf-8")
    preview = fields.Integer(
        load_default=0,
        validate=validate.OneOf([0, 1]),
        metadata={"description": "1: say what an accepted file holds"},
    )
    family = fields.String(
        load_default="",
        metadata={"description": "of the part that the file is about; the preview then has its grade"},
    )
    use_condition = fields.String(load_default="", metadata={"example": "UC-I"})


class TriedAnswer(CheckAnswer):
    preview = fields.Nested(
        PreviewShape, metadata={"description": "of an accepted file, where `preview` or `family` asks for it"}
    )


@resources.post("/check")
@resources.doc(**CSV_BODY)
@resources.arguments(CheckQuery, location="query", unknown=INCLUDE)
@resources.response(200, TriedAnswer)
@resources.alt_response(422, description="The file was refused; `errors` names every fault")
@limiter.limit("120/minute")
def check(query: dict[str, Any]) -> Any:
    """Check a results file as the platform does when it is handed in; nothing is kept.

    With the `family` of the part, and what else is known of it, its limits are checked too, and
    `preview.grade` says which grade this evidence alone could reach.
    """
    library = installation().library
    name = query["protocol"]
    protocol = library.protocol(name) if "@" in name else library.latest(name)
    part = _supposed(protocol, library)
    report = check_tried(BytesIO(request.get_data()), protocol, library, part, query["encoding"])
    if not report.accepted:
        return file_refused(report)
    answer = as_answer(report)
    if query["preview"] or part is not None:
        answer["preview"] = preview_of(seen(report, protocol, part))
    return answer


def as_answer(report: CheckReport) -> dict[str, Any]:
    return {
        "accepted": report.accepted,
        "rows": report.rows,
        "units": report.units,
        "errors": [fault_as_json(fault, language()) for fault in report.faults],
        "error_count": report.fault_count,
        "not_checked": list(report.not_checked),
    }


def file_refused(report: CheckReport, **more: Any) -> Response:
    told = said("file_refused", {"count": report.fault_count})
    return problem(422, "file_refused", told, **as_answer(report), **more)


def seen(report: CheckReport, protocol: Protocol, part: SupposedPart | None) -> TriedFile:
    """The file as it is shown today."""
    today = day_of(installation().clock())
    return try_file(report, protocol, installation().library, part, today=today, language=language())


def _supposed(protocol: Protocol, library: ProtocolLibrary) -> SupposedPart | None:
    """The part as the query tells of it.  Raises ``request_refused`` with everything that is wrong."""
    form = Form(request.args.to_dict())
    part = read_supposed_part(form, protocol, library)
    family = chosen_family(form, protocol, library)
    if form["family"] and family is None and not form.faults:
        form.fault("family_not_rated", "family", known=list(protocol.families))
    known: set[str] = set()
    if family is not None:
        known |= {f"attribute.{one.name}" for one in family.attributes}  # also such as no rule looks at
        known |= {f"stress.{one.name}" for one in asked_stress(family, protocol, library)}
    for name in form.values:
        if name.startswith(OF_THE_PART) and name not in known:
            form.fault("unknown_key", name, known=sorted(known))
    refuse_faults(form)
    return part
