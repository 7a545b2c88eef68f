"""Questions in the query of an address, by the very names that the fields of the page have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import request

from ratedparts.errors import RatedPartsError

from ..acceleration_question import Asked
from ..forms import Form, field_of


def asked_form(names: Iterable[str]) -> Form:
    """The query as a form, with a fault for whatever is asked besides ``names``."""
    form = Form(request.args.to_dict())
    known = sorted(names)
    for name in form.values:
        if name not in known:
            form.fault("unknown_key", name, known=known)
    return form


def refuse_faults(form: Form) -> None:
    """Raise ``request_refused`` with everything that the form says is wrong, by the names of the query."""
    if form.faults:
        items = [
            replace(fault, column=field_of(fault.column)[:80], given=(fault.given or "")[:80] or None)
            if fault.column
            else fault
            for fault in form.faults
        ]
        raise RatedPartsError("request_refused", items=items)


def names_of(asked: Asked) -> list[str]:
    """What may be said of a use and of a test's stress."""
    return [
        "use_condition",
        *(f"use.{name}" for name in asked.use),
        *(f"stress.{one.name}" for one in asked.stress),
        *(f"attribute.{one.name}" for one in asked.attributes),
    ]
