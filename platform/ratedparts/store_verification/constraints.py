"""Every row meets its constraints: what a database refuses it may have been made to take."""

from __future__ import annotations

from sqlalchemy import Connection, column, exists, func, inspect, select, table, text
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

from .findings import Findings
from .store import Store

MOST_TOLD = 1000  # lines that SQLite is asked for


def check_constraints(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        connection = work.session.connection()
        inspector = inspect(connection)
        for name in inspector.get_table_names():
            findings.looked(connection.scalar(select(func.count()).select_from(table(name))) or 0)
            for key in inspector.get_foreign_keys(name):
                _check_foreign_key(connection, name, key, findings)
        if connection.dialect.name == "sqlite":
            # Pages, indexes, NOT NULL, UNIQUE and CHECK.
            for (line,) in connection.execute(text(f"PRAGMA integrity_check({MOST_TOLD})")):
                if line != "ok":
                    findings.invalid("row_breaks_constraint", place="database", problem=line)
            return
        for name in inspector.get_table_names():
            for check in inspector.get_check_constraints(name):
                query = f'SELECT count(*) FROM "{name}" WHERE NOT ({check["sqltext"]})'
                rows = connection.execute(text(query.replace(":", "\\:"))).scalar()
                if rows:
                    problem = f"{rows} × CHECK {check['name']}"
                    findings.invalid("row_breaks_constraint", place=name, problem=problem)


def _check_foreign_key(
    connection: Connection, name: str, key: ReflectedForeignKeyConstraint, findings: Findings
) -> None:
    # Named apart: a row may refer to one of its own table.
    here = table(name, *map(column, key["constrained_columns"])).alias("here")
    there = table(key["referred_table"], *map(column, key["referred_columns"])).alias("there")
    pairs = list(zip(key["constrained_columns"], key["referred_columns"], strict=True))
    named = [here.c[mine].is_not(None) for mine, _ in pairs]
    same = [here.c[mine] == there.c[other] for mine, other in pairs]
    query = select(*here.c).where(*named, ~exists().where(*same)).distinct().limit(MOST_TOLD)
    for row in connection.execute(query):
        findings.invalid(
            "row_refers_to_nothing",
            place=f"{name}.{', '.join(key['constrained_columns'])}",
            table=key["referred_table"],
            value=", ".join(map(str, row)),
        )
