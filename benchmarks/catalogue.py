"""The catalogue's columns against indexed SQL on the same rows, from ten thousand parts to a million.

The parts are made up in bulk.  ``CATALOGUE_PARTS=100000`` for a quick look.
"""

from __future__ import annotations

import itertools
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session
from tests.integration.postgresql_server import PostgreSQLServer, find_binaries
from timing import Row

from ratedparts.catalogue.bill_of_materials.matching import Found
from ratedparts.catalogue.bill_of_materials.reading import BillLine
from ratedparts.catalogue.bill_of_materials.service import look_up
from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.publishing import note_change
from ratedparts.catalogue.question import Question, Range
from ratedparts.catalogue.searching import search
from ratedparts.catalogue.service import in_force
from ratedparts.db import Work
from ratedparts.demonstration.generated_parts import generate
from ratedparts.grading.at_use import at_condition
from ratedparts.installation import Installation
from ratedparts.settings import Settings

LINES = 1000
PARTS = int(os.environ.get("CATALOGUE_PARTS", 1_000_000))
FILTERED = Question(
    chosen={"family": frozenset(["mlcc_class2"])},
    ranges={"capacitance_nf": Range(10, 1000), "rated_voltage_v": Range(low=25)},
    grade="B",
    sort="failure_rate_90",
    limit=50,
)
WIDE = Question(grade="A", sort="failure_rate_90", limit=50)
RANKED = Question(use=at_condition(65.0, 0.6), sort="rate_at_use", limit=50)
FACETS = ("family", "grade", "maker_id", "evidence_class", "quality", "use_condition", "level", "kind")


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        small = _filled(f"sqlite:///{folder}/small.sqlite", Path(folder) / "small", min(10_000, PARTS))
        yield from _searching(small, 10_000, "embedded", sql=False)
        large = _filled(f"sqlite:///{folder}/large.sqlite", Path(folder) / "large", PARTS)
        yield from _searching(large, PARTS, "embedded")
        yield from _bill(large, PARTS, "embedded")
        yield from _keeping_up(large, PARTS, "embedded")
        for one in (small, large):
            one.database.dispose()
        binaries = find_binaries()
        if binaries is not None:
            server = PostgreSQLServer(binaries)
            try:
                there = _filled(server.create(), Path(folder) / "postgresql", PARTS)
                yield from _searching(there, PARTS, "PostgreSQL")
                yield from _bill(there, PARTS, "PostgreSQL")
                yield from _keeping_up(there, PARTS, "PostgreSQL")
                there.database.dispose()
            finally:
                server.stop()


def _filled(url: str, var: Path, count: int) -> Installation:
    here = Installation(Settings.read({"RATEDPARTS_VAR": str(var), "DATABASE_URL": url}))
    here.prepare()
    generate(here.database, here.library, count, lambda step: None)
    return here


def _searching(here: Installation, count: int, where: str, *, sql: bool = True) -> Iterator[Row]:
    with here.database.reading() as work:
        here.read_model.view(work)
        if sql:
            _index(here)
        for name, question, target in (
            ("three filters, sorted", FILTERED, 0.030),
            ("one filter over all families, sorted", WIDE, 0.030),
            ("nothing asked", Question(limit=50), 0.030),
            ("ranked at a use over every part", RANKED, 0.060),
            ("a substring of part numbers and makers", Question(text="4711", limit=50), 0.040),
            ("words and values", Question(text="x7r 100nF 50V", limit=50), 0.040),
        ):
            # Another use each time: what was worked out for the last one is kept.
            temperatures = itertools.count(40.0, 0.05)

            def ask(asked: Question = question, warmer: Iterator[float] = temperatures) -> object:
                use = at_condition(next(warmer), 0.6) if asked.use else None
                return _asked(here, work, replace(asked, use=use))

            times = _times(ask)
            said = f"{where}, {count:,} parts: {name}, page of 50 with total and facets"
            middle, late = statistics.median(times), _percentile(times, 99)
            yield Row(said, middle, f"{1e3 * target:.0f} ms", target, 1)
            yield Row(f"{said}, 99th percentile", late, "100 ms", 0.1, 1)
            if sql and question in (FILTERED, WIDE):
                began = time.perf_counter()
                found = _in_sql(work, question)
                taken = time.perf_counter() - began
                assert found == _asked(here, work, question).total
                yield Row(said, middle, "indexed SQL", taken, 10)


