"""The public list of what is not in force, with its age."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template

from ratedparts.certificates.status_list import newest_status_list
from ratedparts.organisations.actor import not_found
from ratedparts.proofs import parse_instant

from ..downloads import download
from ..requests import reading
from .public import pages


@pages.get("/status")
def status_list() -> Any:
    with reading() as work:
        newest = newest_status_list(work)
        document = json.loads(newest.document) if newest else None
        subject = document["credentialSubject"] if document else None
        return render_template(
            "public/status_list.html",
            made_at=newest.made_at if newest else None,
            good_until=parse_instant(document["validUntil"]) if document else None,
            stale=document is not None and work.at >= parse_instant(document["validUntil"]),
            subject=subject,
            lines=[_with_instants(line) for line in subject["certificates"]] if subject else [],
        )


@pages.get("/status/list.json")
def status_list_file() -> Response:
    with reading() as work:
        newest = newest_status_list(work)
        if newest is None:
            raise not_found("page", "/status/list.json")
        return download(newest.document.encode("utf-8"), "status-list.json", "application/vc+json")


def _with_instants(line: dict[str, Any]) -> dict[str, Any]:
    return {
        name: parse_instant(value) if name.endswith(("_at", "_since")) else value
        for name, value in line.items()
    }
