"""Checking a file without an account: the very code that receives results; nothing is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import request
from flask_smorest import Blueprint

from ratedparts.protocols import check_stream
from ratedparts.wording import fault_as_json

from ..language import language, said
from ..problem import problem
from ..requests import installation
from ..security import limiter
from .shapes import CheckAnswer, CheckQuery

resources = Blueprint("checks", __name__, url_prefix="/api/v1", description="Check a file, keep nothing")

CSV_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


@resources.post("/check")
@resources.doc(**CSV_BODY)
@resources.arguments(CheckQuery, location="query")
@resources.response(200, CheckAnswer)
@resources.alt_response(422, description="The file was refused; `errors` names every fault")
@limiter.limit("120/minute")
def check(query: dict[str, Any]) -> Any:
    """Check a results file as the platform does when it is handed in; nothing is kept."""
    library = installation().library
    name = query["protocol"]
    protocol = library.protocol(name) if "@" in name else library.latest(name)
    report = check_stream(BytesIO(request.get_data()), protocol, library=library, encoding=query["encoding"])
    answer = {
        "accepted": report.accepted,
        "rows": report.rows,
        "units": report.units,
        "errors": [fault_as_json(fault, language()) for fault in report.faults],
        "error_count": report.fault_count,
        "not_checked": list(report.not_checked),
    }
    if report.accepted:
        return answer
    return problem(422, "file_refused", said("file_refused", {"count": report.fault_count}), **answer)
