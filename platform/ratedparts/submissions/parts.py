"""Registering series and parts."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ratedparts.db import Page, Work, newest_first
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.free_text import text_faults
from ratedparts.grading import CEG_2026_1
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.protocols import ProtocolLibrary, check_part

from .models import Part, Series

PART_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/#-]{0,59}", re.ASCII)
LONGEST_LIFE_HOURS = 1e7
LONGEST_TEXT = 500


def register_series(
    work: Work, actor: Actor, library: ProtocolLibrary, *, family: str, name: str, similarity: str
) -> Series:
    """A structural-similarity family of the maker's own."""
    actor.require("maker")
    faults = [*text_faults("name", name, 80), *text_faults("similarity", similarity, LONGEST_TEXT)]
    if family not in library.families:
        faults.append(Fault("unknown_family", column="family", given=family))
    name = unicodedata.normalize("NFC", name).strip()
    taken = select(Series.id).where(Series.maker_id == actor.organisation_id, Series.name == name)
    if not faults and work.session.scalar(taken) is not None:
        faults.append(Fault("name_taken", column="name", given=name))
    _refuse(faults)
    series = Series(
        id=work.new_id(),
        maker_id=actor.organisation_id,
        family=family,
        name=name,
        similarity=similarity.strip(),
        registered_at=work.at,
    )
    work.session.add(series)
    work.session.flush()
    record_by(work, actor, "register_series", "series", series.id, family=family, name=name)
    return series


def register_part(
    work: Work,
    actor: Actor,
    library: ProtocolLibrary,
    *,
    series_id: uuid.UUID,
    part_number: str,
    attributes: Mapping[str, Any],
    limits: Mapping[str, Any] | None = None,
    use_condition: str,
    design_life_hours: float = 87_600.0,
    screened: bool = False,
    source: str | None = None,
) -> Part:
    """A part of one of the maker's series.  A part number is never used again, not even for another part."""
    actor.require("maker")
    series = own_series(work, actor, series_id)
    faults = []
    if not PART_NUMBER.fullmatch(part_number):
        faults.append(Fault("part_number_form", column="part_number", given=part_number[:80]))
    else:
        taken = select(Part.id).where(Part.maker_id == actor.organisation_id, Part.part_number == part_number)
        if work.session.scalar(taken) is not None:
            faults.append(Fault("part_number_taken", column="part_number", given=part_number))
    if use_condition not in CEG_2026_1.use_conditions:
        expected = {"expected": sorted(CEG_2026_1.use_conditions)}
        faults.append(Fault("not_a_choice", column="use_condition", given=use_condition, parameters=expected))
    if not 0 < design_life_hours <= LONGEST_LIFE_HOURS:
        parameters = {"minimum": 0, "maximum": LONGEST_LIFE_HOURS, "unit": "h"}
        faults.append(
            Fault(
                "out_of_range",
                column="design_life_hours",
                given=str(design_life_hours),
                parameters=parameters,
            )
        )
    if source is not None:
        faults += text_faults("source", source, LONGEST_TEXT)
    faults += check_part(
        {"family": series.family, "attributes": dict(attributes), "limits": dict(limits or {})}, library
    )
    _refuse(faults)
    part = Part(
        id=work.new_id(),
        maker_id=actor.organisation_id,
        series=series,
        part_number=part_number,
        family=series.family,
        attributes=dict(attributes),
        limits=dict(limits or {}),
        use_condition=use_condition,
        design_life_hours=design_life_hours,
        screened=screened,
        source=source,
        registered_at=work.at,
    )
    work.session.add(part)
    work.session.flush()
    record_by(work, actor, "register_part", "part", part.id, part_number=part_number)
    return part


def own_series(work: Work, actor: Actor, series_id: uuid.UUID) -> Series:
    series = work.session.get(Series, series_id)
    if series is None or series.maker_id != actor.organisation_id:
        raise not_found("series", series_id)
    return series


def own_part(work: Work, actor: Actor, part_id: uuid.UUID) -> Part:
    part = work.session.get(Part, part_id)
    if part is None or part.maker_id != actor.organisation_id:
        raise not_found("part", part_id)
    return part


def series_of(work: Work, actor: Actor) -> list[Series]:
    query = select(Series).where(Series.maker_id == actor.organisation_id).order_by(Series.name)
    return list(work.session.scalars(query))


def parts_of(work: Work, actor: Actor) -> list[Part]:
    query = select(Part).where(Part.maker_id == actor.organisation_id).order_by(Part.part_number)
    return list(work.session.scalars(query))


def page_of_parts(work: Work, actor: Actor, cursor: str | None, limit: int) -> Page[Part]:
    """The maker's parts, newest first."""
    query = select(Part).where(Part.maker_id == actor.organisation_id)
    return newest_first(work, query, Part.id, cursor, limit)


def members(work: Work, series_id: uuid.UUID) -> list[str]:
    """The part numbers of a series."""
    query = select(Part.part_number).where(Part.series_id == series_id).order_by(Part.part_number)
    return list(work.session.scalars(query))


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise RatedPartsError("form_refused", items=faults)


def series_named(
    work: Work, actor: Actor, library: ProtocolLibrary, *, family: str, name: str, similarity: str
) -> Series:
    """The maker's series of that name, registered where it is new; ``series_of_another_family`` otherwise."""
    actor.require("maker")
    query = select(Series).where(Series.maker_id == actor.organisation_id, Series.name == name.strip())
    series = work.session.scalars(query).first()
    if series is None:
        return register_series(work, actor, library, family=family, name=name, similarity=similarity)
    if series.family != family:
        fault = Fault(
            "series_of_another_family", column="family", given=family, parameters={"family": series.family}
        )
        raise RatedPartsError("form_refused", items=[fault])
    return series
