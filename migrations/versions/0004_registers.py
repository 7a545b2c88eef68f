"""Calibrations of instruments, change notices, withdrawn plans; what a plan is for and when it starts."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0004_registers"
down_revision = "0003_programs"
branch_labels = None
depends_on = None

APPEND_ONLY = ("calibration", "change_notice", "plan_withdrawal")


def upgrade() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("calibration_due_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("calibrated_on <= calibration_due_on", name=op.f("ck_calibration_dates")),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["organisation.id"], name=op.f("fk_calibration_laboratory_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["person.id"], name=op.f("fk_calibration_registered_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index(op.f("ix_calibration_laboratory_id"), "calibration", ["laboratory_id"])
    op.create_table(
        "change_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("delta_qualification", sa.String(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_change_notice_series_id_series")),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["person.id"], name=op.f("fk_change_notice_registered_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_notice")),
    )
    op.create_index(op.f("ix_change_notice_series_id"), "change_notice", ["series_id"])
    op.create_table(
        "plan_withdrawal",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["test_plan.id"], name=op.f("fk_plan_withdrawal_plan_id_test_plan")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_plan_withdrawal_withdrawn_by_person")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_withdrawal")),
    )
    # Plans of before were all for grading, and did not say when they would start.
    op.add_column("test_plan", sa.Column("purpose", sa.String(), nullable=False, server_default="grading"))
    op.add_column("test_plan", sa.Column("starts_on", sa.Date(), nullable=True))
    for table in APPEND_ONLY:
        append_only.lay(table)


def downgrade() -> None:
    op.drop_column("test_plan", "starts_on")
    op.drop_column("test_plan", "purpose")
    for table in APPEND_ONLY:
        append_only.lift(table)
    op.drop_table("plan_withdrawal")
    op.drop_table("change_notice")
    op.drop_table("calibration")
