"""Tokens that may do only some things, for some time; requests that can be repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0003_programs"
down_revision = "0002_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("access_token") as table:
        # A token of before could do whatever its person could; it keeps that.
        table.add_column(sa.Column("scopes", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "repeatable_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_repeatable_request_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeatable_request")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_repeatable_request_person_id_key")),
    )


def downgrade() -> None:
    op.drop_table("repeatable_request")
    with op.batch_alter_table("access_token") as table:
        table.drop_column("last_used_at")
        table.drop_column("expires_at")
        table.drop_column("scopes")
