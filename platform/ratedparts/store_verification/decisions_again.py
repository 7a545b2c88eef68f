"""Every decision is made again on its dossier; one by another engine is told, and not held against it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from ratedparts.certificates.granted_level import level_borne
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.rechecking import differences
from ratedparts.db import Work
from ratedparts.evaluations.life_analysis import analyse
from ratedparts.evaluations.models import Evaluation, StoredFigures
from ratedparts.evaluations.stored_figures import engine_version, measuring_digest
from ratedparts.grading import figures_text, judge, measure, read_dossier
from ratedparts.grading.decide import released

from .contained import contained
from .findings import Findings
from .store import Store

AT_ONCE = 100


def check_decisions(store: Store, findings: Findings) -> None:
    others = Counter[str]()
    with store.reading() as work:
        count = work.session.scalar(select(func.count()).select_from(Evaluation)) or 0
        query = select(Evaluation).order_by(Evaluation.id).execution_options(yield_per=AT_ONCE)
        for evaluation in findings.each(work.session.scalars(query), count):
            if evaluation.engine_version != engine_version():
                others[evaluation.engine_version] += 1
                continue
            with contained(findings, f"evaluation {evaluation.id}"):
                _check_one(store, work, evaluation, findings)
    for engine, many in sorted(others.items()):
        findings.note("decided_by_another_engine", place="evaluation", engine=engine, many=many)


def _check_one(store: Store, work: Work, evaluation: Evaluation, findings: Findings) -> None:
    dossier, place = evaluation.dossier, f"evaluation {evaluation.id}"
    if "granted" in dossier:
        _check_granted(store, work, evaluation, findings)
    if evaluation.decision is not None:
        rules = released(evaluation.rule_set)
        figures = measure(read_dossier(dossier), store.library, rules)
        _compare("decision", evaluation.decision, judge(figures, rules).as_json(), place, findings)
        row = work.session.get(
            StoredFigures, (evaluation.dossier_digest, measuring_digest(rules), evaluation.engine_version)
        )
        if row is not None:
            kept, again = _as_values(row.figures), _as_values(figures_text(figures))
            place = f"stored_figures {evaluation.dossier_digest}"
            _compare("figures", kept, again, place, findings)
            place = f"evaluation {evaluation.id}"
    family = store.library.family(dossier["part"]["family"])
    again = analyse(dossier, family.reliability_protocol, store.library)
    _compare("analysis", evaluation.analysis, again, place, findings)


def _check_granted(store: Store, work: Work, evaluation: Evaluation, findings: Findings) -> None:
    granted = evaluation.dossier["granted"]
    certificate = work.session.get(Certificate, granted["certificate"])
    borne = None
    if certificate is not None and certificate.part_id == evaluation.part_id:
        borne = level_borne(certificate, store.library)
    for one in differences("granted", granted, borne):
        findings.invalid(
            "dossier_granted_differs",
            place=f"evaluation {evaluation.id}",
            member=one["path"],
            certificate=granted["certificate"],
        )


def _as_values(figures: str) -> Any:
    return json.loads(figures)  # with its infinities, which no other JSON of ours has


def _compare(name: str, kept: Any, again: Any, place: str, findings: Findings) -> None:
    for one in differences(name, kept, again):
        findings.invalid("decision_differs", place=place, member=one["path"])
