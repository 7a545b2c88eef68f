"""The same `Idempotency-Key` at once, with another body, in other hands, with large bodies, unanswered."""

from __future__ import annotations

import io
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from ratedparts.organisations import register, signing_in
from ratedparts.organisations.models import RepeatableRequest
from ratedparts.submissions.models import Series, Upload
from ratedparts.submissions.results import INLINE_BYTES
from ratedparts.web.requests import EXTENSION

from .programs import Programs, count, series
from .sending import Stream, body
from .world import PASSWORD, World

KEY = {"Idempotency-Key": "the same key"}


def engine_of(programs: Programs) -> Engine:
    engine: Engine = programs.app.extensions[EXTENSION].database.engine
    return engine


@contextmanager
def at_statement(engine: Engine, moment: str, beginning: str, do: Callable[[], None]) -> Any:
    """Do something whenever a statement that begins so is carried out."""

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning):
            do()

    event.listen(engine, moment, look)
    try:
        yield
    finally:
        event.remove(engine, moment, look)


# --- at once


def test_of_two_at_once_one_is_carried_out_and_the_other_told_to_come_again(programs: Programs) -> None:
    """The second has looked, and found the key free, before the first has ended."""
    client = programs.of("maker")
    client.get("/api/v1/tokens")  # the use of the token is noted now, and not in the middle of the test
    before = count(programs.world, Series)
    looked, answers = threading.Event(), {}
    first = threading.current_thread()

    def send(name: str) -> None:
        answers[name] = client.application.test_client().post(
            "/api/v1/series", json=series("at once"), headers={**KEY, "Authorization": token}
        )

    token = client.environ_base["HTTP_AUTHORIZATION"]
    second = threading.Thread(target=send, args=("second",))

    def begin_second() -> None:
        if not second.ident:
            second.start()
            assert looked.wait(20)

    def note_look() -> None:
        if threading.current_thread() is not first:
            looked.set()

    engine = engine_of(programs)
    with (
        at_statement(engine, "before_cursor_execute", "INSERT INTO series", begin_second),
        at_statement(engine, "after_cursor_execute", "SELECT repeatable_request", note_look),
    ):
        send("first")
        second.join()
    assert answers["first"].status_code == 201
    told = answers["second"]
    assert (told.status_code, told.get_json()["code"]) == (409, "idempotency_key_in_use")
    assert told.headers["Retry-After"] == "1"
    assert count(programs.world, Series) == before + 1
    send("again")
    assert answers["again"].headers["Idempotency-Replayed"] == "true"
    assert answers["again"].get_json() == answers["first"].get_json()


def test_a_refusal_is_not_noted_as_the_answer_to_another_request(programs: Programs) -> None:
    """The one that was refused took the key first, gave it back, and notes its answer last."""
    client = programs.of("maker")
    client.get("/api/v1/tokens")
    token = client.environ_base["HTTP_AUTHORIZATION"]
    answers: list[Any] = []
    steps = ["given back", "taken"]

    def take() -> None:
        if steps == ["given back", "taken"]:
            steps.pop()

    def send() -> Any:
        other = programs.app.test_client()
        return other.post("/api/v1/series", json=series("good"), headers={**KEY, "Authorization": token})

    def given_back(*_: Any) -> None:
        if steps == ["given back"]:
            steps.pop()
            thread = threading.Thread(target=lambda: answers.append(send()))
            thread.start()
            thread.join()

    engine = engine_of(programs)
    refused = series("bad") | {"family": "none"}
    event.listen(engine, "checkin", given_back)
    with at_statement(engine, "after_cursor_execute", "INSERT INTO repeatable_request", take):
        refusal = client.post("/api/v1/series", json=refused, headers=KEY)
        event.remove(engine, "checkin", given_back)
    assert (refusal.status_code, [answer.status_code for answer in answers]) == (422, [201])
    again = send()
    assert (again.status_code, again.get_json()) == (201, answers[0].get_json())


