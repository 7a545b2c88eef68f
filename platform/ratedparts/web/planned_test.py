"""A test that somebody thinks of, read from what they said of it, with what it would prove."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.errors import RatedPartsError
from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.protocols import Family, Protocol, ProtocolLibrary

from .acceleration_answer import Answer, answer
from .acceleration_question import can_be_asked, of_family, read_question
from .forms import Form
from .planned_proof import (
    HOURS_A_YEAR,
    Chance,
    Needed,
    NeededForLife,
    Plan,
    Proven,
    chances,
    needed,
    needed_for_life,
    proven,
)

DESIGN_LIFE_YEARS = 10.0
MOST_UNITS, MOST_HOURS, MOST_YEARS = 1_000_000, 1_000_000.0, 100.0
ASKED = ("lots", "units_per_lot", "hours", "accept", "years")


@dataclass(frozen=True)
class PlannedTest:
    family: Family
    protocol: Protocol
    plan: Plan
    credited: Answer
    proven: list[Proven]
    chances: list[Chance]
    needed: list[Needed]
    lives: list[NeededForLife]


def rated_families(library: ProtocolLibrary) -> dict[str, Family]:
    """Those rated by a success run, or by a failure rate whose acceleration can be asked for; by code."""
    return {code: one for code, one in library.families.items() if _can_be_planned(one, library)}


def _can_be_planned(family: Family, library: ProtocolLibrary) -> bool:
    if not can_rate(family, library, CEG_2026_1):
        return False
    return is_run(family) or can_be_asked(reliability_protocol(family, library))


def is_run(family: Family) -> bool:
    """Whether the family is rated by a success run: then nothing is accelerated."""
    return family.group in CEG_2026_1.run_targets


def reliability_protocol(family: Family, library: ProtocolLibrary) -> Protocol:
    """That of the family, as far as it is about the family."""
    return of_family(library.latest(family.reliability_protocol), family.code)


def read_family(form: Form, library: ProtocolLibrary) -> Family | None:
    """The family asked for; None where none is, or where none of the name is rated, which the form says."""
    rated = rated_families(library)
    family = rated.get(form["family"])
    if form["family"] and family is None:
        form.fault("family_not_rated", "family", known=sorted(rated))
    return family


def read_planned_test(form: Form, family: Family, library: ProtocolLibrary) -> PlannedTest | None:
    """None where a field is wrong, and the field says so; what is blank is as the protocol proposes it."""
    protocol = reliability_protocol(family, library)
    question = read_question(form, protocol, library)
    credited = answer(question) if question else None
    plan = _plan(form, protocol, family, credited.used.value if credited else 1.0)
    if credited is None or plan is None:
        return None
    try:
        return PlannedTest(
            family,
            protocol,
            plan,
            credited,
            proven(plan, family.group, protocol.shape),
            chances(plan),
            needed(plan, family.group),
            needed_for_life(plan, protocol.shape),
        )
    except RatedPartsError as error:  # numbers so far apart that no plan answers them
        form.blame(error)
        return None


def _plan(form: Form, protocol: Protocol, family: Family, factor: float) -> Plan | None:
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
    least = CEG_2026_1.minimum_units_of.get(family.group, CEG_2026_1.minimum_units)
    return Plan(lots, units, hours, accept, factor, years * HOURS_A_YEAR, least)
