"""Proficiency rounds of laboratories, with their results."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0013_proficiency_rounds"
down_revision = "0012_watched_bills"
branch_labels = None
depends_on = None

APPEND_ONLY = ("proficiency_round", "proficiency_result")


def upgrade() -> None:
    op.create_table(
        "proficiency_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("measurand", sa.String(), nullable=False),
        sa.Column("protocol_id", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("assigned_by", sa.String(), nullable=False),
        sa.Column("reference_value", sa.Double(), nullable=True),
        sa.Column("reference_expanded", sa.Double(), nullable=True),
        sa.Column("sigma_pt", sa.Double(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "assigned_by IN ('reference', 'consensus')", name=op.f("ck_proficiency_round_assigned_by")
        ),
        sa.CheckConstraint(
            "(assigned_by = 'reference') = (reference_value IS NOT NULL)"
            " AND (assigned_by = 'reference') = (reference_expanded IS NOT NULL)",
            name=op.f("ck_proficiency_round_reference_has_its_value"),
        ),
        sa.CheckConstraint(
            "reference_expanded IS NULL OR reference_expanded >= 0",
            name=op.f("ck_proficiency_round_reference_expanded"),
        ),
        sa.CheckConstraint("sigma_pt > 0", name=op.f("ck_proficiency_round_sigma_pt")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["proficiency_round.id"],
            name=op.f("fk_proficiency_round_supersedes_id_proficiency_round"),
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["person.id"], name=op.f("fk_proficiency_round_registered_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proficiency_round")),
        sa.UniqueConstraint("number", name=op.f("uq_proficiency_round_number")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_proficiency_round_supersedes_id")),
    )
    op.create_table(
        "proficiency_result",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value_given", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("expanded_given", sa.String(), nullable=False),
        sa.Column("expanded_uncertainty", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "expanded_uncertainty > 0", name=op.f("ck_proficiency_result_expanded_uncertainty")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["proficiency_round.id"],
            name=op.f("fk_proficiency_result_round_id_proficiency_round"),
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"],
            ["organisation.id"],
            name=op.f("fk_proficiency_result_laboratory_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("round_id", "laboratory_id", name=op.f("pk_proficiency_result")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_proficiency_result_round_id_code")),
    )
    op.create_index("ix_proficiency_result_laboratory_id", "proficiency_result", ["laboratory_id"])
    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    for table in reversed(APPEND_ONLY):
        append_only.lift(table)
        op.drop_table(table)
