"""The organisations of the demonstration, with their people, scopes and instruments."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

from ratedparts.db import Work
from ratedparts.organisations import register, signing_in
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.instruments import register_calibration
from ratedparts.organisations.models import Organisation
from ratedparts.protocols.example import INSTRUMENT_ID

from .cast import AUTHORITY, LABORATORIES, MAKERS, PASSWORD, PUBLISHER, STRESS, desks
from .measured_files import INSTRUMENTS
from .stage import Cast, Stage


def found_people(stage: Stage) -> Cast:
    with stage.database.work() as work:
        token = register.first_administrator(
            work,
            email="administrator@authority.example",
            name="Administrator",
            authority_en=AUTHORITY[0],
            authority_zh=AUTHORITY[1],
            example=True,
        )
        person = signing_in.choose_password(work, token, PASSWORD)
        cast = Cast(signing_in.roles_of(work, person.id).acting())
        authority = register.organisations(work, "authority")[0]
        for role, actors in (("reviewer", cast.reviewers), ("issuer", cast.issuers)):
            for address, name in zip(desks(role), (role.title(), f"Second {role}"), strict=True):
                actors.append(_person(work, cast, authority, role, address, name))
    for kind, names, actors in (
        ("maker", MAKERS, cast.makers),
        ("laboratory", LABORATORIES, cast.laboratories),
    ):
        for index, (en, zh) in enumerate(names, 1):
            with stage.database.work() as work:
                one = register.register_organisation(
                    work, cast.administrator, kind=kind, name_en=en, name_zh=zh, example=True
                )
                address = f"{kind}{index}@{kind}.example"
                desk = "Quality desk" if kind == "maker" else "Test desk"
                actors.append(_person(work, cast, one, kind, address, f"{desk}, {en}"))
                if kind == "laboratory":
                    _scopes(stage, work, cast, one, index)
    with stage.database.work() as work:
        en, zh = PUBLISHER
        one = register.register_organisation(
            work, cast.administrator, kind="maker", name_en=en, name_zh=zh, example=False
        )
        cast.publisher = _person(work, cast, one, "maker", "library@maker.example", "Data library")
    return cast


def calibrate(stage: Stage, cast: Cast) -> None:
    """Every laboratory puts its instruments on the register."""
    with stage.database.work() as work:
        for laboratory in cast.laboratories:
            _calibrations(stage, work, laboratory)


def _person(work: Work, cast: Cast, of: Organisation, role: str, email: str, name: str) -> Actor:
    person, token = register.invite(
        work, cast.administrator, email=email, name=name, organisation_id=of.id, roles=[role]
    )
    work.session.flush()
    signing_in.choose_password(work, token, PASSWORD)
    work.session.flush()
    return signing_in.roles_of(work, person.id).acting()


def _scopes(stage: Stage, work: Work, cast: Cast, laboratory: Organisation, index: int) -> None:
    # The third laboratory is not accredited for temperature cycling: its reports there are class E1.
    covered = {slot.partition(":")[0] for slot in STRESS} - ({"SEMI-TC"} if index == 3 else set())
    first = stage.today.date() - timedelta(days=900)
    for protocol_id in sorted(covered):
        register.register_scope(
            work,
            cast.administrator,
            laboratory_id=laboratory.id,
            protocol_id=protocol_id,
            accreditation=f"EXAMPLE-L{index:04d}",
            valid_from=first,
            valid_until=date(first.year + 6, 12, 31),
        )


def _calibrations(stage: Stage, work: Work, laboratory: Actor) -> None:
    """The instruments that the measured files name, calibrated once a year."""
    for instrument, years in product((*INSTRUMENTS, INSTRUMENT_ID), (3, 2, 1)):
        first = stage.today.date() - timedelta(days=365 * years)
        register_calibration(
            work,
            laboratory,
            instrument_id=instrument,
            description="Example meter",
            document=f"EXAMPLE-CAL-{first.year}",
            calibrated_on=first,
            calibration_due_on=first + timedelta(days=365),
        )
