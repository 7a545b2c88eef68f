"""The peer: a Flask view that says the statements of our pages, as recorded, and renders nothing."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from flask import Flask

from ratedparts.db.database import make_engine


def create_app() -> Flask:
    """DATABASE_URL; BARE_STATEMENTS: a pickled list, by number, of the statements of one page each."""
    engine = make_engine(os.environ["DATABASE_URL"])
    pages: list[list[tuple[str, Any]]] = pickle.loads(Path(os.environ["BARE_STATEMENTS"]).read_bytes())
    app = Flask("bare")

    @app.get("/<int:number>")
    def view(number: int) -> str:
        rows = 0
        with engine.execution_options(ratedparts_writes=False).connect() as connection:
            for statement, parameters in pages[number]:
                found = connection.exec_driver_sql(statement, parameters or None)
                rows += len(found.all()) if found.returns_rows else 0
        return str(rows)

    return app
