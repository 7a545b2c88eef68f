"""Installations to test: founded with a cast of people, rated up to a decision, or certified.

Each is built once a test session and database, through the real services, and copied for every test.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.question import Question
from ratedparts.catalogue.searching import search
from ratedparts.catalogue.service import in_order
from ratedparts.certificates import taking_back
from ratedparts.db import Database, Work
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_all
from ratedparts.organisations import register, signing_in
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.instruments import register_calibration
from ratedparts.protocols import ProtocolLibrary, example_file, load_library
from ratedparts.review import service as reviews
from ratedparts.settings import Settings
from ratedparts.submissions import parts, plans, results
from ratedparts.submissions.models import Submission

PASSWORD = "correct horse battery staple"
FOUNDED = datetime(2026, 1, 5, 1, tzinfo=UTC)  # a week before the tests of the example files start
MEASURED = datetime(2026, 6, 1, 1, tzinfo=UTC)  # and after they ended
PEOPLE = {  # name → organisation, role
    "maker": ("Ceramics", "maker"),
    "other_maker": ("Resistors", "maker"),
    "laboratory": ("Laboratory", "laboratory"),
    "other_laboratory": ("Other Laboratory", "laboratory"),
    "reviewer": ("Authority", "reviewer"),
    "issuer": ("Authority", "issuer"),
}
NAMES_ZH = {"Ceramics": "陶瓷", "Resistors": "电阻", "Laboratory": "实验室", "Other Laboratory": "另一实验室"}
STRESSES: dict[str, dict[str, Any]] = {
    "MLCC-HTL": {"temperature_c": 125, "voltage_ratio": 2.0},
    "MLCC-BH:rated": {"temperature_c": 85, "humidity_rh": 85, "voltage_ratio": 1.0, "bias_mode": "rated"},
    "MLCC-BH:low": {"temperature_c": 85, "humidity_rh": 85, "bias_mode": "low"},
    "SEMI-TC": {"condition": "B"},
    "PAR-CPK": {},
}
_LIBRARY = load_library()


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """An installation with its people.  What a stage leaves behind is in ``facts``."""

    installation: Installation
    clock: Clock
    cast: dict[str, Actor] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, url: str, var: Path) -> World:
        clock = Clock(FOUNDED)
        environ = {"RATEDPARTS_ENVIRONMENT": "test", "RATEDPARTS_VAR": str(var), "DATABASE_URL": url}
        return cls(Installation(Settings.read(environ), clock), clock)

    @property
    def database(self) -> Database:
        return self.installation.database

    @property
    def library(self) -> ProtocolLibrary:
        return _LIBRARY

    @contextmanager
    def work(self) -> Iterator[Work]:
        with self.database.work() as work:
            yield work

    @contextmanager
    def reading(self) -> Iterator[Work]:
        with self.database.reading() as work:
            yield work

    def copy(self, url: str, var: Path) -> World:
        """The same world elsewhere; the database at ``url`` has been copied already."""
        shutil.copytree(self.installation.settings.var, var, dirs_exist_ok=True)
        new = World.at(url, var)
        new.clock.now, new.cast, new.facts = self.clock.now, dict(self.cast), dict(self.facts)
        return new

    def found(self) -> None:
        """The schema, the keys, the authority and its people, makers, laboratories, scopes."""
        self.installation.prepare()
        with self.work() as work:
            token = register.first_administrator(
                work,
                email="administrator@example.org",
                name="Administrator",
                authority_en="Authority",
                authority_zh="评价中心",
                example=True,
            )
            person = signing_in.choose_password(work, token, PASSWORD)
            administrator = signing_in.roles_of(work, person.id).acting()
            # A hash made to be slow is verified slowly; this one is of the same kind, and quick.
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            ids = {"Authority": administrator.organisation_id}
            for name, kind in (
                ("Ceramics", "maker"),
                ("Resistors", "maker"),
                ("Laboratory", "laboratory"),
                ("Other Laboratory", "laboratory"),
            ):
                ids[name] = register.register_organisation(
                    work, administrator, kind=kind, name_en=name, name_zh=NAMES_ZH[name], example=True
                ).id
            for protocol in ("MLCC-HTL", "MLCC-BH", "SEMI-TC", "PAR-CPK"):
                self.accredit(work, administrator, ids["Laboratory"], protocol)
            self.cast["administrator"] = administrator
            for name, (organisation, role) in PEOPLE.items():
                person, _ = register.invite(
                    work,
                    administrator,
                    email=f"{name}@example.org",
                    name=name,
                    organisation_id=ids[organisation],
                    roles=[role],
                )
                person.password_hash = hashed
                self.cast[name] = signing_in.roles_of(work, person.id).acting()
            self.calibrate(work)

    def calibrate(self, work: Work, instrument: str = "INSTRUMENT-1", by: str = "laboratory") -> None:
        """The instrument of the example files, for some years from before they were measured."""
        register_calibration(
            work,
            self.cast[by],
            instrument_id=instrument,
            description="LCR meter",
            document="CAL-0001",
            calibrated_on=date(2025, 12, 1),
            calibration_due_on=date(2030, 11, 30),
        )

    def accredit(
        self,
        work: Work,
        administrator: Actor,
        laboratory_id: uuid.UUID,
        protocol: str,
        first: date = date(2020, 1, 1),
        last: date = date(2030, 12, 31),
    ) -> None:
        register.register_scope(
            work,
            administrator,
            laboratory_id=laboratory_id,
            protocol_id=protocol,
            accreditation="CNAS L0000",
            valid_from=first,
            valid_until=last,
        )

    def rate(self) -> None:
        """One part with all its mandatory tests: reported, accepted, decided."""
        self.facts["part_id"] = self.register_part()
        self.facts["plans"] = {slot: self.register_plan(slot=slot) for slot in STRESSES}
        self.clock.now = MEASURED
        for slot, number in self.facts["plans"].items():
            assert self.submit(number, self.example(slot, number)).state == "accepted"
        self.run_jobs()

    def certify(self) -> None:
        self.facts["review_id"] = self.approve()
        self.facts["number"] = self.issue(self.facts["review_id"])
        self.run_jobs()

    def register_part(self, number: str = "EX-0603X7R104K", by: str = "maker", **more: Any) -> uuid.UUID:
        with self.work() as work:
            return self.register_part_in(work, number, by, **more)

    def register_part_in(self, work: Work, number: str, by: str = "maker", **more: Any) -> uuid.UUID:
        series = parts.series_named(
            work,
            self.cast[by],
            self.library,
            family="mlcc_class2",
            name="X7R-0603",
            similarity="one body",
        )
        return parts.register_part(
            work,
            self.cast[by],
            self.library,
            series_id=series.id,
            part_number=number,
            attributes={
                "capacitance_nf": 100,
                "rated_voltage_v": 50,
                "dielectric": "X7R",
                "upper_category_temperature_c": 125,
            },
            limits={"cap_nF": [90, 110]},
            use_condition="UC-A",
            **more,
        ).id

    def register_plan(
        self,
        *,
        slot: str = "PAR-CPK",
        part_id: uuid.UUID | None = None,
        by: str = "maker",
        laboratory: str = "laboratory",
        units: int = 77,
        **more: Any,
    ) -> str:
        with self.work() as work:
            return plans.register_plan(
                work,
                self.cast[by],
                self.library,
                part_id=part_id or self.facts["part_id"],
                laboratory_id=self.cast[laboratory].organisation_id,
                protocol=self.library.latest(slot.partition(":")[0]).name,
                stress=STRESSES[slot],
                lots=[{"lot_code": f"L{lot}", "units": units} for lot in (1, 2, 3)],
                part_average_testing=slot == "PAR-CPK",
                **more,
            ).number

    def example(self, slot: str, plan_number: str, units: int | None = None) -> bytes:
        """A file that the checker accepts, for that plan."""
        protocol = self.library.latest(slot.partition(":")[0])
        header, *rows = example_file(protocol, units).decode().splitlines()
        names = header.split(",")
        cells = [row.split(",") for row in rows]
        for row in cells:
            row[names.index("plan_id")] = plan_number
            if "bias_mode" in names:
                row[names.index("bias_mode")] = slot.partition(":")[2]
        return ("\n".join([header, *(",".join(row) for row in cells)]) + "\n").encode()

    def submit(self, plan_number: str, content: bytes, by: str = "laboratory", **more: Any) -> Submission:
        with self.work() as work:
            return self.submit_in(work, plan_number, content, by, **more)

    def submit_in(
        self, work: Work, plan_number: str, content: bytes, by: str = "laboratory", **more: Any
    ) -> Submission:
        options = {"keeper": self.installation.keeper, "file_name": "results.csv", **more}
        return results.submit_results(
            work, self.cast[by], self.library, plan_number=plan_number, content=content, **options
        )

    def new_evidence(self, **more: Any) -> None:
        """A small lot sample more: the part's evaluation is superseded by another."""
        number = self.register_plan(units=2, **more)
        assert self.submit(number, self.example("PAR-CPK", number, 6)).state == "accepted"
        self.run_jobs()

    def apply(self) -> uuid.UUID:
        with self.work() as work:
            return reviews.apply(work, self.cast["maker"], self.facts["part_id"]).id

    def judge(
        self, review_id: uuid.UUID, verdict: str = "approved", by: str = "reviewer", **more: Any
    ) -> None:
        options = {"statement": "", "password": PASSWORD, **more}
        with self.work() as work:
            records = self.installation.office.records
            reviews.judge(work, self.cast[by], review_id, records, verdict=verdict, **options)

    def approve(self) -> uuid.UUID:
        review_id = self.apply()
        self.judge(review_id)
        return review_id

    def intend(self, review_id: uuid.UUID, by: str = "issuer", password: str = PASSWORD) -> uuid.UUID:
        with self.work() as work:
            return self.installation.office.intend(work, self.cast[by], review_id, password).id

    def sign(self, intent_id: uuid.UUID, by: str = "issuer") -> str:
        return self.installation.office.issue(self.database, self.cast[by], intent_id).number

    def issue(self, review_id: uuid.UUID) -> str:
        return self.sign(self.intend(review_id))

    def take_back(self, verb: str = "revoke", **more: Any) -> None:
        with self.work() as work:
            self.take_back_in(work, verb, **more)

    def take_back_in(
        self, work: Work, verb: str = "revoke", *, number: str | None = None, by: str = "issuer", **more: Any
    ) -> None:
        """Revoke, suspend or reinstate the certificate of that number, or the one of `certify`."""
        options = {"reason": "a test", "password": PASSWORD, **more}
        log, number = self.installation.log, number or self.facts["number"]
        getattr(taking_back, verb)(work, self.cast[by], log, number, **options)

    def find(self, **question: Any) -> list[PublishedPart]:
        """The first page of what the catalogue finds now."""
        here = self.installation
        with self.reading() as work:
            now = round(work.at.timestamp() * 1e6)
            view = here.read_model.view(work)
            answer = search(view, Question(**question), here.library, now, facets=False)
            return in_order(work, answer.part_ids)

    def run_jobs(self) -> int:
        return run_all(self.database, self.installation.handlers)

    def in_role(self, name: str, role: str) -> Actor:
        return replace(self.cast[name], role=role)
