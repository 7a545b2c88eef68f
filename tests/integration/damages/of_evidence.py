"""Damage to evidence, to the dossiers made of it, and to what was decided on them."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import insert, select, update

from ratedparts.evaluations.models import Evaluation, StoredFigures
from ratedparts.evidence.models import Evidence, EvidenceColumn, EvidenceWithdrawal
from ratedparts.proofs import canonical_bytes, digest_of
from ratedparts.submissions.models import Submission, TestPlan

from .ways import Damage, column, current, drop, edited, evidence_of, one_evidence, set_, table


def redacted(change):
    """The dossier of now, changed as by somebody who knows that its digest is looked at, too."""

    def damage(world, connection):
        dossier = column(world, select(Evaluation.dossier).where(current(world)))
        change(dossier)
        digest = digest_of(canonical_bytes(dossier))
        query = update(table(Evaluation)).where(current(world))
        connection.execute(query.values(dossier=dossier, dossier_digest=digest))

    return damage


without_its_last_test = redacted(lambda dossier: dossier["tests"].pop())
with_another_test = redacted(lambda dossier: dossier["tests"][0].update(ended_on="2027-01-01"))
with_another_level = redacted(lambda dossier: dossier["granted"].update(level="FR9"))


def withdrawn(world, connection):
    connection.execute(
        insert(table(EvidenceWithdrawal)).values(
            evidence_id=evidence_of(world).id, case_id=uuid.uuid4(), reason="x", withdrawn_at=world.clock.now
        )
    )


def grade_better(document):
    document["grade"] = "A+" if document["grade"] != "A+" else "B"


def figures_better(document):
    document["figures"]["b10_lower_90"] = 9e9


DAMAGES: dict[str, Damage] = {
    "a summary changed": (
        "evidence",
        ["evidence_differs"],
        set_(
            Evidence,
            one_evidence(),
            summary=edited(
                select(Evidence.summary).where(Evidence.protocol.startswith("MLCC-HTL")),
                lambda summary: summary["lots"][0]["units"][0].update(lower=9999.0),
            ),
        ),
    ),
    "a day of evidence changed": (
        "evidence",
        ["evidence_differs"],
        set_(Evidence, one_evidence(), ended_on=date(2026, 12, 31)),
    ),
    "a salt changed": (
        "evidence",
        ["evidence_differs"],
        set_(
            EvidenceColumn,
            lambda world: (EvidenceColumn.evidence_id == evidence_of(world).id) & (EvidenceColumn.place == 2),
            salt="00" * 16,
        ),
    ),
    "a sealed column removed": (
        "evidence",
        ["evidence_differs"],
        drop(
            EvidenceColumn,
            lambda world: (EvidenceColumn.evidence_id == evidence_of(world).id) & (EvidenceColumn.place == 2),
        ),
    ),
    "the digest of a protocol changed": (
        "evidence",
        ["evidence_differs"],
        set_(Evidence, one_evidence(), protocol_digest="sha256:" + "0" * 64),
    ),
    "the count of a submission changed": (
        "evidence",
        ["evidence_differs"],
        set_(Submission, lambda world: Submission.id == evidence_of(world).submission_id, rows=1),
    ),
    "typed columns of another file": (
        "evidence",
        ["evidence_differs"],
        set_(
            Evidence,
            one_evidence(),
            columns_digest=lambda world: evidence_of(world, "SEMI-TC").columns_digest,
        ),
    ),
    "a plan that the file was not made for": (
        "evidence",
        ["evidence_refused_again"],
        set_(TestPlan, lambda world: TestPlan.id == evidence_of(world).plan_id, number="PLAN-XXXXX-XXXXX"),
    ),
    "a dossier changed": (
        "dossiers",
        ["dossier_digest_differs", "dossier_test_without_evidence", "evidence_not_in_dossier"],
        set_(
            Evaluation,
            current,
            dossier=edited(
                lambda world: select(Evaluation.dossier).where(current(world)),
                lambda dossier: dossier["tests"][0].update(ended_on="2027-01-01"),
            ),
        ),
    ),
    "a dossier changed with its digest": (
        "dossiers",
        ["dossier_test_without_evidence", "evidence_not_in_dossier"],
        with_another_test,
    ),
    "a dossier with a better level granted": (
        "decisions",
        ["dossier_granted_differs"],
        with_another_level,
    ),
    "evidence left out of a dossier": ("dossiers", ["evidence_not_in_dossier"], without_its_last_test),
    "evidence withdrawn and still counted": ("dossiers", ["dossier_counts_withdrawn"], withdrawn),
    "a grade changed": ("dossiers", ["evaluation_grade_differs"], set_(Evaluation, current, grade="X")),
    "a decision changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            decision=edited(lambda world: select(Evaluation.decision).where(current(world)), grade_better),
        ),
    ),
    "a figure of a decision changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            decision=edited(lambda world: select(Evaluation.decision).where(current(world)), figures_better),
        ),
    ),
    "the analysis changed": (
        "decisions",
        ["decision_differs"],
        set_(
            Evaluation,
            current,
            analysis=edited(
                lambda world: select(Evaluation.analysis).where(current(world)),
                lambda analysis: analysis.update(unit="cycles"),
            ),
        ),
    ),
    "stored figures changed": (
        "decisions",
        ["decision_differs"],
        set_(
            StoredFigures,
            lambda world: (
                StoredFigures.dossier_digest
                == column(world, select(Evaluation.dossier_digest).where(current(world)))
            ),
            figures='["x"]',
        ),
    ),
}
