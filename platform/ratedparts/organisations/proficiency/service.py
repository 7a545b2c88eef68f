"""Entering proficiency rounds, and reading them."""

from __future__ import annotations

import math
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select

from ratedparts.calendar_days import day_of
from ratedparts.db import Page, Work, newest_first, public_number
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.free_text import text_faults
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.register import organisations

from .entered import GivenResult, ReadResult, read_results
from .models import ASSIGNED_BY, ProficiencyResult, ProficiencyRound

FEWEST_FOR_CONSENSUS = 3  # Algorithm A begins there
FEWEST_FOR_REFERENCE = 1


def publish_round(
    work: Work,
    actor: Actor,
    *,
    measurand: str,
    unit: str,
    assigned_by: str,
    sigma_pt: float | None,
    held_on: date | None,
    results: Sequence[GivenResult],
    known_protocols: Iterable[str],
    protocol_id: str | None = None,
    reference_value: float | None = None,
    reference_expanded: float | None = None,
    by_name: bool = False,
    supersedes: str | None = None,
) -> ProficiencyRound:
    """Publish a round with its results.  ``sigma_pt`` and the reference are in ``unit``, uncertainties k = 2.

    Raises ``form_refused`` with every fault, ``not_found`` for a round to supersede that there is not.
    """
    actor.require("administrator")
    faults = [*text_faults("measurand", measurand, 120), *text_faults("unit", unit, 20)]
    if protocol_id and protocol_id not in (known := sorted(known_protocols)):
        expected = {"expected": known}
        faults.append(
            Fault("not_a_choice", column="protocol_id", given=protocol_id[:80], parameters=expected)
        )
    if assigned_by not in ASSIGNED_BY:
        choices = {"expected": list(ASSIGNED_BY)}
        faults.append(Fault("not_a_choice", column="assigned_by", given=assigned_by[:80], parameters=choices))
    faults += _number_faults("sigma_pt", sigma_pt, above_zero=True)
    if assigned_by == "reference":
        faults += _number_faults("reference_value", reference_value)
        faults += _number_faults("reference_expanded", reference_expanded, not_negative=True)
    else:
        faults += [
            Fault("consensus_has_no_reference", column=column)
            for column, given in (
                ("reference_value", reference_value),
                ("reference_expanded", reference_expanded),
            )
            if given is not None
        ]
    if held_on is None:
        faults.append(Fault("missing_value", column="held_on"))
    elif held_on > day_of(work.at):
        faults.append(Fault("day_in_the_future", column="held_on", given=str(held_on)))
    fewest = FEWEST_FOR_CONSENSUS if assigned_by == "consensus" else FEWEST_FOR_REFERENCE
    read, wrong = read_results(results, organisations(work, "laboratory"), fewest=fewest)
    former = _to_supersede(work, supersedes, faults) if supersedes else None
    if faults or wrong:
        raise RatedPartsError("form_refused", items=[*faults, *wrong])
    assert sigma_pt is not None
    assert held_on is not None
    new = ProficiencyRound(
        id=work.new_id(),
        number=public_number("PT"),
        measurand=measurand.strip(),
        protocol_id=protocol_id or None,
        unit=unit.strip(),
        assigned_by=assigned_by,
        reference_value=reference_value,
        reference_expanded=reference_expanded,
        sigma_pt=sigma_pt,
        held_on=held_on,
        by_name=by_name,
        supersedes_id=former.id if former else None,
        registered_by=actor.person_id,
        published_at=work.at,
    )
    work.session.add(new)
    work.session.flush()
    work.session.add_all(_under_codes(new.id, read))
    work.session.flush()
    record_by(
        work,
        actor,
        "publish_proficiency_round",
        "proficiency_round",
        new.id,
        number=new.number,
        results=len(read),
    )
    return new


def _under_codes(round_id: uuid.UUID, read: Sequence[ReadResult]) -> list[ProficiencyResult]:
    """Codes by lot: nothing of the order in which results were entered is left in them."""
    codes = [f"L{number:02d}" for number in range(1, len(read) + 1)]
    secrets.SystemRandom().shuffle(codes)
    return [
        ProficiencyResult(
            round_id=round_id,
            laboratory_id=one.laboratory.id,
            code=code,
            value_given=one.given.value.strip(),
            value=one.value,
            expanded_given=one.given.expanded_uncertainty.strip(),
            expanded_uncertainty=one.expanded_uncertainty,
        )
        for one, code in zip(read, codes, strict=True)
    ]


def _to_supersede(work: Work, number: str, faults: list[Fault]) -> ProficiencyRound | None:
    former = work.session.scalars(select(ProficiencyRound).where(ProficiencyRound.number == number)).first()
    if former is None:
        faults.append(Fault("unknown_round", column="supersedes", given=number[:80]))
    elif superseded_by(work, former) is not None:
        faults.append(Fault("round_superseded", column="supersedes", given=number[:80]))
    return former


def _number_faults(
    column: str, given: float | None, *, above_zero: bool = False, not_negative: bool = False
) -> list[Fault]:
    if given is None:
        return [Fault("missing_value", column=column)]
    if not math.isfinite(given) or (above_zero and given <= 0) or (not_negative and given < 0):
        limits = {"minimum": 0, "maximum": None, "unit": None}
        return [Fault("out_of_range", column=column, given=str(given), parameters=limits)]
    return []


def round_by_number(work: Work, number: str) -> ProficiencyRound:
    found = work.session.scalars(select(ProficiencyRound).where(ProficiencyRound.number == number)).first()
    if found is None:
        raise not_found("proficiency_round", number)
    return found


def superseded_by(work: Work, round_: ProficiencyRound) -> ProficiencyRound | None:
    query = select(ProficiencyRound).where(ProficiencyRound.supersedes_id == round_.id)
    return work.session.scalars(query).first()


def page_of_rounds(work: Work, cursor: str | None = None, limit: int = 25) -> Page[ProficiencyRound]:
    """Every round, the newest first."""
    return newest_first(work, select(ProficiencyRound), ProficiencyRound.id, cursor, limit)


def rounds_published(work: Work, since: datetime, until: datetime) -> list[ProficiencyRound]:
    """Those published from ``since`` to before ``until``, superseded or not, in that order."""
    query = select(ProficiencyRound).where(
        ProficiencyRound.published_at >= since, ProficiencyRound.published_at < until
    )
    return list(work.session.scalars(query.order_by(ProficiencyRound.published_at, ProficiencyRound.number)))


def own_rounds(work: Work, actor: Actor) -> list[tuple[ProficiencyRound, str]]:
    """The rounds in which the actor's laboratory took part, with its code, the newest first."""
    query = (
        select(ProficiencyRound, ProficiencyResult.code)
        .join(ProficiencyResult, ProficiencyResult.round_id == ProficiencyRound.id)
        .where(ProficiencyResult.laboratory_id == actor.organisation_id)
        .order_by(ProficiencyRound.id.desc())
    )
    return [(row[0], row[1]) for row in work.session.execute(query)]
