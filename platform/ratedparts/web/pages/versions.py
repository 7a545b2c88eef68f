"""What a protocol's version changed against another.  The page is the public's, and shares its blueprint."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ..forms import Form
from ..protocol_versions import differences, versions_of
from ..requests import installation
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
        found=differences(**chosen, library=library) if len(chosen) == 2 else None,
    )
    return page, 422 if form.faults else 200
