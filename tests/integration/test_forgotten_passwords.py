"""A forgotten password, by page and by interface: who asks learns nothing, who reads the mail gets in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from ratedparts.app import create_app
from ratedparts.audit.models import AuditLine
from ratedparts.errors import RatedPartsError
from ratedparts.organisations import signing_in
from ratedparts.organisations.forgotten_passwords import REQUEST_WINDOW, REQUESTS_ALLOWED, ask_for_link
from ratedparts.organisations.models import OneTimeLink, PasswordResetRequest
from ratedparts.organisations.register import LINK_LIFE
from ratedparts.organisations.signing_in import FAILURES_ALLOWED
from tests.integration.world import PASSWORD, World

KNOWN, UNKNOWN = "maker@example.org", "nobody@example.org"
NEW_PASSWORD = "another long password"
SECOND = timedelta(seconds=1)


class Asking:
    """Someone before a browser and someone with a program, beside the mail of everybody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = create_app(world.installation.settings, world.clock)
        self.client: FlaskClient = self.app.test_client()

    def ask(self, email: str = KNOWN, language: str = "en") -> Any:
        asked = {"json": {"email": email}, "headers": {"Accept-Language": language}}
        return self.client.post("/api/v1/password-resets", **asked)

    def ask_on_the_page(self, email: str = KNOWN) -> Any:
        return self.client.post("/forgotten?lang=en", data={"email": email, **self.proof("/forgotten")})

    def proof(self, page: str) -> dict[str, str]:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found
        return {"csrf_token": found[1]}

    def letters(self) -> list[EmailMessage]:
        self.world.run_jobs()
        folder = self.world.installation.settings.outbox
        found = [
            message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")
        ]
        return [one for one in found if one["Subject"] != "Your invitation"]

    def token(self, email: str = KNOWN) -> str:
        """That of a new letter."""
        before = {link_of(letter) for letter in self.letters()}
        assert self.ask(email).status_code == 202
        (new,) = {link_of(letter) for letter in self.letters()} - before
        return new.rsplit("/", 1)[1]

    def choose(self, token: str, password: str = NEW_PASSWORD) -> Any:
        return self.client.post("/api/v1/passwords", json={"token": token, "password": password})

    def signs_in(self, password: str, email: str = KNOWN) -> bool:
        with self.world.work() as work:
            return signing_in.sign_in(work, email=email, password=password) is not None


def link_of(letter: EmailMessage) -> str:
    found = re.search(r"http\S+/password/\S+", letter.get_content())
    assert found
    return found[0]


@pytest.fixture
def asking(founded: World) -> Iterator[Asking]:
    found = Asking(founded)
    yield found
    found.app.extensions["ratedparts"].database.dispose()


def test_the_link_of_the_letter_leads_to_a_new_password_on_the_page(asking: Asking) -> None:
    assert "Please look at your mail" in asking.ask_on_the_page(f" {KNOWN.upper()} ").text
    (letter,) = asking.letters()
    assert (letter["To"], letter["Subject"]) == (KNOWN, "A new password")
    assert "within an hour" in letter.get_content()
    address = link_of(letter).removeprefix(asking.world.installation.settings.public_url)
    chosen = {"password": NEW_PASSWORD, "again": NEW_PASSWORD, **asking.proof(address)}
    assert asking.client.post(address, data=chosen).status_code == 302
    assert asking.signs_in(NEW_PASSWORD)
    assert not asking.signs_in(PASSWORD)
    assert asking.client.get(address).status_code == 404


def test_the_letter_is_in_the_language_of_who_asked(asking: Asking) -> None:
    asking.ask(language="zh-CN")
    (letter,) = asking.letters()
    assert (letter["Subject"], "请在一小时内" in letter.get_content()) == ("新密码", True)
    assert "忽略本邮件" in letter.get_content()


def test_it_works_once_for_an_hour_and_ends_every_sign_in_and_token(asking: Asking) -> None:
    world = asking.world
    with world.work() as work:
        session = signing_in.sign_in(work, email=KNOWN, password=PASSWORD)
        access = signing_in.create_access_token(work, world.cast["maker"], "a program")
    assert session
    token, other = asking.token(), asking.token()
    world.clock.now += LINK_LIFE["password_reset"] - SECOND
    answer = asking.choose(token)
    assert (answer.status_code, answer.get_json()["email"]) == (200, KNOWN)
    with world.reading() as work:
        assert signing_in.who(work, session) is None
        assert signing_in.who_holds(work, access) is None
    for used in (token, other, "rpl_" + 43 * "x", ""):
        refused = asking.choose(used)
        assert (refused.status_code, refused.get_json()["code"]) == (404, "link_not_usable")
    late = asking.token()
    world.clock.now += LINK_LIFE["password_reset"]
    assert asking.choose(late).status_code == 404
    assert timedelta(hours=1) == LINK_LIFE["password_reset"]


