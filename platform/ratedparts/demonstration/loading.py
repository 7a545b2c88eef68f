"""Plays a year of the platform's life, from the first administrator to a revocation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib import resources
from itertools import product

from sqlalchemy import func, select

from ratedparts.certificates import standing
from ratedparts.db import Database, Work, system_clock
from ratedparts.db.migrating import upgrade
from ratedparts.evaluations.service import current_evaluation
from ratedparts.installation import Installation
from ratedparts.jobs.queue import run_all
from ratedparts.organisations import register, signing_in
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.instruments import register_calibration
from ratedparts.organisations.models import Organisation, Person
from ratedparts.proofs import digest_of
from ratedparts.protocols.example import INSTRUMENT_ID, example_file
from ratedparts.review import service as reviews
from ratedparts.settings import Environment
from ratedparts.submissions import parts, plans, results

from .cast import AUTHORITY, LABORATORIES, MAKERS, PASSWORD, PUBLISHED, PUBLISHER, STRESS
from .example_parts import EXAMPLE_PARTS, ExamplePart
from .measured_files import INSTRUMENTS, SHOWN_BY, is_lot_sample, life_file, lot_sample_file, lots_of, spoiled

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
    reviewer: Actor | None = None
    issuer: Actor | None = None


@dataclass
class _Plan:
    part: ExamplePart
    number: str
    slot: str
    started_at: datetime


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
    Show(played, calendar, today, told).play()
    played.database.dispose()


@dataclass
class Show:
    """The demonstration, act by act."""

    installation: Installation
    calendar: Calendar
    today: datetime
    told: Callable[[str], None]

    def play(self) -> None:
        database = self.installation.database
        self.told("organisations, people, scopes …")
        cast = self._cast(database)
        self.told(f"{len(EXAMPLE_PARTS)} example parts and their test plans …")
        self.calendar.now = self.today - TESTS - timedelta(days=8)
        planned, ids = self._register(database, cast)
        self._publish_history(database, cast)
        self.told("results files through the checker …")
        self.calendar.now = self.today - RESULTS
        with database.work() as work:
            for laboratory in cast.laboratories:
                self._calibrations(work, laboratory)
        self._hand_in(database, cast, planned)
        run_all(database, self.installation.handlers)
        self.told("reviews, certificates, one revocation …")
        self._certify(database, cast, ids)
        run_all(database, self.installation.handlers)

    def _cast(self, database: Database) -> Cast:
        with database.work() as work:
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
            cast.reviewer = self._person(
                work, cast, authority, "reviewer", "reviewer@authority.example", "Reviewer"
            )
            cast.issuer = self._person(work, cast, authority, "issuer", "issuer@authority.example", "Issuer")
        for kind, names, actors in (
            ("maker", MAKERS, cast.makers),
            ("laboratory", LABORATORIES, cast.laboratories),
        ):
            for index, (en, zh) in enumerate(names, 1):
                with database.work() as work:
                    one = register.register_organisation(
                        work, cast.administrator, kind=kind, name_en=en, name_zh=zh, example=True
                    )
                    address = f"{kind}{index}@{kind}.example"
                    desk = "Quality desk" if kind == "maker" else "Test desk"
                    actors.append(self._person(work, cast, one, kind, address, f"{desk}, {en}"))
                    if kind == "laboratory":
                        self._scopes(work, cast, one, index)
        with database.work() as work:
            en, zh = PUBLISHER
            one = register.register_organisation(
                work, cast.administrator, kind="maker", name_en=en, name_zh=zh, example=False
            )
            cast.publisher = self._person(work, cast, one, "maker", "library@maker.example", "Data library")
        return cast

    def _person(self, work: Work, cast: Cast, of: Organisation, role: str, email: str, name: str) -> Actor:
        person, token = register.invite(
            work, cast.administrator, email=email, name=name, organisation_id=of.id, roles=[role]
        )
        work.session.flush()
        signing_in.choose_password(work, token, PASSWORD)
        work.session.flush()
        return signing_in.roles_of(work, person.id).acting()

    def _scopes(self, work: Work, cast: Cast, laboratory: Organisation, index: int) -> None:
        # The third laboratory is not accredited for temperature cycling: its reports there are class E1.
        covered = {slot.partition(":")[0] for slot in STRESS} - ({"SEMI-TC"} if index == 3 else set())
        first = self.today.date() - timedelta(days=900)
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

    def _calibrations(self, work: Work, laboratory: Actor) -> None:
        """The instruments that the measured files name, calibrated once a year."""
        for instrument, years in product((*INSTRUMENTS, INSTRUMENT_ID), (3, 2, 1)):
            first = self.today.date() - timedelta(days=365 * years)
            register_calibration(
                work,
                laboratory,
                instrument_id=instrument,
                description="Example meter",
                document=f"EXAMPLE-CAL-{first.year}",
                calibrated_on=first,
                calibration_due_on=first + timedelta(days=365),
            )

    def _register(self, database: Database, cast: Cast) -> tuple[list[_Plan], dict[str, uuid.UUID]]:
        planned: list[_Plan] = []
        ids: dict[str, uuid.UUID] = {}
        library = self.installation.library
        before, after = self.calendar.now, self.today - TESTS + timedelta(days=5)
        late: list[tuple[ExamplePart, str]] = []
        for part in EXAMPLE_PARTS:
            maker = cast.makers[part.maker]
            with database.work() as work:
                series = parts.series_named(
                    work,
                    maker,
                    library,
                    family=part.family,
                    name=part.series,
                    similarity="Example: one structure, one set of materials, one process, one site.",
                )
                row = parts.register_part(
                    work,
                    maker,
                    library,
                    series_id=series.id,
                    part_number=part.part_number,
                    attributes=part.attributes,
                    limits=part.limits,
                    use_condition=part.use_condition,
                )
                ids[part.part_number] = row.id
                family = library.family(part.family)
                for slot in family.mandatory:
                    if slot in part.without:
                        continue
                    if part.late_plan and slot == family.reliability_protocol:
                        late.append((part, slot))
                    else:
                        planned.append(self._plan(work, cast, part, row.id, slot))
        self.calendar.now = after
        for part, slot in late:
            with database.work() as work:
                planned.append(self._plan(work, cast, part, ids[part.part_number], slot))
        self.calendar.now = max(before, after)
        return planned, ids

    def _plan(self, work: Work, cast: Cast, part: ExamplePart, part_id: uuid.UUID, slot: str) -> _Plan:
        protocol = self.installation.library.latest(slot.partition(":")[0])
        stress = {**STRESS[slot], **part.stress}
        if protocol.id == "MLCC-HTL":
            stress["temperature_c"] = float(part.attributes["upper_category_temperature_c"])
        plan = plans.register_plan(
            work,
            cast.makers[part.maker],
            self.installation.library,
            part_id=part_id,
            laboratory_id=cast.laboratories[part.laboratory].organisation_id,
            protocol=protocol.name,
            stress=stress,
            lots=[{"lot_code": f"L{lot}", "units": part.units_per_lot} for lot in range(1, part.lots + 1)],
            part_average_testing=is_lot_sample(protocol) and part.averaging,
        )
        return _Plan(part, plan.number, slot, self.today - TESTS)

    def _hand_in(self, database: Database, cast: Cast, planned: list[_Plan]) -> None:
        for index, plan in enumerate(planned):
            laboratory = cast.laboratories[plan.part.laboratory]
            protocol = self.installation.library.latest(plan.slot.partition(":")[0])
            seed = int(digest_of(f"{plan.part.part_number} {plan.slot}".encode())[7:15], 16)
            if is_lot_sample(protocol):
                content = lot_sample_file(protocol, plan.part, plan.number, plan.started_at, seed)
            elif protocol.id not in SHOWN_BY and protocol.id != "MLCC-BH":
                units = plan.part.lots * plan.part.units_per_lot
                content = example_file(protocol, units, plan_id=plan.number, started_at=plan.started_at)
            else:
                content = life_file(
                    protocol, plan.part, plan.number, plan.started_at, seed, STRESS[plan.slot]
                )
            if index == 0:
                self._submit(database, laboratory, plan.number, spoiled(content))
            self._submit(database, laboratory, plan.number, content)

    def _submit(self, database: Database, laboratory: Actor, number: str, content: bytes) -> str:
        with database.work() as work:
            submission = results.submit_results(
                work,
                laboratory,
                self.installation.library,
                self.installation.keeper,
                plan_number=number,
                file_name=f"{number}.csv",
                content=content,
            )
            return submission.state

    def _publish_history(self, database: Database, cast: Cast) -> None:
        """Published lives through the same door, by way of GEN-LIFE: analysed, never graded."""
        assert cast.publisher is not None
        library, laboratory = self.installation.library, cast.laboratories[0]
        for part_number, file, source in PUBLISHED:
            text = (resources.files(__package__) / "published" / f"{file}.csv").read_text(encoding="utf-8")
            lots = lots_of(text)
            with database.work() as work:
                series = parts.series_named(
                    work,
                    cast.publisher,
                    library,
                    family="published_data",
                    name=part_number,
                    similarity=source,
                )
                row = parts.register_part(
                    work,
                    cast.publisher,
                    library,
                    series_id=series.id,
                    part_number=part_number,
                    attributes={},
                    use_condition="UC-R",
                    source=source,
                )
                plan = plans.register_plan(
                    work,
                    cast.publisher,
                    library,
                    part_id=row.id,
                    laboratory_id=laboratory.organisation_id,
                    protocol=library.latest("GEN-LIFE").name,
                    stress={},
                    lots=lots,
                )
            self._submit(database, laboratory, plan.number, text.replace("{plan_id}", plan.number).encode())

    def _certify(self, database: Database, cast: Cast, ids: dict[str, uuid.UUID]) -> None:
        assert cast.reviewer is not None
        assert cast.issuer is not None
        office = self.installation.office
        issued: dict[str, str] = {}
        for index, part in enumerate(EXAMPLE_PARTS):
            part_id = ids[part.part_number]
            with database.reading() as work:
                evaluation = current_evaluation(work, part_id)
            if not part.certify or evaluation is None or str(evaluation.grade).startswith("U"):
                continue
            self.calendar.now = self.today - RESULTS + timedelta(days=2, hours=index)
            with database.work() as work:
                review = reviews.apply(work, cast.makers[part.maker], part_id)
            if part.part_number == EXAMPLE_PARTS[-2].part_number:
                continue  # one application is left for whoever tries the reviewer's page
            with database.work() as work:
                reviews.judge(
                    work, cast.reviewer, review.id, verdict="approved", statement="", password=PASSWORD
                )
            if part.part_number == EXAMPLE_PARTS[-3].part_number:
                continue  # and one for the issuer's
            with database.work() as work:
                intent = office.intend(work, cast.issuer, review.id, PASSWORD)
            with database.work() as work:
                certificate = office.sign_and_record(work, cast.issuer, intent.id)
            issued[part.part_number] = certificate.number
        self.calendar.now = self.today - timedelta(days=20)
        for part in EXAMPLE_PARTS:
            if part.revoke:
                with database.work() as work:
                    standing.revoke(
                        work,
                        cast.issuer,
                        office.log,
                        issued[part.part_number],
                        reason=part.revoke,
                        password=PASSWORD,
                    )
