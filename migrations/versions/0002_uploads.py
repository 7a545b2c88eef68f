"""Files that arrive in pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0002_uploads"
down_revision = "0001_first_schema"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("open_line_bytes", sa.BigInteger(), nullable=False),
        sa.Column("checked_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('arriving', 'arrived', 'checking', 'checked', 'cancelled', 'expired', 'failed')",
            name=op.f("ck_upload_state"),
        ),
        sa.CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name=op.f("ck_upload_received")),
        sa.CheckConstraint(
            "state NOT IN ('arrived', 'checking', 'checked') OR received_bytes = size_bytes",
            name=op.f("ck_upload_checked_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'checked') = (submission_id IS NOT NULL)",
            name=op.f("ck_upload_checked_has_submission"),
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_upload_failed_says_why")
        ),
        sa.CheckConstraint(
            "(state IN ('checked', 'cancelled', 'expired', 'failed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_upload_ended_has_its_time"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["test_plan.id"], name=op.f("fk_upload_plan_id_test_plan")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_upload_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("number", name=op.f("uq_upload_number")),
    )
    with op.batch_alter_table("upload") as table:
        table.create_index(table.f("ix_upload_plan_id"), ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("upload")
