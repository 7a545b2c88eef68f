"""Every address that can be looked at: how long its answer may be kept, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ratedparts.calendar_days import day_of
from ratedparts.catalogue.publishing import refresh
from ratedparts.certificates import taking_back
from ratedparts.web.drawn_curves import CURVES
from ratedparts.web.keeping import DECIDED, FOR_EVER, PRIVATE_ROOMS, Keeping, keeping_of
from ratedparts.web.requests import EXTENSION
from tests.integration.programs import Programs
from tests.integration.test_proficiency_rounds import publish
from tests.integration.test_shadow_runs import run, stricter
from tests.integration.world import PASSWORD, World

pytestmark = pytest.mark.embedded_database
NOTHING = "00000000-0000-7000-8000-000000000000"
ROLES = ("maker", "laboratory", "reviewer", "issuer", "administrator")
# What an address asks besides, where it needs something.
ASKED = {
    "parts.compare": "?part={part_id}&part={nothing}",
    "catalogue.compare": "?part={part_id}&part={nothing}",
    "protocols_api.difference": "?against=PAR-CPK@1",
    "calculators.acceleration": "?stress.temperature_c=125&stress.voltage_ratio=2&use.temperature_c=55"
    "&use.voltage_ratio=0.5",
    "calculators.planner": "?family=ic",
    "log.prove_inclusion": "?index=0",
    "log.prove_consistency": "?from=1",
    "public.protocol_changes": "?to=2",
}
PLACES = {
    "protocols_api.difference": {"name": "PAR-CPK@2"},
    "public.grade_curve": {"name": CURVES[0]},
    "open_data.file": {"name": "families.csv"},
    "public.grade_rule": {"clause": "R1"},
    "static": {"filename": "ratedparts.css"},
    "log_files.tile": {"place": "0/000.p/1"},
    "public.shadow_run": {"number": "run"},
    "public.shadow_differences": {"number": "run"},
    "shadow_runs.shadow_run": {"number": "run"},
    "shadow_runs.shadow_differences": {"number": "run"},
    "public.proficiency_round": {"number": "round"},
    "proficiency.proficiency_round": {"number": "round"},
}
WITH_A_FORM = {"public.check", "public.verify"}  # a form's token is in them: one visitor's own


@pytest.fixture(scope="module")
def world(databases: Any) -> Iterator[World]:
    """With a certificate, a shadow run, a proficiency round and open data; nothing here changes it."""
    found = databases.world("certified")
    found.facts["run"] = run(found, stricter()).number
    found.facts["round"] = publish(found).number
    found.installation.begin_rounds()
    found.run_jobs()
    yield found
    found.database.dispose()
    databases.forget(found.database.url)


@pytest.fixture(scope="module")
def programs(world: World) -> Iterator[Programs]:
    found = Programs(world)
    yield found
    found.app.extensions[EXTENSION].database.dispose()


def looked_at(app: Flask) -> dict[str, str]:
    """Endpoint → its address; of several, the first."""
    found: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            found.setdefault(rule.endpoint, rule.rule)
    return found


def address_of(world: World, endpoint: str, rule: str) -> str:
    values = {
        "part_id": str(world.facts["part_id"]),
        "number": world.facts["number"],
        "name": "MLCC-HTL@1",
        "identifier": "PAR-CPK",
        "rule_set_id": "CEG-2026.1",
        "day": day_of(world.clock.now).isoformat(),
        **PLACES.get(endpoint, {}),
    }
    values["number"] = world.facts.get(values["number"], values["number"])

    def filled(match: re.Match[str]) -> str:
        return values.get(match[1], NOTHING)

    address = re.sub(r"<(?:\w+:)?(\w+)>", filled, rule)
    return address + ASKED.get(endpoint, "").format(**values, nothing=NOTHING)


ENDPOINTS = sorted(name for name, keeping in DECIDED.items() if keeping is not Keeping.PRIVATE)


def test_every_route_has_a_decision_and_every_decision_a_route(programs: Programs) -> None:
    routes = looked_at(programs.app)
    assert [one for one in routes if keeping_of(one) is None] == [], "decide in web/keeping.py"
    assert set(DECIDED) - set(routes) == set()
    assert {one.partition(".")[0] for one in routes} >= PRIVATE_ROOMS - {"passwords", "uploads"}
    assert {one for one in DECIDED if one.partition(".")[0] in PRIVATE_ROOMS} == set()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_is_public_is_kept_as_was_decided(programs: Programs, world: World, endpoint: str) -> None:
    address = address_of(world, endpoint, looked_at(programs.app)[endpoint])
    anyone = programs.app.test_client(use_cookies=False)
    answers = [
        anyone.get(address, headers={"Accept-Language": one}, buffered=True) for one in ("zh-CN", "en")
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        said = answer.headers.get("Cache-Control")
        if endpoint in WITH_A_FORM:
            assert "session" in answer.headers["Set-Cookie"]
            assert said == "no-store"
            continue
        assert "Set-Cookie" not in answer.headers
        assert said == (FOR_EVER if DECIDED[endpoint] is Keeping.UNCHANGING else "no-cache")
        language = "zh-CN" if answer is answers[0] else "en"
        seen = {"If-None-Match": answer.headers["ETag"], "Accept-Language": language}
        same = anyone.get(address, headers=seen, buffered=True)
        assert (same.status_code, same.data) == (304, b"")
        for name in ("Cache-Control", "ETag", "Vary"):
            assert same.headers.get(name) == answer.headers.get(name)
    if endpoint in WITH_A_FORM:
        return
    vary = {one.strip() for one in answers[0].headers.get("Vary", "").split(",")} - {""}
    if answers[0].data != answers[1].data:
        assert vary >= {"Accept-Language", "Cookie"}
        assert DECIDED[endpoint] is not Keeping.UNCHANGING
    if DECIDED[endpoint] is Keeping.UNCHANGING:
        assert vary == set()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_language_chosen_in_a_cookie_is_answered_in_and_said(
    programs: Programs, world: World, endpoint: str
) -> None:
    address = address_of(world, endpoint, looked_at(programs.app)[endpoint])
    found = []
    for language in ("zh", "en"):
        client = programs.app.test_client()
        client.set_cookie("lang", language)
        with client.get(address, headers={"Accept-Language": "en"}) as answer:
            found.append((answer.data, answer.headers.get("Vary", ""), answer.headers["Cache-Control"]))
    if found[0][0] != found[1][0] and endpoint not in WITH_A_FORM:
        assert all("Cookie" in vary for _, vary, _ in found)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_is_asked_for_by_somebody_is_nobody_elses(
    programs: Programs, world: World, endpoint: str
) -> None:
    address = address_of(world, endpoint, looked_at(programs.app)[endpoint])
    if address.startswith(("/static/", "/log/")):
        pytest.skip("no session and no token is looked at there")
    client = programs.of("issuer") if address.startswith("/api/") else signed_in(programs, "issuer")
    with client.get(address) as answer:
        said = answer.headers["Cache-Control"]
        assert answer.status_code == 200
    if DECIDED[endpoint] is Keeping.UNCHANGING:
        assert said == FOR_EVER
    elif address.startswith("/api/"):
        assert said == "private, no-cache"
    else:
        assert said == "no-store"


def signed_in(programs: Programs, who: str) -> FlaskClient:
    client: FlaskClient = programs.app.test_client()
    page = client.get("/sign-in?lang=en").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    given = {"csrf_token": token, "email": f"{who}@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=given).status_code == 302
    return client


@pytest.mark.parametrize("who", [None, *ROLES])
def test_what_is_private_is_kept_by_nobody(programs: Programs, world: World, who: str | None) -> None:
    pages = programs.app.test_client() if who is None else signed_in(programs, who)
    interface = programs.app.test_client() if who is None else programs.of(who)
    seen = set()
    for endpoint, rule in looked_at(programs.app).items():
        if keeping_of(endpoint) is Keeping.PRIVATE:
            address = address_of(world, endpoint, rule)
            answer = (interface if rule.startswith("/api/") else pages).get(address)
            seen.add(answer.status_code)
            assert answer.headers["Cache-Control"] == "no-store", address
    assert 200 in seen


def test_refusals_and_redirections_are_kept_by_nobody(programs: Programs) -> None:
    anyone = programs.app.test_client()
    for address, status in (
        ("/certificates/CEG-AAAAA-AAAAA/credential.json", 404),
        ("/log/tile/0/000.p/2", 404),
        ("/api/v1/parts?sort=nothing", 422),
        ("/parts?sort=nothing", 422),
        ("/nowhere", 404),
        ("/maker", 308),
        ("/maker/", 302),
        ("/api/v1/own/parts", 401),
        ("/static/nowhere.css", 404),
        ("/static/nowhere.css?v=0123456789ab", 404),
    ):
        answer = anyone.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store"), address
    assert anyone.post("/api/v1/check?protocol=PAR-CPK@2").headers["Cache-Control"] == "no-store"


def test_a_message_after_a_form_is_kept_by_nobody(programs: Programs) -> None:
    client = programs.app.test_client()
    with client.session_transaction() as session:
        session["_flashes"] = [("good", "Yours alone.")]
    answer = client.get("/")
    assert "Yours alone." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_choice_of_language_is_for_the_one_who_chose(programs: Programs) -> None:
    answer = programs.app.test_client().get("/parts?lang=en")
    assert "lang=en" in answer.headers["Set-Cookie"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_style_and_scripts_are_named_by_what_they_hold(programs: Programs) -> None:
    anyone = programs.app.test_client()
    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', anyone.get("/").text))
    assert len(links) == 2
    for link in links:
        with anyone.get(link) as answer:
            assert answer.headers["Cache-Control"] == FOR_EVER
        with anyone.get(re.sub("v=.*", "v=0123456789ab", link)) as other:
            assert other.headers["Cache-Control"] == "no-cache"
            assert "Vary" not in other.headers


# --- what is said to be unchanging, and what is not


def take_back(world: World, verb: Any, reason: str = "laboratory_error") -> None:
    world.clock.now += timedelta(minutes=1)
    with world.work() as work:
        issuer, log = world.cast["issuer"], world.installation.log
        verb(work, issuer, log, world.facts["number"], reason=reason, password=PASSWORD)


def test_a_credential_and_a_tile_never_change_and_the_rest_of_a_certificate_does(certified: World) -> None:
    programs = Programs(certified)
    anyone = programs.app.test_client()
    number = certified.facts["number"]
    never = (f"/api/v1/certificates/{number}/credential", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1")
    may = (f"/certificates/{number}/certificate.pdf", f"/certificates/{number}/bundle.zip")
    before = {address: anyone.get(address) for address in (*never, *may)}
    take_back(certified, taking_back.suspend)
    certified.run_jobs()
    for address in never:
        assert anyone.get(address).data == before[address].data
    for address in may:
        tag = before[address].headers["ETag"]
        again = anyone.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["Cache-Control"]) == (200, "no-cache"), address
        assert again.headers["ETag"] != tag
    programs.app.extensions[EXTENSION].database.dispose()


def test_a_certificate_suspended_a_second_time_is_not_the_one_that_was_seen(certified: World) -> None:
    programs = Programs(certified)
    anyone = programs.app.test_client()
    address = f"/api/v1/certificates/{certified.facts['number']}"
    take_back(certified, taking_back.suspend)
    first = anyone.get(address)
    take_back(certified, taking_back.reinstate)
    take_back(certified, taking_back.suspend)
    again = anyone.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.get_json()["suspended_at"] != first.get_json()["suspended_at"]
    programs.app.extensions[EXTENSION].database.dispose()


# --- the tag of a search, made without looking for the answer


@pytest.fixture
def search(certified: World) -> Iterator[Search]:
    programs = Programs(certified)
    yield Search(programs.app.test_client())
    programs.app.extensions[EXTENSION].database.dispose()


class Search:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, address: str = "/api/v1/parts", tag: str = "") -> Any:
        return self.client.get(address, headers={"If-None-Match": tag} if tag else {})


def test_a_search_that_nothing_can_have_changed_is_not_answered_again(
    search: Search, certified: World
) -> None:
    first = search()
    assert first.headers["ETag"].startswith('W/"')
    certified.clock.now += timedelta(days=1)
    again = search(tag=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-cache"
    assert search("/api/v1/parts?facets=1", first.headers["ETag"]).status_code == 200


def changed(search: Search, tag: str, address: str = "/api/v1/parts") -> int:
    """The total of the answer, which must be a new one."""
    again = search(address, tag)
    assert again.status_code == 200
    assert again.headers["ETag"] != tag
    return len(again.get_json()["items"])


def test_a_publication_changes_the_tag(search: Search, certified: World) -> None:
    tag = search().headers["ETag"]
    with certified.work() as work:
        refresh(work, certified.library, certified.facts["part_id"])
    assert changed(search, tag) == 1


def test_a_suspension_changes_the_tag_before_any_job_has_run(search: Search, certified: World) -> None:
    tag = search().headers["ETag"]
    take_back(certified, taking_back.suspend)
    assert changed(search, tag) == 0
    tag = search().headers["ETag"]
    take_back(certified, taking_back.reinstate)
    assert changed(search, tag) == 1


def test_the_end_of_a_term_changes_the_tag_though_nothing_was_published(
    search: Search, certified: World
) -> None:
    (part,) = certified.find()
    assert part.valid_until is not None
    tag = search().headers["ETag"]
    certified.clock.now = part.valid_until - timedelta(microseconds=1)
    assert search(tag=tag).status_code == 304
    certified.clock.now = part.valid_until
    assert changed(search, tag) == 0


def test_a_term_that_ends_before_the_day_asked_for_changes_the_tag(search: Search, certified: World) -> None:
    (part,) = certified.find()
    assert part.valid_until is not None
    address = "/api/v1/parts?valid_for_days=100"
    tag = search(address).headers["ETag"]
    certified.clock.now = part.valid_until - timedelta(days=100)
    assert changed(search, tag, address) == 0
