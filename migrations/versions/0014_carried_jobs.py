"""On PostgreSQL, what procrastinate needs to carry jobs, in a schema of its own."""

from alembic import op

revision = "0014_carried_jobs"
down_revision = "0013_proficiency_rounds"
branch_labels = None
depends_on = None

SCHEMA = "procrastinate"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager

    op.execute(f"CREATE SCHEMA {SCHEMA}")
    op.execute(f"SET LOCAL search_path = {SCHEMA}")
    # Many statements at once, which the driver takes where they have no parameters.
    connection.connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path TO DEFAULT")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
