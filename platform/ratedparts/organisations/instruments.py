"""The register of a laboratory's instruments: one line a calibration, never changed."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

from sqlalchemy import select

from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.free_text import text_faults

from .actor import Actor, record_by
from .models import Calibration

INSTRUMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
LONGEST_INTERVAL = timedelta(days=5 * 366)


def register_calibration(
    work: Work,
    actor: Actor,
    *,
    instrument_id: str,
    description: str,
    document: str,
    calibrated_on: date,
    calibration_due_on: date,
) -> Calibration:
    """A calibration of one of the laboratory's own instruments; both days included.

    A measurement is accepted where one of its instrument's calibrations covers the day.
    """
    actor.require("laboratory")
    faults = [*text_faults("description", description, 200), *text_faults("document", document, 200)]
    if not INSTRUMENT_ID.fullmatch(instrument_id):
        faults.append(Fault("instrument_form", column="instrument_id", given=instrument_id[:80]))
    if calibration_due_on < calibrated_on:
        given, before = str(calibration_due_on), {"later_than": "calibrated_on"}
        faults.append(Fault("date_order", column="calibration_due_on", given=given, parameters=before))
    elif calibration_due_on - calibrated_on > LONGEST_INTERVAL:
        faults.append(Fault("interval_too_long", column="calibration_due_on", given=str(calibration_due_on)))
    if calibrated_on > day_of(work.at):
        faults.append(Fault("day_in_the_future", column="calibrated_on", given=str(calibrated_on)))
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    calibration = Calibration(
        id=work.new_id(),
        laboratory_id=actor.organisation_id,
        instrument_id=instrument_id,
        description=description.strip(),
        document=document.strip(),
        calibrated_on=calibrated_on,
        calibration_due_on=calibration_due_on,
        registered_by=actor.person_id,
        registered_at=work.at,
    )
    work.session.add(calibration)
    work.session.flush()
    record_by(
        work,
        actor,
        "register_calibration",
        "calibration",
        calibration.id,
        instrument=instrument_id,
        due=calibration_due_on.isoformat(),
    )
    return calibration


def calibrations_of(work: Work, laboratory_id: uuid.UUID) -> list[Calibration]:
    """By instrument, the newest first."""
    query = select(Calibration).where(Calibration.laboratory_id == laboratory_id)
    return list(
        work.session.scalars(query.order_by(Calibration.instrument_id, Calibration.calibrated_on.desc()))
    )
