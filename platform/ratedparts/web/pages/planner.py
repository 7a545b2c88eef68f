"""What a test would prove, asked before it is run.  The page is the public's, and shares its blueprint."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, can_rate

from ..acceleration_answer import answer
from ..acceleration_question import asked_acceleration, read_question
from ..forms import Form
from ..language import named
from ..planned_proof import HOURS_A_YEAR, Plan, chances, needed, needed_for_life, proven
from ..requests import installation
from ..supposed_part import mildest
from .public import pages

DESIGN_LIFE_YEARS = 10.0
MOST_UNITS, MOST_HOURS, MOST_YEARS = 1_000_000, 1_000_000.0, 100.0


@pages.get("/planner")
def planner() -> Any:
    library = installation().library
    form = Form(request.args.to_dict())
    rated = {code: one for code, one in library.families.items() if can_rate(one, library, CEG_2026_1)}
    family = rated.get(form["family"])
    if form["family"] and family is None:
        form.fault("family_not_rated", "family", known=sorted(rated))
    choices = [(code, named(one.title)) for code, one in rated.items()]
    values: dict[str, Any] = {"families": choices, "rules": CEG_2026_1}
    if family is not None:
        protocol = library.latest(family.reliability_protocol)
        values |= {"protocol": protocol, "asked": asked_acceleration(protocol, library), "mildest": mildest}
        question = read_question(form, protocol, library)
        credited = answer(question) if question else None
        plan = _plan(form, protocol, credited.used.value if credited else 1.0)
        if credited and plan:
            try:
                values |= {
                    "plan": plan,
                    "credited": credited,
                    "proven": proven(plan, family.group, protocol.shape),
                    "chances": chances(plan),
                    "needed": needed(plan, family.group),
                    "lives": needed_for_life(plan, protocol.shape),
                }
            except RatedPartsError as error:  # numbers so far apart that no plan answers them
                form.blame(error)
                del values["plan"]
    page = render_template("public/planner.html", form=form, family=family, **values)
    return page, 422 if form.faults else 200


def _plan(form: Form, protocol: Any, factor: float) -> Plan | None:
    """None where a field is wrong, and the field says so; what is blank is as the protocol proposes it."""
    proposed = {
        "lots": protocol.sample.lots,
        "units_per_lot": protocol.sample.units_per_lot,
        "accept": protocol.sample.accept,
        "hours": protocol.readouts.at[-1] if protocol.readouts else 1000.0,
        "years": DESIGN_LIFE_YEARS,
    }
    filled = Form({name: form[name].strip() or f"{value:g}" for name, value in proposed.items()}, form.faults)
    lots, units, accept = (filled.whole_number(name) for name in ("lots", "units_per_lot", "accept"))
    hours, years = filled.number("hours"), filled.number("years")
    for name, value, low, high in (
        ("lots", lots, 1, 1000),
        ("units_per_lot", units, 1, MOST_UNITS),
        ("hours", hours, 1.0, MOST_HOURS),
        ("years", years, 0.1, MOST_YEARS),
    ):
        if value is not None and not low <= value <= high:
            filled.fault("out_of_range", name, minimum=low, maximum=high)
    if lots and units and accept is not None and accept >= lots * units:
        filled.fault("out_of_range", "accept", minimum=0, maximum=lots * units - 1)
    if form.faults or lots is None or units is None or accept is None or hours is None or years is None:
        return None
    return Plan(lots, units, hours, accept, factor, years * HOURS_A_YEAR)
