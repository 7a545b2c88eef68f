"""Bills of materials that somebody watches, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0012_watched_bills"
down_revision = "0011_catalogue_columns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched_bill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("webhook_address", sa.String(), nullable=True),
        sa.Column("webhook_secret", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(webhook_address IS NULL) = (webhook_secret IS NULL)",
            name=op.f("ck_watched_bill_webhook_is_signed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_bill")),
        sa.UniqueConstraint("token", name=op.f("uq_watched_bill_token")),
    )
    op.create_index("ix_watched_bill_email", "watched_bill", ["email"])
    op.create_table(
        "watched_part",
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("warned_of", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(grade IS NULL) = (certificate_number IS NULL)",
            name=op.f("ck_watched_part_grade_of_a_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["watched_bill.id"],
            name=op.f("fk_watched_part_bill_id_watched_bill"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_watched_part_part_id_part")),
        sa.PrimaryKeyConstraint("bill_id", "part_id", name=op.f("pk_watched_part")),
    )
    op.create_index("ix_watched_part_part_id", "watched_part", ["part_id"])
    op.create_table(
        "watch_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("grade_before", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.CheckConstraint(
            "change IN ('fell', 'rose', 'ending', 'expired', 'suspended', 'revoked', 'restored')",
            name=op.f("ck_watch_notice_change"),
        ),
        sa.CheckConstraint(
            "delivery IN ('none', 'waiting', 'delivered', 'given_up')",
            name=op.f("ck_watch_notice_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["watched_bill.id"],
            name=op.f("fk_watch_notice_bill_id_watched_bill"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_watch_notice_part_id_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_notice")),
    )
    op.create_index("ix_watch_notice_bill_id", "watch_notice", ["bill_id"])


def downgrade() -> None:
    op.drop_table("watch_notice")
    op.drop_table("watched_part")
    op.drop_table("watched_bill")
