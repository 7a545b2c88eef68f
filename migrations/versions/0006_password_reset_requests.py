"""How often a new password was asked for, by e-mail address."""

import sqlalchemy as sa
from alembic import op

revision = "0006_password_reset_requests"
down_revision = "0005_advisory_findings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_reset_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset_request")),
    )
    op.create_index(
        op.f("ix_password_reset_request_email_digest"), "password_reset_request", ["email_digest"]
    )


def downgrade() -> None:
    # A program of before does not know what to do about the event.
    op.execute("DELETE FROM job WHERE event = 'password_forgotten'")
    op.drop_index(op.f("ix_password_reset_request_email_digest"), "password_reset_request")
    op.drop_table("password_reset_request")
