"""Plays a year of the platform's life, from the first administrator to a revocation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from ratedparts.db import Database, system_clock
from ratedparts.db.migrating import upgrade
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_all
from ratedparts.organisations.models import Person
from ratedparts.settings import Environment

from .certified_parts import certify
from .example_parts import EXAMPLE_PARTS
from .laboratory_comparisons import compare_laboratories
from .people import calibrate, found_people
from .published_lives import publish_lives
from .stage import BEFORE, RESULTS, TESTS, Calendar, Stage
from .tested_parts import hand_in, register_parts


def is_loaded(database: Database) -> bool:
    with database.reading() as work:
        return bool(work.session.scalar(select(func.count()).select_from(Person)))


def load(installation: Installation, told: Callable[[str], None] = print) -> None:
    """Fill an empty demonstration installation; anything else is left alone."""
    if installation.settings.environment is not Environment.DEMONSTRATION:
        raise ValueError("the demonstration is for a demonstration installation")
    installation.settings.var.mkdir(parents=True, exist_ok=True)
    upgrade(installation.database.engine)
    if is_loaded(installation.database):
        return
    today = system_clock().replace(minute=0, second=0, microsecond=0)
    calendar = Calendar(today - BEFORE)
    # The same installation, by another clock: its keys may sign from the first day of the story.
    played = replace(installation, clock=calendar)
    played.prepare()
    play(Stage(played, calendar, today, told))
    played.database.dispose()


def play(stage: Stage) -> None:
    """The demonstration, act by act."""
    stage.told("organisations, people, scopes …")
    cast = found_people(stage)
    stage.told(f"{len(EXAMPLE_PARTS)} example parts and their test plans …")
    stage.calendar.now = stage.today - TESTS - timedelta(days=8)
    planned, ids = register_parts(stage, cast)
    publish_lives(stage, cast)
    stage.told("results files through the checker …")
    stage.calendar.now = stage.today - RESULTS
    calibrate(stage, cast)
    hand_in(stage, cast, planned)
    run_all(stage.database, stage.installation.handlers)
    stage.calendar.now = stage.today - RESULTS + timedelta(days=1)
    compare_laboratories(stage, cast)
    stage.told("reviews, certificates, one revocation …")
    certify(stage, cast, ids)
    run_all(stage.database, stage.installation.handlers)
