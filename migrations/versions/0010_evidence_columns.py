"""Digests of the columns of evidence, what is agreed to be published of it, and evidence that was withdrawn."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0010_evidence_columns"
down_revision = "0009_shadow_runs"
branch_labels = None
depends_on = None

APPEND_ONLY = ("evidence_column", "evidence_withdrawal")


def upgrade() -> None:
    op.create_table(
        "evidence_column",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_column_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", "place", name=op.f("pk_evidence_column")),
        sa.UniqueConstraint("evidence_id", "name", name=op.f("uq_evidence_column_evidence_id_name")),
    )
    op.create_table(
        "evidence_withdrawal",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_withdrawal_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_withdrawal")),
    )
    op.create_index(op.f("ix_evidence_withdrawal_case_id"), "evidence_withdrawal", ["case_id"])
    for table in APPEND_ONLY:
        append_only.lay(table)
    with op.batch_alter_table("test_plan") as plans:
        plans.add_column(sa.Column("publication", sa.String(), nullable=True))
    # Files of before were published whole.
    op.execute("UPDATE test_plan SET publication = 'all_columns'")
    with op.batch_alter_table("test_plan") as plans:
        plans.alter_column("publication", existing_type=sa.String(), nullable=False)
        plans.create_check_constraint(
            op.f("ck_test_plan_publication"), "publication IN ('all_columns', 'restricted_withheld')"
        )


def downgrade() -> None:
    with op.batch_alter_table("test_plan") as plans:
        plans.drop_constraint(op.f("ck_test_plan_publication"), type_="check")
        plans.drop_column("publication")
    # A program of before would count withdrawn evidence again: it does not know what this event asks for.
    op.execute("DELETE FROM job WHERE event = 'evidence_withdrawn'")
    for table in reversed(APPEND_ONLY):
        append_only.lift(table)
        op.drop_table(table)
