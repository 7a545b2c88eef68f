"""Registering test plans: what a test will be, fixed before it starts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from ratedparts.calendar_days import day_of
from ratedparts.db import Page, Work, newest_first, public_number
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.free_text import text_faults
from ratedparts.grading.stress import stress_faults
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.models import Organisation
from ratedparts.protocols import ProtocolLibrary

from .models import Part, TestPlan
from .parts import own_part

MOST_LOTS, MOST_UNITS = 50, 5_000_000
LONGEST_LOT_CODE = 40
PURPOSES = ("grading", "maintenance", "upgrade")  # as GB/T 1772 knows them
# Who registers a plan agrees that its measurements are published, unit by unit, with a certificate that rests
# on them.  Only the columns that tell of people and equipment may stay with the platform.
PUBLICATIONS = ("restricted_withheld", "all_columns")
RESTRICTED_COLUMNS = frozenset({"instrument_id", "operator"})
FARTHEST_AHEAD = timedelta(days=730)


def register_plan(
    work: Work,
    actor: Actor,
    library: ProtocolLibrary,
    *,
    part_id: uuid.UUID,
    laboratory_id: uuid.UUID,
    protocol: str,
    stress: Mapping[str, Any],
    lots: Sequence[Mapping[str, Any]],
    duration: float | None = None,
    accept: int = 0,
    part_average_testing: bool = False,
    screen_document: str | None = None,
    purpose: str = "grading",
    starts_on: date | None = None,
    publication: str = PUBLICATIONS[0],
) -> TestPlan:
    """A plan of the maker's for one part, one protocol and one laboratory.

    ``lots``: ``[{"lot_code": "L1", "units": 77}]``.  The instant of registration is what counts later.
    ``purpose``: see `PURPOSES`; ``starts_on``: the day before which nothing will have been measured;
    ``publication``: see `PUBLICATIONS`.
    """
    actor.require("maker")
    part = own_part(work, actor, part_id)
    faults: list[Fault] = []
    laboratory = work.session.get(Organisation, laboratory_id)
    if laboratory is None or laboratory.kind != "laboratory":
        faults.append(Fault("unknown_laboratory", column="laboratory_id", given=str(laboratory_id)))
    try:
        found = library.protocol(protocol)
    except RatedPartsError as error:
        faults.append(Fault(error.code, column="protocol", given=protocol, parameters=error.parameters))
    else:
        if found.families and part.family not in found.families:
            expected = {"expected": list(found.families), "family": part.family}
            faults.append(Fault("family_not_rated", column="protocol", given=protocol, parameters=expected))
        faults += stress_faults(stress, found)
    faults += _lot_faults(lots)
    for column, choice, choices in (
        ("purpose", purpose, PURPOSES),
        ("publication", publication, PUBLICATIONS),
    ):
        if choice not in choices:
            expected = {"expected": list(choices)}
            faults.append(Fault("not_a_choice", column=column, given=choice[:80], parameters=expected))
    if starts_on is not None and starts_on > day_of(work.at) + FARTHEST_AHEAD:
        faults.append(Fault("day_too_far_ahead", column="starts_on", given=str(starts_on)))
    if screen_document:
        faults += text_faults("screen_document", screen_document, 500)
    if duration is not None and not 0 < duration <= 1e6:
        limits = {"minimum": 0, "maximum": 1e6, "unit": None}
        faults.append(Fault("out_of_range", column="duration", given=str(duration), parameters=limits))
    if not 0 <= accept <= MOST_UNITS:
        limits = {"minimum": 0, "maximum": MOST_UNITS, "unit": None}
        faults.append(Fault("out_of_range", column="accept", given=str(accept), parameters=limits))
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    plan = TestPlan(
        id=work.new_id(),
        number=public_number("PLAN"),
        part=part,
        laboratory=laboratory,
        protocol=protocol,
        stress=dict(stress),
        lots=[{"lot_code": str(lot["lot_code"]), "units": int(lot["units"])} for lot in lots],
        duration=duration,
        accept=accept,
        part_average_testing=part_average_testing,
        screen_document=screen_document or None,
        purpose=purpose,
        starts_on=starts_on,
        publication=publication,
        registered_at=work.at,
    )
    work.session.add(plan)
    work.session.flush()
    record_by(
        work,
        actor,
        "register_plan",
        "test_plan",
        plan.id,
        number=plan.number,
        protocol=protocol,
    )
    return plan


def visible_plan(work: Work, actor: Actor, number: str) -> TestPlan:
    """A plan that the actor is a party to, or that a reviewer may see; otherwise it does not exist."""
    plan = work.session.scalars(select(TestPlan).where(TestPlan.number == number)).first()
    if plan is None or not may_see(actor, plan):
        raise not_found("test_plan", number)
    return plan


def may_see(actor: Actor, plan: TestPlan) -> bool:
    """A party to the plan, or one of the authority who judges."""
    return (
        actor.role in ("reviewer", "issuer")
        or (actor.role == "maker" and plan.part.maker_id == actor.organisation_id)
        or (actor.role == "laboratory" and plan.laboratory_id == actor.organisation_id)
    )


def plans_of(work: Work, actor: Actor) -> list[TestPlan]:
    """The plans that the actor's organisation is a party to, newest first."""
    query = (
        select(TestPlan)
        .join(Part)
        .where(or_(Part.maker_id == actor.organisation_id, TestPlan.laboratory_id == actor.organisation_id))
        .order_by(TestPlan.registered_at.desc(), TestPlan.number)
    )
    return list(work.session.scalars(query))


