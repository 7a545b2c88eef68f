"""Installations that were laid back from a backup, and how each of them was let go on."""

import sqlalchemy as sa
from alembic import op

revision = "0015_restorations"
down_revision = "0014_carried_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("backup_digest", sa.String(), nullable=False),
        sa.Column("backed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("status_lists_from", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outside_checkpoint", sa.String(), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NOT NULL) = (outside_checkpoint IS NOT NULL OR statement IS NOT NULL)",
            name=op.f("ck_restoration_released_says_by_what"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )


def downgrade() -> None:
    op.drop_table("restoration")
