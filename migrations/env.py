"""Alembic's entry: the connection comes from `ratedparts.db.migrating`, never from a file."""

from alembic import context

from ratedparts.db.all_models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
