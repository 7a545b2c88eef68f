"""The counts behind a report, from the records themselves: by what was recorded when, which never changes."""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ratedparts.certificates.models import Certificate, LogEntry
from ratedparts.db import Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.review.models import Review, ReviewStep
from ratedparts.submissions.models import Part, Submission, TestPlan

from .structure import ALL_FAMILIES, BEST, GRADES_BELOW, MEASURES, PARTED, cause_of, counted_with, holder_of
from .suppression import Count, Relation

Key = tuple[str, str]  # family, measure
# Family, maker, measures at the ends of the trees, and the part where a certificate makes it public.
Counted = tuple[str, uuid.UUID, tuple[str, ...], uuid.UUID | None]


def makers_counts(
    work: Work, families: Mapping[str, object], since: datetime, until: datetime
) -> tuple[dict[Key, Count], list[Relation[Key]]]:
    """Every count of makers' data from ``since`` to before ``until``, and the sums that connect them.

    Data that somebody has published, and parts made up for trials, have a source and are not counted.  What
    belongs to a part with a certificate may be known one by one, and is counted as public beside the rest.
    """
    of: dict[Key, Counter[uuid.UUID]] = defaultdict(Counter)
    public = Counter[Key]()
    certified = set(work.session.scalars(select(Certificate.part_id).where(Certificate.issued_at < until)))
    for family, maker, ends, part in _all(work, since, until):
        measures = dict.fromkeys(one for end in ends for one in counted_with(end))
        for measure in measures:
            of[family, measure][maker] += 1
            of[ALL_FAMILIES, measure][maker] += 1
            if part in certified:
                public[family, measure] += 1
                public[ALL_FAMILIES, measure] += 1
    rows = (ALL_FAMILIES, *families)
    counts = {
        (family, measure): Count(
            of[family, measure].total(), len(of[family, measure]), public[family, measure]
        )
        for family in rows
        for measure in MEASURES
    }
    relations: list[Relation[Key]] = [
        ((family, whole), [(family, part) for part in parts]) for family in rows for whole, parts in PARTED
    ]
    relations += [
        ((ALL_FAMILIES, measure), [(family, measure) for family in families]) for measure in MEASURES
    ]
    return counts, relations


def _all(work: Work, since: datetime, until: datetime) -> Iterator[Counted]:
    yield from _parts(work, since, until)
    yield from _results(work, since, until)
    yield from _decisions(work, since, until)
    yield from _judgements(work, since, until)


def _parts(work: Work, since: datetime, until: datetime) -> Iterator[Counted]:
    query = select(Part.family, Part.maker_id, Part.id).where(
        Part.source.is_(None), Part.registered_at >= since, Part.registered_at < until
    )
    for family, maker, part in work.session.execute(query):
        yield family, maker, ("parts",), part


def _results(work: Work, since: datetime, until: datetime) -> Iterator[Counted]:
    query = (
        select(Part.family, Part.maker_id, Part.id, Submission.state, Submission.faults)
        .select_from(Submission)
        .join(TestPlan, TestPlan.id == Submission.plan_id)
        .join(Part, Part.id == TestPlan.part_id)
        .where(Part.source.is_(None), Submission.submitted_at >= since, Submission.submitted_at < until)
    )
    for family, maker, part, state, faults in work.session.execute(query):
        cause = cause_of([str(fault.get("code")) for fault in faults])
        accepted = state == "accepted"
        yield family, maker, ("accepted",) if accepted else (cause,), part if accepted else None


def _decisions(work: Work, since: datetime, until: datetime) -> Iterator[Counted]:
    """The last decision on each part: new evidence decides on a part again."""
    query = (
        select(
            Part.id, Part.family, Part.maker_id, Evaluation.grade, Evaluation.decision["binding"].as_json()
        )
        .join(Part, Part.id == Evaluation.part_id)
        .where(
            Part.source.is_(None),
            Evaluation.state == "decided",
            Evaluation.evaluated_at >= since,
            Evaluation.evaluated_at < until,
        )
        .order_by(Evaluation.evaluated_at, Evaluation.id)
    )
    last = {row[0]: row for row in work.session.execute(query)}
    for part, family, maker, grade, binding in last.values():
        below = (holder_of(list(binding or ())),) if grade in GRADES_BELOW else ()
        yield family, maker, (str(grade), *below), part if grade in (BEST, *GRADES_BELOW) else None


def _judgements(work: Work, since: datetime, until: datetime) -> Iterator[Counted]:
    query = (
        select(Part.family, Part.maker_id, Part.id, ReviewStep.verb)
        .select_from(ReviewStep)
        .join(Review, Review.id == ReviewStep.review_id)
        .join(Evaluation, Evaluation.id == Review.evaluation_id)
        .join(Part, Part.id == Evaluation.part_id)
        .where(
            ReviewStep.verb.in_(("approve", "refuse")),
            ReviewStep.taken_at >= since,
            ReviewStep.taken_at < until,
        )
    )
    for family, maker, part, verb in work.session.execute(query):
        approved = verb == "approve"
        yield family, maker, ("approved" if approved else "not_approved",), part if approved else None


def public_counts(work: Work, family: str, since: datetime, until: datetime) -> dict[str, Counter[str]]:
    """What became of certificates, and what they certify: facts that anybody can read one by one."""
    became, grades, levels = Counter[str](), Counter[str](), Counter[str]()
    events = (
        select(LogEntry.action, Certificate)
        .join(Certificate, Certificate.number == LogEntry.certificate_number)
        .join(Part, Part.id == Certificate.part_id)
        .where(LogEntry.recorded_at >= since, LogEntry.recorded_at < until)
    )
    for action, certificate in work.session.execute(_of_family(events, family)):
        became[action] += 1
        if action == "issued":
            grades[certificate.grade] += 1
            vector = json.loads(certificate.credential)["credentialSubject"]["decision"]["vector"]
            levels[level_shown(vector["R"])] += 1
    # One that was revoked or superseded before its term was over did not expire.
    ended = select(LogEntry.certificate_number).where(
        LogEntry.action.in_(("superseded", "revoked")),
        LogEntry.certificate_number == Certificate.number,
        LogEntry.recorded_at < Certificate.valid_until,
    )
    expired = (
        select(Certificate.number)
        .join(Part, Part.id == Certificate.part_id)
        .where(Certificate.valid_until >= since, Certificate.valid_until < until, ~ended.exists())
    )
    became["expired"] = len(work.session.scalars(_of_family(expired, family)).all())
    return {"certificates": became, "grades": grades, "levels": levels}


def level_shown(rests_on: str) -> str:
    """``FR7@90`` is FR7; what a success run shows, and no level at all, are told apart."""
    level = rests_on.partition("@")[0]
    return level if level.startswith("FR") else "run" if level.startswith("R") else "none"


def _of_family(query: Any, family: str) -> Any:
    return query if family == ALL_FAMILIES else query.where(Part.family == family)
