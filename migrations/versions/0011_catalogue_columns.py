"""What the catalogue's columns are made of: terms and makers of published parts, and the order of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0011_catalogue_columns"
down_revision = "0010_evidence_columns"
branch_labels = None
depends_on = None

BEFORE = {
    "kind": "kind IN ('rated', 'analysed')",
    "rated_has_a_grade": "(kind = 'rated') = (grade IS NOT NULL)",
}
AFTER = {
    "kind": "kind IN ('rated', 'analysed', 'generated')",
    "analysed_has_no_grade": "(kind = 'analysed') = (grade IS NULL)",
    "analysed_has_no_term": "(kind = 'analysed') = (valid_until IS NULL)",
    "generated_was_not_evaluated": "(kind = 'generated') = (evaluation_id IS NULL)",
    "generated_is_an_example": "kind != 'generated' OR example",
}


def _name(constraint: str) -> str:
    return op.f(f"ck_published_part_{constraint}")


def upgrade() -> None:
    op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_state")),
    )
    op.execute("INSERT INTO catalogue_state (id, generation, revision) VALUES (1, 1, 0)")
    op.create_table(
        "catalogue_change",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_catalogue_change_part_id_part")),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_catalogue_change")),
    )
    op.create_table(
        "use_situation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_situation")),
        sa.UniqueConstraint("text", name=op.f("uq_use_situation_text")),
    )
    op.drop_index("ix_published_part_order", "published_part")
    with op.batch_alter_table("published_part") as parts:
        parts.add_column(
            sa.Column("situation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        parts.add_column(sa.Column("use_numbers", sa.JSON(), nullable=False, server_default="{}"))
        parts.add_column(sa.Column("use_response", sa.JSON(), nullable=True))
        parts.add_column(sa.Column("maker_id", sa.Uuid(), nullable=True))
        parts.add_column(sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE published_part SET maker_id = (SELECT part.maker_id FROM part "
        "WHERE part.id = published_part.part_id), valid_until = (SELECT certificate.valid_until "
        "FROM certificate WHERE certificate.number = published_part.certificate_number)"
    )
    with op.batch_alter_table("published_part") as parts:
        for name in BEFORE:
            parts.drop_constraint(_name(name), type_="check")
        parts.drop_column("grade_order")
        parts.drop_column("search_text")
        parts.alter_column("maker_id", existing_type=sa.Uuid(), nullable=False)
        parts.alter_column("evaluation_id", existing_type=sa.Uuid(), nullable=True)
        parts.create_foreign_key(
            op.f("fk_published_part_maker_id_organisation"), "organisation", ["maker_id"], ["id"]
        )
        parts.create_foreign_key(
            op.f("fk_published_part_situation_id_use_situation"), "use_situation", ["situation_id"], ["id"]
        )
        parts.alter_column("use_numbers", existing_type=sa.JSON(), server_default=None)
        for name, rule in AFTER.items():
            parts.create_check_constraint(_name(name), rule)
    op.create_index("ix_published_part_family", "published_part", ["family"])


def downgrade() -> None:
    # What was made up for trials has no place in a program of before, which would take it for analysed.
    op.execute("DELETE FROM published_part WHERE kind = 'generated'")
    op.drop_index("ix_published_part_family", "published_part")
    with op.batch_alter_table("published_part") as parts:
        for name in AFTER:
            parts.drop_constraint(_name(name), type_="check")
        parts.drop_constraint(op.f("fk_published_part_maker_id_organisation"), type_="foreignkey")
        parts.drop_constraint(op.f("fk_published_part_situation_id_use_situation"), type_="foreignkey")
        for name in ("maker_id", "situation_id", "use_numbers", "use_response"):
            parts.drop_column(name)
        parts.drop_column("valid_until")
        parts.alter_column("evaluation_id", existing_type=sa.Uuid(), nullable=False)
        parts.add_column(sa.Column("grade_order", sa.Integer(), nullable=True))
        parts.add_column(sa.Column("search_text", sa.String(), nullable=True))
        for name, rule in BEFORE.items():
            parts.create_check_constraint(_name(name), rule)
    op.execute(
        "UPDATE published_part SET grade_order = CASE grade WHEN 'A+' THEN 0 WHEN 'A' THEN 1 WHEN 'B' THEN 2 "
        "WHEN 'C' THEN 3 ELSE 5 END, search_text = lower(part_number) || '\n' || lower(maker_en) || '\n' || "
        "lower(maker_zh) || '\n' || lower(series) || '\n' || family"
    )
    with op.batch_alter_table("published_part") as parts:
        parts.alter_column("grade_order", existing_type=sa.Integer(), nullable=False)
        parts.alter_column("search_text", existing_type=sa.String(), nullable=False)
    op.create_index("ix_published_part_order", "published_part", ["family", "grade_order", "part_number"])
    op.drop_table("use_situation")
    op.drop_table("catalogue_change")
    op.drop_table("catalogue_state")
