"""What a test would prove, asked before it is run.  The page is the public's, and shares its blueprint."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ratedparts.grading import CEG_2026_1

from ..acceleration_question import asked_acceleration
from ..forms import Form
from ..language import named
from ..planned_run import read_planned_run
from ..planned_test import is_run, rated_families, read_family, read_planned_test, reliability_protocol
from ..requests import installation
from ..supposed_part import mildest
from .public import pages


@pages.get("/planner")
def planner() -> Any:
    library = installation().library
    form = Form(request.args.to_dict())
    family = read_family(form, library)
    choices = [(code, named(one.title)) for code, one in rated_families(library).items()]
    values: dict[str, Any] = {"families": choices, "rules": CEG_2026_1}
    if family is not None and is_run(family):
        values |= {
            "protocol": library.latest(family.reliability_protocol),
            "run": read_planned_run(form, family, library),
        }
        page = render_template("public/planner_run.html", form=form, family=family, **values)
        return page, 422 if form.faults else 200
    if family is not None:
        protocol = reliability_protocol(family, library)
        values |= {
            "protocol": protocol,
            "asked": asked_acceleration(protocol, library),
            "mildest": mildest,
            "test": read_planned_test(form, family, library),
        }
    page = render_template("public/planner.html", form=form, family=family, **values)
    return page, 422 if form.faults else 200
