"""A shadow run is cut into pieces beforehand, which any number of workers take in any order."""

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

revision = "0017_shadow_pieces"
down_revision = "0015_restorations"
branch_labels = None
depends_on = None

LAST_OF_ALL = "f" * 32


def upgrade() -> None:
    op.create_table(
        "shadow_piece",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_part_id", sa.Uuid(), nullable=True),
        sa.Column("last_part_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["shadow_run.id"], name=op.f("fk_shadow_piece_run_id_shadow_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_shadow_piece")),
    )
    # What was regraded one after the other; a run that has not ended is cut from there on.
    op.execute(
        "INSERT INTO shadow_piece (run_id, place, after_part_id, last_part_id) "
        "SELECT run_id, place, lag(last_part_id) OVER (PARTITION BY run_id ORDER BY place), last_part_id "
        "FROM shadow_chunk"
    )
    append_only.lay("shadow_piece")
    append_only.lift("shadow_chunk")
    with op.batch_alter_table("shadow_chunk") as chunks:
        chunks.drop_column("last_part_id")
        chunks.create_foreign_key(
            op.f("fk_shadow_chunk_run_id_place_shadow_piece"),
            "shadow_piece",
            ["run_id", "place"],
            ["run_id", "place"],
        )
    append_only.lay("shadow_chunk")


def downgrade() -> None:
    # A program of before does not know what these ask for, and takes one piece behind the other: what has
    # not come to its end begins afresh.
    op.execute("DELETE FROM job WHERE event = 'shadow_piece_wanted'")
    for table in ("shadow_difference", "shadow_chunk"):
        append_only.lift(table)
        op.execute(f"DELETE FROM {table} WHERE run_id NOT IN (SELECT run_id FROM shadow_run_end)")
    append_only.lay("shadow_difference")
    with op.batch_alter_table("shadow_chunk") as chunks:
        chunks.drop_constraint(op.f("fk_shadow_chunk_run_id_place_shadow_piece"), type_="foreignkey")
        chunks.add_column(sa.Column("last_part_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE shadow_chunk SET last_part_id = (SELECT coalesce(last_part_id, "
        f"CAST('{LAST_OF_ALL}' AS {'uuid' if op.get_bind().dialect.name == 'postgresql' else 'char(32)'})) "
        "FROM shadow_piece WHERE shadow_piece.run_id = shadow_chunk.run_id "
        "AND shadow_piece.place = shadow_chunk.place)"
    )
    with op.batch_alter_table("shadow_chunk") as chunks:
        chunks.alter_column("last_part_id", existing_type=sa.Uuid(), nullable=False)
    append_only.lay("shadow_chunk")
    append_only.lift("shadow_piece")
    op.drop_table("shadow_piece")
