"""Both databases come to the same schema, which is the models', and back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from ratedparts.db import Database
from ratedparts.db.all_models import metadata
from ratedparts.db.manifest import manifest
from ratedparts.db.migrating import downgrade, upgrade

EXPECTED = Path(__file__).with_name("manifest.txt")


@pytest.fixture
def engine(database_url):
    database = Database(database_url)
    yield database.engine
    database.dispose()


def test_every_constraint_index_and_trigger_is_there_and_no_other(engine):
    upgrade(engine)
    assert manifest(engine) == EXPECTED.read_text(encoding="utf-8").splitlines()


def test_a_database_goes_up_and_down_and_up_again_with_nothing_lost_and_nothing_left(engine):
    upgrade(engine)
    first = manifest(engine)
    downgrade(engine, "base")
    assert manifest(engine) == []
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert manifest(engine) == first


def test_a_second_upgrade_changes_nothing(engine):
    upgrade(engine)
    first = manifest(engine)
    upgrade(engine)
    assert manifest(engine) == first


def test_the_migrated_schema_is_that_of_the_models(engine):
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_check_of_the_models_is_in_the_migrated_schema(engine):
    # Alembic compares no checks.
    upgrade(engine)
    meant = {
        f"{table.name} check {constraint.name}"
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert meant == {line for line in manifest(engine) if " check " in line}