def test_many_at_once_are_one(programs: Programs) -> None:
    token = programs.of("maker").environ_base["HTTP_AUTHORIZATION"]
    before = count(programs.world, Series)
    statuses, barrier = [], threading.Barrier(6)

    def send() -> None:
        barrier.wait()
        answer = programs.app.test_client().post(
            "/api/v1/series", json=series("many"), headers={**KEY, "Authorization": token}
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert count(programs.world, Series) == before + 1


def test_two_judgements_at_once_are_one(programs: Programs) -> None:
    world = programs.world
    review_id = world.apply()
    clients = [programs.of("reviewer") for _ in "ab"]
    path = f"/api/v1/reviews/{review_id}"
    tag = {"If-Match": clients[0].get(path).headers["ETag"]}
    statuses, barrier = [], threading.Barrier(2)

    def judge(client: FlaskClient, verdict: str) -> None:
        barrier.wait()
        given = {"verdict": verdict, "statement": "as seen", "password": PASSWORD}
        statuses.append((client.post(f"{path}/judgement", json=given, headers=tag).status_code, verdict))

    threads = [
        threading.Thread(target=judge, args=pair)
        for pair in zip(clients, ("approved", "refused"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in statuses) == [200, 412]
    winner = next(verdict for status, verdict in statuses if status == 200)
    assert clients[0].get(path).get_json()["state"] == winner


# --- in other hands


def test_a_token_that_may_only_look_is_not_told_an_answer(programs: Programs) -> None:
    full, looking = programs.of("maker"), programs.of("maker", scopes=["read"])
    assert full.post("/api/v1/series", json=series("mine"), headers=KEY).status_code == 201
    answer = looking.post("/api/v1/series", json=series("mine"), headers=KEY)
    assert answer.status_code in (403, 409)
    assert "Idempotency-Replayed" not in answer.headers
    renewed = programs.of("maker").post("/api/v1/series", json=series("mine"), headers=KEY)
    assert renewed.headers["Idempotency-Replayed"] == "true", "another token of the same rights"


def test_a_token_that_was_withdrawn_is_not_told_an_answer(programs: Programs) -> None:
    client = programs.of("maker")
    assert client.post("/api/v1/series", json=series("mine"), headers=KEY).status_code == 201
    client.delete(f"/api/v1/tokens/{client.get('/api/v1/tokens').get_json()[0]['id']}")
    assert client.post("/api/v1/series", json=series("mine"), headers=KEY).status_code == 401


def test_somebody_whose_role_has_ended_is_not_told_an_answer(programs: Programs) -> None:
    world, client = programs.world, programs.of("maker")
    assert client.post("/api/v1/series", json=series("mine"), headers=KEY).status_code == 201
    with world.work() as work:
        for role in signing_in.roles_of(work, world.cast["maker"].person_id).roles:
            register.end_role(work, world.cast["administrator"], role.id)
    answer = client.post("/api/v1/series", json=series("mine"), headers=KEY)
    assert answer.status_code in (401, 404, 409)
    assert "Idempotency-Replayed" not in answer.headers


def test_what_is_kept_of_a_request_cannot_be_found_by_guessing_its_password(programs: Programs) -> None:
    """The digest needs the installation's own key, which is not in the database."""
    review_id = programs.world.apply()
    reviewer = programs.of("reviewer")
    path = f"/api/v1/reviews/{review_id}"
    given = {"verdict": "approved", "password": PASSWORD}
    tag = {"If-Match": reviewer.get(path).headers["ETag"], **KEY}
    assert reviewer.post(f"{path}/judgement", json=given, headers=tag).status_code == 200
    assert reviewer.post(f"{path}/judgement", json=given, headers=tag).status_code == 200
    programs.app.secret_key = "another installation"
    other = reviewer.post(f"{path}/judgement", json=given, headers=tag)
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")


# --- large bodies


def results(world: World) -> tuple[str, bytes]:
    plan = world.register_plan(units=2)
    content = world.example("PAR-CPK", plan, 6)
    long = content + content.splitlines(keepends=True)[1] * (INLINE_BYTES // 60)
    return f"/api/v1/plans/{plan}/results", long


@pytest.mark.parametrize("form", [False, True])
def test_large_files_under_one_key_are_compared_by_their_content(programs: Programs, form: bool) -> None:
    path, content = results(programs.world)
    client = programs.of("laboratory")

    def send(content: bytes) -> Any:
        if form:
            kind = "multipart/form-data; boundary=aaaa"
            beginning = b'--aaaa\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n'
            return client.post(
                path, data=beginning + content + b"\r\n--aaaa--\r\n", content_type=kind, headers=KEY
            )
        return client.post(path, data=content, content_type="text/csv", headers=KEY)

    first = send(content)
    assert first.status_code == 202
    other = send(content[:-3] + b"9" + content[-2:])  # of the same length
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")
    again = send(content)
    assert (again.status_code, again.headers["Location"]) == (202, first.headers["Location"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(programs.world, Upload) == 1
    with programs.world.reading() as work:
        assert work.session.scalars(select(Upload)).one().received_bytes == len(content)


def test_a_large_file_that_breaks_off_takes_no_key(programs: Programs) -> None:
    path, content = results(programs.world)
    client = programs.of("laboratory")
    broken = body(io.BytesIO(content[:-100]), len(content))
    answer = client.post(path, content_type="text/csv", headers=KEY, environ_overrides=broken)
    assert answer.status_code == 400
    assert (count(programs.world, Upload), count(programs.world, RepeatableRequest)) == (0, 0)
    assert client.post(path, data=content, content_type="text/csv", headers=KEY).status_code == 202
    assert [path.name for path in programs.world.installation.settings.incoming.iterdir()] != []


def test_a_large_file_with_a_key_is_not_held_in_memory(programs: Programs) -> None:
    path, _ = results(programs.world)
    client = programs.of("laboratory")
    size = 24 * 2**20
    tracemalloc.start()
    try:
        stream = body(io.BufferedReader(Stream(size)), size)
        answer = client.post(path, content_type="text/csv", headers=KEY, environ_overrides=stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 202
    assert peak < 8 * 2**20


# --- lost answers


def test_an_answer_that_cannot_be_noted_is_given_all_the_same(programs: Programs) -> None:
    client = programs.of("maker")

    def fail() -> None:
        raise OperationalError("UPDATE repeatable_request", {}, Exception("the connection is gone"))

    with at_statement(engine_of(programs), "before_cursor_execute", "UPDATE repeatable_request", fail):
        answer = client.post("/api/v1/series", json=series("unnoted"), headers=KEY)
    assert answer.status_code == 201
    again = client.post("/api/v1/series", json=series("unnoted"), headers=KEY)
    assert (again.status_code, again.get_json()["code"]) == (409, "idempotency_key_in_use")