def test_a_password_that_is_too_short_uses_no_link_up(asking: Asking) -> None:
    token = asking.token()
    refused = asking.choose(token, "short")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "password_length")
    assert asking.choose(token).status_code == 200


def test_an_unknown_address_gets_the_same_answer_and_no_letter(asking: Asking) -> None:
    known, unknown = asking.ask(KNOWN), asking.ask(UNKNOWN)
    assert (known.status_code, known.get_json()) == (202, {"link_works_minutes": 60})
    assert (unknown.status_code, unknown.data) == (202, known.data)
    assert dict(known.headers) == dict(unknown.headers)
    pages = [asking.ask_on_the_page(email) for email in (KNOWN, UNKNOWN)]
    assert pages[0].data == pages[1].data
    assert {letter["To"] for letter in asking.letters()} == {KNOWN}


def test_an_unknown_address_takes_the_same_work(asking: Asking) -> None:
    asking.ask("first@example.org")
    done: dict[str, list[str]] = {}
    for email in (KNOWN, UNKNOWN):
        statements = done.setdefault(email, [])

        def note(*told: Any, statements: list[str] = statements) -> None:
            statements.append(told[2])

        event.listen(asking.app.extensions["ratedparts"].database.engine, "before_cursor_execute", note)
        asking.ask(email)
        event.remove(asking.app.extensions["ratedparts"].database.engine, "before_cursor_execute", note)
    assert done[KNOWN] == done[UNKNOWN] != []


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_who_asks_again_and_again_is_told_to_wait_known_or_not(asking: Asking, email: str) -> None:
    for _ in range(REQUESTS_ALLOWED):
        assert asking.ask(email).status_code == 202
        asking.world.clock.now += SECOND
    refused = asking.ask(f" {email.upper()}")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "too_many_reset_requests")
    page = asking.ask_on_the_page(email)
    assert page.status_code == 422
    assert "try again in 60 minutes" in page.text
    assert asking.ask("reviewer@example.org").status_code == 202, "others are not held up"
    assert len([one for one in asking.letters() if one["To"] == email]) in (0, REQUESTS_ALLOWED)
    asking.world.clock.now += REQUEST_WINDOW
    assert asking.ask(email).status_code == 202
    with asking.world.reading() as work:
        kept = work.session.scalars(select(PasswordResetRequest)).all()
    assert len(kept) == 1, "what is older than the window is forgotten"


def test_no_address_is_no_address_to_count(asking: Asking) -> None:
    for _ in range(REQUESTS_ALLOWED + 1):
        refused = asking.ask("  ")
        assert (refused.status_code, refused.get_json()["errors"][0]["column"]) == (422, "email")
    page = asking.ask_on_the_page("")
    assert page.status_code == 422
    assert "A value is required here" in page.text


@pytest.mark.parametrize(
    "email", ["\ud800@example.org", "a\x00@example.org", 300 * "a" + "@example.org", "不@例子.中国"]
)
def test_an_address_that_cannot_be_is_answered_like_any_other(asking: Asking, email: str) -> None:
    assert asking.ask(email).status_code in (202, 422)


def test_a_guesser_at_the_door_does_not_keep_out_who_has_reset(asking: Asking) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert not asking.signs_in("wrong password")
    with pytest.raises(RatedPartsError, match="too_many_failures"):
        asking.signs_in(PASSWORD)
    asking.choose(asking.token())
    assert asking.signs_in(NEW_PASSWORD)


def test_both_steps_leave_a_line_in_the_audit_log_and_no_token_anywhere(asking: Asking) -> None:
    token = asking.token()
    asking.choose(token)
    with asking.world.reading() as work:
        lines = list(work.session.scalars(select(AuditLine).order_by(AuditLine.sequence.desc()).limit(2)))
        kept = {link.token_digest for link in work.session.scalars(select(OneTimeLink))}
    assert [line.verb for line in lines] == ["choose_password", "request_password_reset"]
    assert {line.subject_id for line in lines} == {str(asking.world.cast["maker"].person_id)}
    assert not any(token in digest for digest in kept)


def test_a_disabled_person_gets_no_letter(asking: Asking) -> None:
    with asking.world.work() as work:
        person = signing_in.roles_of(work, asking.world.cast["maker"].person_id).person
        person.disabled_at = work.at
    with asking.world.work() as work:
        ask_for_link(work, KNOWN, "en")
    assert asking.letters() == []
