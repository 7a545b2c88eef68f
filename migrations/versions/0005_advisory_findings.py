"""What was found in evidence that a person should look at."""

import datetime

import sqlalchemy as sa
from alembic import op
from ratedparts.migrations import append_only

from ratedparts.db.identifiers import uuid7

revision = "0005_advisory_findings"
down_revision = "0004_registers"
branch_labels = None
depends_on = None

APPEND_ONLY = ("advisory_look", "advisory_finding")


def upgrade() -> None:
    op.create_table(
        "advisory_look",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("units_looked_at", sa.Integer(), nullable=False),
        sa.Column("first_readings_digest", sa.String(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units_looked_at <= units", name=op.f("ck_advisory_look_units")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_advisory_look_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_advisory_look")),
    )
    op.create_table(
        "advisory_finding",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["advisory_look.evidence_id"],
            name=op.f("fk_advisory_finding_evidence_id_advisory_look"),
        ),
        sa.PrimaryKeyConstraint("evidence_id", "place", name=op.f("pk_advisory_finding")),
    )
    for table in APPEND_ONLY:
        append_only.lay(table)
    _look_at_what_is_there()


def _look_at_what_is_there() -> None:
    """Evidence of before is looked at too, oldest first."""
    evidence = sa.table("evidence", sa.column("id", sa.Uuid()), sa.column("accepted_at", sa.DateTime()))
    job = sa.table(
        "job",
        sa.column("id", sa.Uuid()),
        sa.column("event", sa.String()),
        sa.column("parameters", sa.JSON()),
        sa.column("state", sa.String()),
        sa.column("attempts", sa.Integer()),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("not_before", sa.DateTime(timezone=True)),
    )
    now = datetime.datetime.now(datetime.UTC)
    ids = op.get_bind().execute(sa.select(evidence.c.id).order_by(evidence.c.accepted_at, evidence.c.id))
    rows = [
        {
            "id": uuid7(now),
            "event": "evidence_to_look_at",
            "parameters": {"evidence_id": str(evidence_id)},
            "state": "queued",
            "attempts": 0,
            "created_at": now,
            "not_before": now,
        }
        for evidence_id in ids.scalars()
    ]
    if rows:
        op.get_bind().execute(sa.insert(job), rows)


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE event = 'evidence_to_look_at'")
    for table in reversed(APPEND_ONLY):
        append_only.lift(table)
        op.drop_table(table)
