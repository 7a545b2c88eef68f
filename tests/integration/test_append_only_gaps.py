import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


@pytest.mark.parametrize("table", ["audit_line", "log_node", "log_checkpoint"])
def test_a_whole_table_cannot_be_emptied_or_a_row_replaced(certified, table):
    engine = certified.database.engine
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            statement = f"TRUNCATE {table} CASCADE"
        else:
            statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
