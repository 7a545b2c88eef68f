"""What an upload costs the database, counted: a query in a loop would show here first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from ratedparts.app import create_app
from ratedparts.organisations import signing_in
from ratedparts.web.requests import EXTENSION

from .world import MEASURED, World

REQUEST, JOBS = 26, 60  # statements at most, BEGIN included where the driver sends it


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    """The statements that an engine sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement[:80])

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_an_upload_takes_so_many_statements_whatever_its_size(founded: World) -> None:
    founded.facts["part_id"] = founded.register_part()
    numbers = [founded.register_plan(slot="MLCC-HTL", units=26) for _ in range(3)]
    founded.clock.now = MEASURED
    app = create_app(founded.installation.settings, founded.clock)
    database = app.extensions[EXTENSION].database
    with founded.work() as work:
        token = signing_in.create_access_token(work, founded.cast["laboratory"], "script")
    client = app.test_client()
    counts = []
    for number, units in zip(numbers, (6, 77, 78), strict=True):
        content = founded.example("MLCC-HTL", number, units)
        with counted(database.engine) as asked:
            answer = client.post(
                f"/api/v1/plans/{number}/results",
                data=content,
                content_type="text/csv",
                headers={"Authorization": f"Bearer {token}"},
            )
        assert answer.status_code == 201, answer.get_json()
        with counted(founded.database.engine) as done:
            founded.run_jobs()
        counts.append((len(asked), len(done)))
    database.dispose()
    first, *later = counts
    assert later[0][0] == later[1][0], "as many for 78 units as for 77"
    for request, jobs in later:  # evaluation, publication, and a look for what a reviewer should see
        assert request <= REQUEST, asked
        assert jobs <= JOBS, done
    assert first[0] <= REQUEST + 3, "the first use of a token is noted"
