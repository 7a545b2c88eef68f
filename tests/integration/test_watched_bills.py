"""Being told when the rating of a part in a list changes: by letter, and by signed messages to a program."""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import http.server
import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

from ratedparts.app import create_app
from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.catalogue.bill_of_materials.models import WatchedBill, WatchedPart, WatchNotice
from ratedparts.catalogue.models import PublishedPart
from ratedparts.fault_points import watched_by
from ratedparts.jobs.models import Job

from .loopback import answering
from .test_life_of_a_certificate import take
from .test_the_columns_of_the_catalogue import publish

EMAIL = "designer@product.example"


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((dict(self.headers.items()), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.taken, server.answers = [], []
    with answering(server):
        yield server


@pytest.fixture
def world(certified):
    settings = replace(certified.installation.settings, private_webhooks=True)
    certified.installation = replace(certified.installation, settings=settings)
    return certified


@pytest.fixture
def anyone(world):
    app = create_app(world.installation.settings, world.clock)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def number(world):
    with world.reading() as work:
        return work.session.scalars(select(PublishedPart.part_number)).one()


def letters(world):
    found = sorted(world.installation.outbox.folder.glob("*.eml"))
    read = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in found]
    for one in found:
        one.unlink()
    return [one for one in read if one["To"] == EMAIL]


def ask(anyone, number, **more):
    given = {"text": f"{number} 5\nNOWHERE 1", "email": f" {EMAIL.upper()} ", "use": "UC-I", **more}
    return anyone.post("/api/v1/watched-bills", json=given)


def token_of(letter):
    return re.search(r"/watched-bills/([\w-]+)", letter.get_content())[1]


def watched(world, anyone, number, **more):
    """A bill that somebody has begun to watch; its token."""
    answer = ask(anyone, number, **more)
    assert answer.status_code == 202, answer.json
    assert answer.json["letter_to"] == EMAIL
    world.run_jobs()
    (letter,) = letters(world)
    token = token_of(letter)
    assert token not in answer.text, "only the letter has the way"
    assert anyone.post(f"/api/v1/watched-bills/{token}/confirmation").status_code == 200
    return token


def told(anyone, token):
    return [one["change"] for one in anyone.get(f"/api/v1/watched-bills/{token}").json["notices"]]


def test_nothing_is_watched_before_the_letter_was_followed(world, anyone, number):
    ask(anyone, number)
    world.run_jobs()
    (letter,) = letters(world)
    take(world, "suspend")
    world.run_jobs()
    assert letters(world) == []
    page = anyone.get(f"/watched-bills/{token_of(letter)}?lang=en").text
    assert "Yes, watch the list" in page
    with world.reading() as work:
        assert work.session.scalar(select(func.count()).select_from(WatchedPart)) == 0


def test_a_letter_that_nobody_follows_leaves_nothing_behind(world, anyone, number):
    ask(anyone, number)
    world.run_jobs()
    world.clock.now += timedelta(days=8)
    world.run_jobs()
    with world.reading() as work:
        assert work.session.scalar(select(func.count()).select_from(WatchedBill)) == 0


@pytest.mark.parametrize(("verb", "change"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_what_is_taken_back_is_told_once(world, anyone, number, verb, change):
    token = watched(world, anyone, number)
    take(world, verb)
    world.run_jobs()
    (letter,) = letters(world)
    assert number in letter["Subject"]
    assert change in letter.get_content()
    assert token in letter.get_content(), "with the way to stop"
    assert told(anyone, token) == [change]
    with world.work() as work:
        watching.look_at_part(work, world.facts["part_id"])
    world.run_jobs()
    assert letters(world) == [], "what was told is not told again"


def test_a_suspension_that_is_lifted_is_told_too(world, anyone, number):
    token = watched(world, anyone, number)
    for verb in ("suspend", "reinstate"):
        world.clock.now += timedelta(hours=1)
        take(world, verb)
        world.run_jobs()
    assert told(anyone, token) == ["restored", "suspended"]


def test_the_end_of_a_term_is_told_before_it_comes_and_when_it_has(world, anyone, number):
    token = watched(world, anyone, number)
    with world.reading() as work:
        until = work.session.scalars(select(PublishedPart.valid_until)).one()
    for at, expected in (
        (until - timedelta(days=61), []),
        (until - timedelta(days=59), ["ending"]),
        (until - timedelta(days=1), ["ending"]),
        (until + timedelta(seconds=1), ["expired", "ending"]),
    ):
        world.clock.now = at
        world.run_jobs()
        assert told(anyone, token) == expected
    assert len(letters(world)) == 2


def test_what_a_program_chose_for_its_lines_is_watched(world, anyone):
    publish(world, "OTHER-PART", 2)
    lines = {"lines": [{"part_number": "NOWHERE"}, {"part_number": "OTHER-PART"}]}
    (_, line) = anyone.post("/api/v1/bill-of-materials", json=lines).json["lines"]
    chosen = line["candidates"][1]["id"]
    answer = anyone.post("/api/v1/watched-bills", json={**lines, "email": EMAIL, "chosen": {"2": chosen}})
    assert answer.status_code == 202
    world.run_jobs()
    (letter,) = letters(world)
    told = anyone.post(f"/api/v1/watched-bills/{token_of(letter)}/confirmation").json["bill"]["lines"]
    assert [one["found"] for one in told] == ["not_found", "matched"]
    assert told[1]["part"]["id"] == chosen


def test_stopping_deletes_everything(world, anyone, number):
    token = watched(world, anyone, number)
    take(world, "suspend")
    world.run_jobs()
    assert anyone.post(f"/watched-bills/{token}/stop").status_code == 302
    with world.reading() as work:
        for table in (WatchedBill, WatchedPart, WatchNotice):
            assert work.session.scalar(select(func.count()).select_from(table)) == 0
    assert anyone.get(f"/watched-bills/{token}").status_code == 404
    take(world, "reinstate")
    letters(world)
    world.run_jobs()
    assert letters(world) == []


def test_confirming_twice_is_as_once_and_a_wrong_token_is_nobodys(world, anyone, number):
    token = watched(world, anyone, number)
    assert anyone.post(f"/watched-bills/{token}/begin").status_code == 302
    for address in (f"/watched-bills/{token[:-1]}", "/watched-bills/x"):
        assert anyone.get(address).status_code == 404
        assert anyone.post(f"{address}/begin").status_code == 404
    assert anyone.delete("/api/v1/watched-bills/x").status_code == 404


def test_a_mailbox_is_not_filled_by_a_stranger(world, anyone, number):
    codes = [ask(anyone, number).status_code for _ in range(5)]
    assert codes == [202] * 4 + [403]


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@product.example,b@other.example"}, "email"),
        ({"email": "a@product.example;b"}, "email"),
        ({"email": "a@b@product.example"}, "email"),
        ({"email": "a@[."}, "email"),
        ({"email": "(a@product.example"}, "email"),
        ({"webhook": "ftp://product.example"}, "webhook"),
        ({"webhook": "not an address"}, "webhook"),
    ],
)
def test_what_is_no_address_is_refused(anyone, number, given, column):
    answer = ask(anyone, number, **given)
    assert answer.status_code == 422
    assert [one["column"] for one in answer.json["errors"]] == [column]
    page = anyone.post("/bill-of-materials/watch", data={"bill": number, "email": EMAIL, **given})
    assert page.status_code == 422
    assert next(iter(given.values())) in page.text


def test_a_program_gets_a_message_that_it_can_check(world, anyone, number, receiver):
    address = f"http://127.0.0.1:{receiver.server_port}/hook?from=ratedparts"
    token = watched(world, anyone, number, webhook=address)
    take(world, "revoke")
    world.run_jobs()
    ((headers, body),) = receiver.taken
    secret = anyone.get(f"/api/v1/watched-bills/{token}").json["webhook_secret"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    message = json.loads(body)
    assert message["type"] == "rating.revoked"
    assert message["data"]["part_number"] == number
    assert token not in body.decode()
    (notice,) = anyone.get(f"/api/v1/watched-bills/{token}").json["notices"]
    assert (notice["id"], notice["delivery"]) == (headers["webhook-id"], "delivered")


def test_a_message_whose_delivery_was_not_noted_comes_again_under_its_number(world, anyone, number, receiver):
    def fails(name):
        if name == "message.delivered":
            raise OSError(errno.EIO, "a device failed")

    token = watched(world, anyone, number, webhook=f"http://127.0.0.1:{receiver.server_port}/")
    take(world, "suspend")
    with watched_by(fails):
        world.run_jobs()
    world.clock.now += timedelta(minutes=1)
    world.run_jobs()
    assert len(receiver.taken) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    (notice,) = anyone.get(f"/api/v1/watched-bills/{token}").json["notices"]
    assert notice["delivery"] == "delivered"


def test_a_program_that_is_away_is_tried_again_and_one_that_is_gone_is_not(world, anyone, number, receiver):
    address = f"http://127.0.0.1:{receiver.server_port}/"
    token = watched(world, anyone, number, webhook=address)
    receiver.answers[:] = [500, 302]
    take(world, "suspend")
    world.run_jobs()
    for tries in (2, 3):
        world.clock.now += timedelta(minutes=10)
        world.run_jobs()
        assert len(receiver.taken) == tries
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    receiver.answers[:] = [410]
    take(world, "reinstate")
    world.run_jobs()
    world.clock.now += timedelta(minutes=10)
    world.run_jobs()
    assert len(receiver.taken) == 4
    notices = anyone.get(f"/api/v1/watched-bills/{token}").json["notices"]
    assert [one["delivery"] for one in notices] == ["given_up", "delivered"]


def test_a_program_that_stays_away_is_given_up_and_the_page_says_so(world, anyone, number):
    token = watched(world, anyone, number, webhook="http://127.0.0.1:9/")
    take(world, "suspend")
    for _ in range(25):
        world.run_jobs()
        world.clock.now += timedelta(minutes=15)
    assert "could not be reached" in anyone.get(f"/watched-bills/{token}?lang=en").text
    with world.reading() as work:
        states = work.session.scalars(select(Job.state).where(Job.event == watching.MESSAGE_DUE)).all()
    assert states == ["failed"]


def test_the_page_asks_shows_and_stops(world, anyone, number):
    form = {"bill": f"{number} 5", "email": EMAIL, "use_temperature_c": "65", "use_voltage_ratio": "0.5"}
    assert anyone.post("/bill-of-materials/watch?lang=zh", data=form).status_code == 302
    world.run_jobs()
    (letter,) = letters(world)
    assert "关注物料清单" in letter["Subject"]
    address = f"/watched-bills/{token_of(letter)}"
    assert anyone.post(f"{address}/begin").status_code == 302
    take(world, "suspend")
    world.run_jobs()
    page = anyone.get(f"{address}?lang=en").text
    assert "The certificate has been suspended." in page
    assert "65 °C" in page, "at the use that was asked for"
