"""What would bring a part's next grade, in words, from nothing but its evaluation's dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from ratedparts.evaluations.models import Evaluation
from ratedparts.grading import read_dossier
from ratedparts.grading.next_grade import NextGrade, Path, Step, next_grade
from ratedparts.protocols import ProtocolLibrary
from ratedparts.wording import reason_sentence

from .formatting import factor, number
from .language import language, named, said, text

SHOWN = 3  # paths on a page; programs get all of them


@dataclass(frozen=True)
class _Asked:
    """A dossier by its digest, on a day: the same question has the same answer."""

    digest: str
    on: date
    dossier: Mapping[str, Any] = field(compare=False)
    library: ProtocolLibrary = field(compare=False)


@lru_cache(maxsize=512)
def _found(asked: _Asked) -> NextGrade:
    return next_grade(read_dossier(asked.dossier), asked.library, asked.on)


def next_grade_of(evaluation: Evaluation, library: ProtocolLibrary, on: date) -> NextGrade | None:
    """None where nothing was graded."""
    if evaluation.decision is None:
        return None
    return _found(_Asked(evaluation.dossier_digest, on, evaluation.dossier, library))


@dataclass(frozen=True)
class ShownStep:
    protocol: str
    title: str
    sentence: str
    conditions: tuple[str, ...]
    factor: str
    allowances: tuple[str, ...]


@dataclass(frozen=True)
class ShownPath:
    path: Path
    steps: tuple[ShownStep, ...]


@dataclass(frozen=True)
class ShownNextGrade:
    """``obstacles``: (sentence, rule)."""

    found: NextGrade
    paths: tuple[ShownPath, ...]
    obstacles: tuple[tuple[str, str], ...]


def coming_of(evaluation: Evaluation, library: ProtocolLibrary, on: date) -> ShownNextGrade | None:
    """For a page; None where nothing was graded."""
    found = next_grade_of(evaluation, library, on)
    if found is None:
        return None
    return ShownNextGrade(
        found,
        tuple(
            ShownPath(path, tuple(_shown(step, library) for step in path.steps))
            for path in found.paths[:SHOWN]
        ),
        tuple(
            dict.fromkeys((reason_sentence(one.as_json(), language()), one.rule) for one in found.obstacles)
        ),
    )


def as_json(found: NextGrade) -> dict[str, Any]:
    """Of `NextGrade`, with the sentence of every step and obstacle."""
    told = found.as_json()
    for path in told["paths"]:
        path["steps"] = [{**step, "sentence": step_sentence(step)} for step in path["steps"]]
    told["obstacles"] = [
        {**reason, "sentence": reason_sentence(reason, language())} for reason in told["obstacles"]
    ]
    return told


def step_sentence(step: Mapping[str, Any]) -> str:
    return said(
        "NEXT_TEST",
        slot=step["slot"],
        lots=step["lots"],
        units_per_lot=step["units_per_lot"],
        duration=step["duration"],
        duration_unit=step["duration_unit"],
        evidence_class=step["evidence_class"],
        lot_code=step["lot_code"],
        cpk_at_least=step["cpk_at_least"],
        part_average_testing=step["part_average_testing"],
        screened_units=step["screened_units"],
        drift_inside_limits=step["drift_inside_limits"],
        acceleration_capped=step["acceleration_capped"],
    )


def _shown(step: Step, library: ProtocolLibrary) -> ShownStep:
    protocol = library.protocol(step.protocol)
    conditions = []
    for condition in protocol.stress:
        value = step.stress.get(condition.name)
        if value is not None:
            stated = text(value) if isinstance(value, str) else number(value)
            unit = f" {condition.unit}" if condition.unit else ""
            conditions.append(f"{named(condition.title)} {stated}{unit}")
    return ShownStep(
        step.protocol,
        named(protocol.title),
        step_sentence(step.as_json()),
        tuple(conditions),
        factor(step.factor) if step.factor is not None else "",
        tuple(
            text(
                "with {units} units in each lot {failures} may fail",
                units=number(one.units_per_lot),
                failures=one.failures,
            )
            for one in step.allowances
        ),
    )
