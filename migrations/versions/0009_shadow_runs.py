"""Figures that are kept for another decision, and runs of another rule set over the register."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0009_shadow_runs"
down_revision = "0008_signed_documents"
branch_labels = None
depends_on = None

APPEND_ONLY = ("shadow_run", "shadow_chunk", "shadow_difference", "shadow_run_end")


def upgrade() -> None:
    op.create_table(
        "stored_figures",
        sa.Column("dossier_digest", sa.String(), nullable=False),
        sa.Column("measuring_digest", sa.String(), nullable=False),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "dossier_digest", "measuring_digest", "engine_version", name=op.f("pk_stored_figures")
        ),
    )
    op.create_table(
        "shadow_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("rule_set_digest", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("parts >= 0", name=op.f("ck_shadow_run_parts")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_shadow_run_started_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_run")),
        sa.UniqueConstraint("number", name=op.f("uq_shadow_run_number")),
        sa.UniqueConstraint(
            "rule_set_digest",
            "engine_version",
            "attempt",
            name=op.f("uq_shadow_run_rule_set_digest_engine_version_attempt"),
        ),
    )
    op.create_table(
        "shadow_chunk",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_part_id", sa.Uuid(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("recomputed", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recomputed <= parts", name=op.f("ck_shadow_chunk_recomputed")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["shadow_run.id"], name=op.f("fk_shadow_chunk_run_id_shadow_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_shadow_chunk")),
    )
    op.create_table(
        "shadow_difference",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("old_grade", sa.String(), nullable=False),
        sa.Column("new_grade", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('risen', 'fallen', 'other_reasons', 'not_regraded')",
            name=op.f("ck_shadow_difference_direction"),
        ),
        sa.CheckConstraint(
            "(direction = 'not_regraded') = (new_grade IS NULL)",
            name=op.f("ck_shadow_difference_regraded_has_a_grade"),
        ),
        sa.CheckConstraint(
            "(direction = 'not_regraded') = (problem IS NOT NULL)",
            name=op.f("ck_shadow_difference_not_regraded_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["shadow_run.id"], name=op.f("fk_shadow_difference_run_id_shadow_run")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_shadow_difference_part_id_part")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_shadow_difference_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("run_id", "part_id", name=op.f("pk_shadow_difference")),
    )
    op.create_index("ix_shadow_difference_part", "shadow_difference", ["part_id"])
    op.create_table(
        "shadow_run_end",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["shadow_run.id"], name=op.f("fk_shadow_run_end_run_id_shadow_run")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_shadow_run_end")),
    )
    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE event = 'shadow_run_wanted'")
    for table in reversed(APPEND_ONLY):
        append_only.lift(table)
        op.drop_table(table)
    op.drop_table("stored_figures")