def page_of_plans(work: Work, actor: Actor, cursor: str | None, limit: int) -> Page[TestPlan]:
    """The plans that the actor's organisation is a party to, newest first."""
    query = select(TestPlan).join(Part)
    mine = or_(Part.maker_id == actor.organisation_id, TestPlan.laboratory_id == actor.organisation_id)
    return newest_first(work, query.where(mine), TestPlan.id, cursor, limit)


def plans_of_part(work: Work, part_id: uuid.UUID) -> list[TestPlan]:
    query = (
        select(TestPlan).where(TestPlan.part_id == part_id).order_by(TestPlan.registered_at, TestPlan.number)
    )
    return list(work.session.scalars(query))


def require_party(actor: Actor, plan: TestPlan) -> None:
    """Only the plan's own laboratory hands in its results."""
    actor.require("laboratory")
    if plan.laboratory_id != actor.organisation_id:
        raise RatedPartsError("not_found", subject="test_plan", kind=Kind.NOT_FOUND, given=plan.number)


def _lot_faults(lots: Sequence[Mapping[str, Any]]) -> list[Fault]:
    if not 1 <= len(lots) <= MOST_LOTS:
        limits = {"minimum": 1, "maximum": MOST_LOTS, "unit": None}
        return [Fault("out_of_range", column="lots", given=str(len(lots)), parameters=limits)]
    faults = []
    codes: set[str] = set()
    for index, lot in enumerate(lots):
        code, units = lot.get("lot_code"), lot.get("units")
        place = f"lots.{index}.lot_code"
        if not isinstance(code, str) or (unclear := text_faults(place, code, LONGEST_LOT_CODE)):
            faults += unclear if isinstance(code, str) else [Fault("text_length", column=place)]
        elif code != code.strip():
            # A results file may not have blanks around a lot, and could never name this one.
            parameters = {"expected": code.strip()}
            faults.append(Fault("surrounding_blanks", column=place, given=code, parameters=parameters))
        elif code in codes:
            faults.append(Fault("duplicate_lot", column=place, given=code))
        else:
            codes.add(code)
        if isinstance(units, bool) or not isinstance(units, int) or not 1 <= units <= MOST_UNITS:
            limits = {"minimum": 1, "maximum": MOST_UNITS, "unit": None}
            faults.append(
                Fault("out_of_range", column=f"lots.{index}.units", given=str(units), parameters=limits)
            )
    return faults
