"""Where the demonstration is played, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ratedparts.db import Database
from ratedparts.installation import Installation
from ratedparts.organisations.actor import Actor

BEFORE, TESTS, RESULTS = timedelta(days=320), timedelta(days=300), timedelta(days=200)


@dataclass
class Calendar:
    """A clock that the demonstration turns."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Cast:
    """Who takes part: an actor for each role and organisation."""

    administrator: Actor
    makers: list[Actor] = field(default_factory=list)
    laboratories: list[Actor] = field(default_factory=list)
    publisher: Actor | None = None
    reviewers: list[Actor] = field(default_factory=list)
    issuers: list[Actor] = field(default_factory=list)


@dataclass
class Stage:
    """An installation whose clock is turned through the year before ``today``."""

    installation: Installation
    calendar: Calendar
    today: datetime
    told: Callable[[str], None]

    @property
    def database(self) -> Database:
        return self.installation.database
