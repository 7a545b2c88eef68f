"""Decisions, each with the dossier it was made on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ratedparts.db import Base
from ratedparts.submissions.models import Part


class Evaluation(Base):
    """One run of an engine and a rule set over a part's evidence.  Superseded, never changed."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("state IN ('decided', 'analysed')", name="state"),
        CheckConstraint("(state = 'decided') = (grade IS NOT NULL)", name="decided_has_a_grade"),
        Index(
            "uq_evaluation_current",
            "part_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"))
    state: Mapped[str]
    engine_version: Mapped[str]
    rule_set: Mapped[str]
    dossier: Mapped[dict[str, Any]]
    dossier_digest: Mapped[str]
    grade: Mapped[str | None]
    decision: Mapped[dict[str, Any] | None]
    analysis: Mapped[dict[str, Any]]  # the fitted life distribution and its bounds, for display
    evaluated_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    part: Mapped[Part] = relationship()


class StoredFigures(Base):
    """What grading computed of a dossier, by one engine and one way of measuring.

    Nothing rests on a row but time: whatever is missing is computed again.
    """

    __tablename__ = "stored_figures"

    dossier_digest: Mapped[str] = mapped_column(primary_key=True)
    measuring_digest: Mapped[str] = mapped_column(primary_key=True)
    engine_version: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[str]
    computed_at: Mapped[datetime]


class ShadowRun(Base):
    """Another rule set over the whole register, from its start.  Append-only, as is all that it leaves."""

    __tablename__ = "shadow_run"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("rule_set_digest", "engine_version", "attempt"),
        CheckConstraint("parts >= 0", name="parts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    rule_set: Mapped[str]
    rule_set_digest: Mapped[str]
    content: Mapped[dict[str, Any]]  # the whole rule set
    engine_version: Mapped[str]
    attempt: Mapped[int]  # of this rule set by this engine: the register has changed since the one before
    parts: Mapped[int]  # graded at the start
    started_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))  # None: at the command line
    started_at: Mapped[datetime]


class ShadowPiece(Base):
    """Neighbours in the order of the parts' ids, regraded together by whoever is free.  Append-only.

    Behind ``after_part_id``, or from the first; up to ``last_part_id``, or whatever comes.
    """

    __tablename__ = "shadow_piece"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shadow_run.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    after_part_id: Mapped[uuid.UUID | None]
    last_part_id: Mapped[uuid.UUID | None]


class ShadowChunk(Base):
    """What a piece came to.  Append-only."""

    __tablename__ = "shadow_chunk"
    __table_args__ = (
        CheckConstraint("recomputed <= parts", name="recomputed"),
        ForeignKeyConstraint(["run_id", "place"], ["shadow_piece.run_id", "shadow_piece.place"]),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shadow_run.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parts: Mapped[int]
    recomputed: Mapped[int]  # parts without stored figures of this engine
    counts: Mapped[dict[str, Any]]  # family → direction → parts
    finished_at: Mapped[datetime]


class ShadowDifference(Base):
    """A part that the rule set would decide otherwise, or not at all.  Append-only."""

    __tablename__ = "shadow_difference"
    __table_args__ = (
        CheckConstraint(
            "direction IN ('risen', 'fallen', 'other_reasons', 'not_regraded')", name="direction"
        ),
        CheckConstraint("(direction = 'not_regraded') = (new_grade IS NULL)", name="regraded_has_a_grade"),
        CheckConstraint("(direction = 'not_regraded') = (problem IS NOT NULL)", name="not_regraded_says_why"),
        Index("ix_shadow_difference_part", "part_id"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shadow_run.id"), primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("part.id"), primary_key=True)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    family: Mapped[str]
    old_grade: Mapped[str]
    new_grade: Mapped[str | None]
    direction: Mapped[str]
    rules: Mapped[list[Any]]  # as `ratedparts.grading.changed_rules` tells them
    problem: Mapped[str | None]  # the code of a refusal


class ShadowRunEnd(Base):
    """That every part has been regraded.  Append-only."""

    __tablename__ = "shadow_run_end"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shadow_run.id"), primary_key=True)
    parts: Mapped[int]
    ended_at: Mapped[datetime]
