"""What a protocol's version changed against another.  The page is the public's, and shares its blueprint."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ratedparts.certificates.certified_under import parts_certified_under
from ratedparts.protocols import Protocol
from ratedparts.submissions.open_plans import JUDGES, open_plans_under

from ..forms import Form
from ..protocol_versions import differences, versions_of
from ..requests import installation, reading, signed_in
from .public import pages


@pages.get("/protocols/<identifier>/changes")
def protocol_changes(identifier: str) -> Any:
    library = installation().library
    versions = versions_of(identifier, library)
    newer, older = versions[0], versions[min(1, len(versions) - 1)]
    form = Form({"older": older.name, "newer": newer.name, **request.args.to_dict()})
    chosen = {}
    for field in ("older", "newer"):
        found = next((one for one in versions if one.name == form[field]), None)
        if found is None:
            form.fault("unknown_protocol", field, known=[one.name for one in versions])
        else:
            chosen[field] = found
    page = render_template(
        "public/protocol_changes.html",
        form=form,
        versions=[(one.name, one.name) for one in versions],
        newest=versions[0],
        touched=_touched(chosen["older"]) if "older" in chosen else None,
        found=differences(**chosen, library=library) if len(chosen) == 2 else None,
    )
    return page, 422 if form.faults else 200


def _touched(older: Protocol) -> dict[str, Any]:
    """What stands on the earlier version: certified parts to anyone, open plans to who may see them."""
    who = signed_in()
    with reading() as work:
        found: dict[str, Any] = {"parts": parts_certified_under(work, older.name)}
        for role in (*JUDGES, "maker", "laboratory"):
            if who is not None and who.has(role):
                found["plans"] = open_plans_under(work, who.acting(role), older.name)
                break
        return found