def _bill(here: Installation, count: int, where: str) -> Iterator[Row]:
    """Lines as they come: most are published, some go on or stop short, some are nowhere."""
    with here.database.reading() as work:
        view, now = here.read_model.view(work), round(work.at.timestamp() * 1e6)
        step = max(1, count // LINES)
        every = select(PublishedPart.part_number).order_by(PublishedPart.part_number)
        numbers = list(work.session.scalars(every))[::step][:LINES]
        for place in range(0, len(numbers), 10):
            numbers[place] += "-T"
            numbers[place + 1] = f"NOWHERE-{place}"
        lines = [BillLine(row, number, 1 + row % 20) for row, number in enumerate(numbers, 1)]

        def look() -> None:
            work.session.expunge_all()
            bill = look_up(work, view, lines, {}, at_condition(65.0, 0.6), now)
            assert bill.reckoning is not None
            assert bill.reckoning.whole is not None
            assert len(bill.of(Found.MATCHED)) >= 0.7 * len(lines)

        times = _times(look, repeats=7)
        name = f"{where}, {count:,} parts: a bill of {len(lines):,} lines, matched and reckoned at a use"
        yield Row(name, statistics.median(times), "2 s", 2.0, 1)


def _keeping_up(here: Installation, count: int, where: str) -> Iterator[Row]:
    with here.database.work() as work:
        row = work.session.scalars(select(PublishedPart).limit(1)).one()
        began = time.perf_counter()
        row.part_number = f"{row.part_number}-NEW"
        note_change(work, row.part_id)
        wanted = row.part_number
    with here.database.reading() as work:
        assert _asked(here, work, Question(text=wanted)).total == 1
    name = f"{where}, {count:,} parts: a publication until it is found"
    yield Row(name, time.perf_counter() - began, "1 s", 1.0, 1)
    with here.database.reading() as work:
        began = time.perf_counter()
        here.read_model.rebuild(work)
        name = f"{where}, {count:,} parts: the columns built anew from the database"
        yield Row(name, time.perf_counter() - began, "60 s", 60.0, 1)


def _asked(here: Installation, work: Work, question: Question):
    """In the service: the position asked for, then the columns."""
    view = here.read_model.view(work)
    return search(view, question, here.library, round(work.at.timestamp() * 1e6), facets=True)


def _times(call: Callable[[], object], repeats: int = 200) -> list[float]:
    call()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


def _percentile(times: list[float], percent: int) -> float:
    """By the nearest rank."""
    return sorted(times)[math.ceil(len(times) * percent / 100) - 1]


def _index(here: Installation) -> None:
    """What somebody would lay who searched in the database."""
    json_path = {"sqlite": "json_extract({}, '$.{}')", "postgresql": "(({} ->> '{}')::float)"}
    write = json_path[here.database.engine.dialect.name]
    attributes = {name: write.format("attributes", name) for name in FILTERED.ranges}
    rate = write.format("figures", "failure_rate_90")
    with here.database.engine.begin() as connection:
        connection.execute(text(f"CREATE INDEX peer_rate ON published_part (family, grade, {rate})"))
        for name, path in attributes.items():
            connection.execute(text(f"CREATE INDEX peer_{name} ON published_part (family, {path})"))
        connection.execute(text("ANALYZE"))


def _in_sql(work: Work, question: Question) -> int:
    """Page, total and every facet under the other filters: a query each, as such catalogues do."""
    total = work.session.scalar(_filtered(question, select(func.count())))
    rate = _number(PublishedPart.figures, question.sort)
    page = _filtered(question, select(PublishedPart.part_id)).order_by(rate, PublishedPart.part_id).limit(50)
    assert len(list(work.session.execute(page))) == 50
    session: Session = work.session
    for name in FACETS:
        word = {
            "evidence_class": PublishedPart.vector["E"].as_string(),
            "quality": PublishedPart.vector["Q"].as_string(),
            "use_condition": PublishedPart.vector["use_condition"].as_string(),
            "level": PublishedPart.vector["R"].as_string(),
        }.get(name)
        column = word if word is not None else getattr(PublishedPart, name)
        counted = _filtered(_without(question, name), select(column, func.count())).group_by(column)
        session.execute(counted.execution_options(yield_per=1000)).all()
    return int(total or 0)


def _without(question: Question, name: str) -> Question:
    if name == "grade":
        return replace(question, grade=None)
    return replace(question, chosen={key: words for key, words in question.chosen.items() if key != name})


def _filtered(question: Question, query: Select) -> Select:
    query = query.select_from(PublishedPart).where(in_force(datetime.now(UTC)))
    for name, words in question.chosen.items():
        query = query.where(getattr(PublishedPart, name).in_(words))
    for name, limits in question.ranges.items():
        number = _number(PublishedPart.attributes, name)
        if limits.low is not None:
            query = query.where(number >= limits.low)
        if limits.high is not None:
            query = query.where(number <= limits.high)
    if question.grade is not None:
        best = ("A+", "A", "B", "C")
        query = query.where(PublishedPart.grade.in_(best[: best.index(question.grade) + 1]))
    return query


def _number(column, name):
    return column[name].as_float()
