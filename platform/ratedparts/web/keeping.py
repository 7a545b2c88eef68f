"""How long each answer may be kept, and by whom: decided for every route, here.

``Cache-Control``, ``ETag``, ``Vary`` and 304 follow from the decision, whatever a view does.  A route without
one is never kept, nor is a page that was asked for while somebody is signed in, or has a form's token in it.
"""

from __future__ import annotations

import hashlib
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, g, request, session

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASKED_EACH_TIME: Final = "no-cache"
NEVER: Final = "no-store"
DIGITS = 12  # of a digest, in the address of a style sheet or a script


class Keeping(Enum):
    UNCHANGING = "its bytes can never be others under this address"
    PUBLIC = "the same to everybody; to be kept, and asked about each time"
    PRIVATE = "of somebody who signed in, or on the way to it"


# Blueprints all of whose routes are somebody's own.
PRIVATE_ROOMS: Final = frozenset(
    {
        *("account", "administrator", "issuer", "laboratory", "maker", "questions", "reviewer"),
        *(
            "administration",
            "applications",
            "issuing",
            "operation",
            "own_parts",
            "passwords",
            "plan_sheets",
            "plans",
        ),
        *("reviews", "tokens", "uploads"),
        *("bills", "bills_of_materials"),  # somebody's list, or a form's token
        "health",  # true at the moment alone
    }
)
DECIDED: Final[dict[str, Keeping]] = {
    **dict.fromkeys(
        (
            "certificates.credential",
            "public.credential",
            "log_files.tile",
            "open_data.file",
        ),
        Keeping.UNCHANGING,
    ),
    **dict.fromkeys(
        (
            # A PDF says what the certificate is worth now; a bundle proves its place in the log of today.
            *("certificates.bundle", "certificates.pdf", "public.bundle", "public.pdf"),
            *("certificates.certificate", "certificates.qr", "public.certificate", "public.qr"),
            *("certificates.keys", "public.keys", "certificates.status_list"),
            *("public.status_list", "public.status_list_file"),
            *("api-docs.openapi_json", "log_files.checkpoint"),
            *("log.log", "log.prove_consistency", "log.prove_inclusion"),
            *("calculators.acceleration", "calculators.planner", "public.planner"),
            *("catalogue.compare", "catalogue.find", "parts.compare", "parts.find"),
            *("next_grades.next_grade_of_a_part", "public_parts.part", "public_parts.plot"),
            *("open_data.open_data", "public.open_data"),
            *("proficiency.proficiency_round", "proficiency.proficiency_rounds"),
            *("public.proficiency_round", "public.proficiency_rounds"),
            *("public.quality_report", "public.quality_report_pdf"),
            *("quality_reports.quality_report", "quality_reports.quality_report_file"),
            *("protocols_api.difference", "protocols_api.example", "protocols_api.families"),
            *("protocols_api.protocol", "protocols_api.protocols", "protocols_api.template"),
            *("protocols_api.workbook", "public.protocol", "public.protocol_changes"),
            *("public.protocol_example", "public.protocol_template", "public.protocol_workbook"),
            *("public.protocols", "public.front", "public.part", "public.plot", "public.programs"),
            *("public.grade_curve", "public.grade_rule", "public.grade_rules", "public.grades"),
            *("rule_sets.operating_characteristics", "rule_sets.rule_set", "rule_sets.rules_in_words"),
            *("public.shadow_differences", "public.shadow_run", "public.shadow_runs"),
            *("shadow_runs.shadow_differences", "shadow_runs.shadow_run", "shadow_runs.shadow_runs"),
            *("public.check", "public.verify"),  # with a form's token in them they are kept by nobody
            "laboratories.laboratories",
            "static",
        ),
        Keeping.PUBLIC,
    ),
    "laboratories.calibrations": Keeping.PRIVATE,
    "proficiency.own_proficiency_rounds": Keeping.PRIVATE,
    "next_grades.next_grade_of_an_own_part": Keeping.PRIVATE,
}


def keeping_of(endpoint: str | None) -> Keeping | None:
    """What was decided of a route; None: nothing was, so nobody keeps it."""
    if endpoint is None:
        return None
    if endpoint.partition(".")[0] in PRIVATE_ROOMS:
        return Keeping.PRIVATE
    return DECIDED.get(endpoint)


def install(app: Flask) -> None:
    """Before everything else that looks at answers, so that it comes after all of it."""
    app.after_request(decide)

    @app.url_defaults
    def name_by_content(endpoint: str, values: dict[str, Any]) -> None:
        """A style sheet or a script that changes gets another address, so browsers need not ask for it."""
        if endpoint == "static" and "v" not in values:
            values["v"] = _digest(str(app.static_folder), values["filename"])


def decide(response: Response) -> Response:
    if request.method not in ("GET", "HEAD") or response.status_code not in (200, 206, 304):
        response.headers["Cache-Control"] = NEVER
        return response
    keeping = keeping_of(request.endpoint)
    if keeping is None or keeping is Keeping.PRIVATE or (keeping is Keeping.PUBLIC and _is_somebodys()):
        response.headers["Cache-Control"] = NEVER
        return response
    if keeping is Keeping.UNCHANGING or _is_named_by_content():
        response.headers["Cache-Control"] = FOR_EVER
    else:
        # What sets a cookie, or was asked for with a token, is for one asker, though others get the same.
        own = "private, " if g.get("language_asked") or g.get("signed_in") else ""
        response.headers["Cache-Control"] = own + ASKED_EACH_TIME
        if not _same_in_every_language():
            response.vary.update(("Accept-Language", "Cookie"))
    if response.status_code == 200 and not response.is_streamed:
        response.add_etag()
        response.make_conditional(request)
    return response


def _is_somebodys() -> bool:
    """Whether a browser's session, or a person, may have come into the answer."""
    if request.path.startswith(("/static/", "/api/", "/log/")):
        return False  # no session is looked at there
    return bool(request.cookies.get("session")) or session.modified or bool(session)


def _same_in_every_language() -> bool:
    return not g.get("language_used", False)


def _is_named_by_content() -> bool:
    named = request.args.get("v")
    filename = (request.view_args or {}).get("filename")
    if request.endpoint != "static" or named is None or filename is None:
        return False
    return named == _digest(str(current_app.static_folder), filename)


@lru_cache(maxsize=256)
def _digest(folder: str, filename: str) -> str | None:
    try:
        content = (Path(folder) / filename).read_bytes()
    except (OSError, ValueError):
        return None
    return hashlib.sha256(content).hexdigest()[:DIGITS]
