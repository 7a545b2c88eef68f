"""Ways of doing damage: a row changed, rows dropped, a document edited by somebody whom nothing stops."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Table, delete, select, update

from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.proofs import canonical_bytes

# What finds it, the codes that it tells, and the damage: what is done to a world over a connection.
Damage = tuple[str, list[str], Callable]


def table(model) -> Table:
    return model.__table__


def column(world, query):
    with world.reading() as work:
        return work.session.scalars(query).first()


def set_(model, where=None, **values):
    """Change the rows of a model, or those of one number."""

    def damage(world, connection):
        query = update(table(model)).values(
            {name: value(world) if callable(value) else value for name, value in values.items()}
        )
        connection.execute(query if where is None else query.where(where(world)))

    return damage


def drop(model, where=None):
    def damage(world, connection):
        query = delete(table(model))
        connection.execute(query if where is None else query.where(where(world)))

    return damage


def edited(query, change):
    """A JSON document or column of the row that the query gives, changed."""

    def value(world):
        found = column(world, query(world) if callable(query) else query)
        document = json.loads(found) if isinstance(found, str) else json.loads(json.dumps(found))
        change(document)
        return canonical_bytes(document).decode() if isinstance(found, str) else document

    return value


def later(model, name, where):
    return lambda world: column(world, select(getattr(model, name)).where(where(world))) + timedelta(hours=1)


def evidence_of(world, protocol="MLCC-HTL"):
    return column(world, select(Evidence).where(Evidence.protocol.startswith(protocol)))


def one_evidence(protocol="MLCC-HTL"):
    return lambda world: Evidence.id == evidence_of(world, protocol).id


def current(world):
    return Evaluation.superseded_at.is_(None)
