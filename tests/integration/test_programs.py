"""What programs lean on: examples that run, tokens that are limited, keys, conditions, pages of lists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ratedparts.organisations.models import RepeatableRequest
from ratedparts.submissions.models import Series
from ratedparts.web.pages.programs import EXAMPLES, example_text
from tests.integration.programs import Programs, count, series
from tests.integration.world import MEASURED, PASSWORD
from tests.served import Site

BEFORE_A_TEST = ("preview", "planner", "acceleration", "forgotten")

# --- the examples of the page


@pytest.fixture
def surroundings(site: Site, tmp_path: Path) -> dict[str, str]:
    """What the examples ask of their environment."""
    world = site.world
    world.facts["part_id"] = world.register_part(f"EX-{tmp_path.name[-20:].upper()}")
    plan = world.register_plan(units=2)
    file = tmp_path / "results.csv"
    file.write_bytes(world.example("PAR-CPK", plan, 6))
    world.clock.now = MEASURED
    return {
        "PATH": os.environ["PATH"],
        "SERVER": site.address,
        "EMAIL": "laboratory@example.org",
        "PASSWORD": PASSWORD,
        "PLAN": plan,
        "PROTOCOL": "PAR-CPK@2",
        "FILE": str(file),
    }


def run(name: str, surroundings: dict[str, str], before: str = "") -> subprocess.CompletedProcess[str]:
    program = example_text(name)
    command = (
        ["sh", "-e", "-c", before + program] if name.endswith(".sh") else [sys.executable, "-c", program]
    )
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, timeout=60)


def test_the_examples_of_the_page_run_as_they_stand_there(surroundings: dict[str, str]) -> None:
    checked = run("check.sh", surroundings)
    assert json.loads(checked.stdout)["accepted"], checked.stdout + checked.stderr
    token = run("token.sh", surroundings, before="set -u\n")
    assert (token.returncode, token.stderr) == (0, "")
    shown = subprocess.run(
        ["sh", "-e", "-c", example_text("token.sh") + 'printf "%s" "$RATEDPARTS_TOKEN"'],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    surroundings["RATEDPARTS_TOKEN"] = shown
    handed_in = run("hand_in.sh", surroundings)
    number = json.loads(handed_in.stdout)["id"]
    waited = run("hand_in.py", surroundings)
    assert waited.returncode == 0, waited.stdout + waited.stderr
    assert waited.stdout.startswith(f"{number} evaluated U-INSUFFICIENT")
    taken = run("open_data.py", surroundings)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "\nfamilies " in taken.stdout
    found = run("find.py", surroundings)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_examples_without_an_account_run_as_they_stand_there(surroundings: dict[str, str]) -> None:
    told = {name: json.loads(run(f"{name}.sh", surroundings).stdout) for name in BEFORE_A_TEST}
    assert told["preview"]["preview"]["grade"]["could_reach"] == "C"
    assert told["planner"]["plan"]["units"] == 231
    assert told["acceleration"]["hours_at_use"] > 1000
    assert told["forgotten"] == {"link_works_minutes": 60}
    read = run("protocols.py", surroundings)
    assert (read.returncode, read.stderr) == (0, "")
    assert "    open | Relative change of: Resistance above 100 % | all parts" in read.stdout.splitlines()


def test_every_example_is_run() -> None:
    run_elsewhere = {
        "check.sh",
        "token.sh",
        "hand_in.sh",
        "hand_in.py",
        "find.py",
        "protocols.py",
        "open_data.py",
    }
    assert set(EXAMPLES) == run_elsewhere | {f"{name}.sh" for name in BEFORE_A_TEST}


def test_every_example_is_on_the_page_and_no_other(programs: Programs) -> None:
    page = programs.app.test_client().get("/programs")
    assert page.status_code == 200
    for name in EXAMPLES:
        assert (
            example_text(name).splitlines()[0][:40].replace('"', "&#34;").replace("'", "&#39;") in page.text
        )


# --- tokens


def test_a_token_for_looking_changes_nothing(programs: Programs) -> None:
    reader = programs.of("maker", scopes=["read"])
    assert reader.get("/api/v1/own/parts").status_code == 200
    refused = reader.post("/api/v1/series", json=series("S"))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "token_scope")
    writer = programs.of("maker", scopes=["maker"])
    assert writer.post("/api/v1/series", json=series("S")).status_code == 201
    assert writer.get("/api/v1/series").status_code == 200


def test_a_token_ends_on_its_day_and_tells_when_it_was_used(programs: Programs) -> None:
    client = programs.of("maker", scopes=["read"], days=30)
    first = client.get("/api/v1/tokens").get_json()[0]
    assert (first["scopes"], first["last_used_at"]) == (["read"], programs.world.clock.now.isoformat())
    programs.world.clock.now += timedelta(minutes=59)
    assert client.get("/api/v1/tokens").get_json()[0]["last_used_at"] == first["last_used_at"]
    programs.world.clock.now += timedelta(minutes=2)
    assert client.get("/api/v1/tokens").get_json()[0]["last_used_at"] > first["last_used_at"]
    programs.world.clock.now += timedelta(days=30)
    assert client.get("/api/v1/tokens").status_code == 401


@pytest.mark.parametrize(
    "limits", [{"scopes": []}, {"scopes": ["root"]}, {"days": 0}, {"days": 10**6}, {"scopes": [""]}]
)
def test_a_token_with_impossible_limits_is_refused(programs: Programs, limits: dict[str, Any]) -> None:
    given = {"email": "maker@example.org", "password": PASSWORD, **limits}
    answer = programs.app.test_client().post("/api/v1/tokens", json=given)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "form_refused")


def test_a_token_is_withdrawn_by_its_owner_alone(programs: Programs) -> None:
    mine, other = programs.of("maker"), programs.of("other_maker")
    token_id = mine.get("/api/v1/tokens").get_json()[0]["id"]
    assert other.delete(f"/api/v1/tokens/{token_id}").status_code == 404
    assert mine.delete(f"/api/v1/tokens/{token_id}").status_code == 204
    assert mine.get("/api/v1/tokens").status_code == 401


# --- keys of repeated requests


def test_a_request_sent_again_under_its_key_is_carried_out_once(programs: Programs) -> None:
    client = programs.of("maker")
    before = count(programs.world, Series)
    answers = [
        client.post("/api/v1/series", json=series("twice"), headers={"Idempotency-Key": "k1"}) for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert count(programs.world, Series) == before + 1
    other = client.post("/api/v1/series", json=series("other"), headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")
    another_person = programs.of("other_maker")
    theirs = another_person.post("/api/v1/series", json=series("twice"), headers={"Idempotency-Key": "k1"})
    assert theirs.status_code == 201


def test_a_refusal_takes_no_key_and_a_kept_refusal_is_told_again(programs: Programs) -> None:
    client = programs.of("maker")
    key = {"Idempotency-Key": "k2"}
    wrong = client.post("/api/v1/series", json=series("") | {"family": "none"}, headers=key)
    assert wrong.status_code == 422
    assert client.post("/api/v1/series", json=series("right"), headers=key).status_code == 201
    world = programs.world
    plan = world.register_plan(units=2)
    content = world.example("PAR-CPK", plan, 6).replace(b",nF,", b",mF,", 1)
    laboratory = programs.of("laboratory")
    path = f"/api/v1/plans/{plan}/results"
    refusals = [
        laboratory.post(path, data=content, content_type="text/csv", headers={"Idempotency-Key": "k3"})
        for _ in "ab"
    ]
    assert [answer.status_code for answer in refusals] == [422, 422]
    assert refusals[0].get_json()["id"] == refusals[1].get_json()["id"]
    handed_in = laboratory.get(f"/api/v1/plans/{plan}/submissions").get_json()["items"]
    assert [one["state"] for one in handed_in] == ["refused"]


def test_a_request_whose_answer_was_lost_is_not_carried_out_again(programs: Programs) -> None:
    client = programs.of("maker")
    key = {"Idempotency-Key": "k4"}
    client.post("/api/v1/series", json=series("lost"), headers=key)
    with programs.world.work() as work:
        work.session.scalars(select(RepeatableRequest)).one().answer = None  # killed before it was noted
    again = client.post("/api/v1/series", json=series("lost"), headers=key)
    assert (again.status_code, again.get_json()["code"]) == (409, "idempotency_key_in_use")
    assert again.headers["Retry-After"] == "1", "it may be on its way"
    programs.world.clock.now += timedelta(seconds=61)
    late = client.post("/api/v1/series", json=series("lost"), headers=key)
    assert (late.status_code, late.get_json()["code"]) == (409, "idempotency_answer_lost")


def test_a_key_is_free_again_after_a_week(programs: Programs) -> None:
    client = programs.of("maker")
    key = {"Idempotency-Key": "k5"}
    assert client.post("/api/v1/series", json=series("one"), headers=key).status_code == 201
    programs.world.clock.now += timedelta(days=8)
    assert client.post("/api/v1/series", json=series("two"), headers=key).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 129, "schlüssel"])
def test_an_odd_key_is_refused(programs: Programs, key: str) -> None:
    answer = programs.of("maker").post(
        "/api/v1/series", json=series("odd"), headers={"Idempotency-Key": key.encode().decode("latin-1")}
    )
    assert answer.status_code == 422


# --- conditions


def test_a_judgement_says_what_it_saw(programs: Programs) -> None:
    world = programs.world
    applied = programs.of("maker").post(f"/api/v1/own/parts/{world.facts['part_id']}/applications")
    assert applied.status_code == 201
    reviewer = programs.of("reviewer")
    waiting = reviewer.get("/api/v1/reviews").get_json()["items"]
    assert [one["id"] for one in waiting] == [applied.get_json()["id"]]
    path = f"/api/v1/reviews/{waiting[0]['id']}"
    seen = reviewer.get(path)
    assert len(seen.get_json()["evidence"]) == 5
    given = {"verdict": "approved", "password": PASSWORD}
    blind = reviewer.post(f"{path}/judgement", json=given)
    assert (blind.status_code, blind.get_json()["code"]) == (428, "condition_missing")
    other = reviewer.post(f"{path}/judgement", json=given, headers={"If-Match": '"other"'})
    assert (other.status_code, other.get_json()["code"]) == (412, "changed_meanwhile")
    anything = reviewer.post(f"{path}/judgement", json=given, headers={"If-Match": "*"})
    assert (anything.status_code, anything.get_json()["code"]) == (428, "condition_missing")
    tag = {"If-Match": seen.headers["ETag"]}
    assert reviewer.post(f"{path}/judgement", json=given, headers=tag).status_code == 200
    late = reviewer.post(f"{path}/judgement", json=given, headers=tag)
    assert late.status_code == 412, "the loser sees that somebody was first"

    issuer = programs.of("issuer")
    now = {"If-Match": issuer.get(path).headers["ETag"]}
    issued = issuer.post(f"{path}/certificate", json={"password": PASSWORD}, headers=now)
    assert issued.status_code == 201
    number = issued.get_json()["number"]
    certificate = issuer.get(f"/api/v1/certificates/{number}")
    revoke = {"reason": "a wrong dielectric was delivered", "password": PASSWORD}
    place = f"/api/v1/certificates/{number}/revocation"
    assert issuer.post(place, json=revoke).status_code == 428
    tag = {"If-Match": certificate.headers["ETag"]}
    assert issuer.post(place, json=revoke, headers=tag).status_code == 200
    assert issuer.post(place, json=revoke, headers=tag).status_code == 412
    assert issuer.get(f"/api/v1/certificates/{number}").get_json()["status"] == "revoked"


def test_a_role_ends_once(programs: Programs) -> None:
    administrator = programs.of("administrator")
    people = {one["email"]: one for one in administrator.get("/api/v1/people").get_json()}
    role = people["other_maker@example.org"]["roles"][0]
    tag = {"If-Match": administrator.get(f"/api/v1/roles/{role['id']}").headers["ETag"]}
    assert administrator.delete(f"/api/v1/roles/{role['id']}").status_code == 428
    assert administrator.delete(f"/api/v1/roles/{role['id']}", headers=tag).status_code == 204
    assert administrator.delete(f"/api/v1/roles/{role['id']}", headers=tag).status_code == 404


# --- the register, and pages of lists


def test_an_administrator_registers_invites_and_accredits(programs: Programs) -> None:
    administrator = programs.of("administrator")
    laboratory = administrator.post(
        "/api/v1/organisations", json={"kind": "laboratory", "name_en": "Third", "name_zh": "第三实验室"}
    ).get_json()
    person = {
        "email": "new@example.org",
        "name": "New",
        "organisation_id": laboratory["id"],
        "roles": ["laboratory"],
    }
    assert administrator.post("/api/v1/people", json=person).status_code == 201
    scope = {
        "protocol_id": "MLCC-HTL",
        "accreditation": "CNAS L0001",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
    }
    place = f"/api/v1/laboratories/{laboratory['id']}/scopes"
    assert administrator.post(place, json=scope).status_code == 201
    told = programs.app.test_client().get(place).get_json()
    assert [{name: one[name] for name in scope} for one in told] == [scope]
    letters = list(programs.world.installation.settings.outbox.iterdir())
    assert any("new@example.org" in letter.read_text(encoding="utf-8") for letter in letters)
    assert administrator.get("/api/v1/audit").get_json()[0]["verb"] == "register_scope"
    assert administrator.get("/api/v1/failed-jobs").get_json() == []


def test_a_list_is_walked_page_by_page_whatever_comes_in_between(programs: Programs) -> None:
    world, client = programs.world, programs.of("maker")
    for index in range(5):
        world.clock.now += timedelta(seconds=1)
        world.register_part(f"EX-PAGE-{index}")
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = client.get(f"/api/v1/own/parts?limit=2&cursor={cursor}").get_json()
        seen += [part["part_number"] for part in page["items"]]
        cursor = page["next"]
        world.clock.now += timedelta(seconds=1)
        world.register_part(f"EX-LATER-{len(seen)}")
    assert seen == [*(f"EX-PAGE-{index}" for index in range(4, -1, -1)), "EX-0603X7R104K"]
    assert client.get("/api/v1/own/parts?cursor=odd").get_json()["code"] == "query_refused"
    one = client.get(f"/api/v1/own/parts/{world.facts['part_id']}").get_json()
    assert (one["grade"], len(one["plans"])) == ("A+", 5)


def test_a_person_signs_out_everywhere(programs: Programs) -> None:
    first, second = programs.app.test_client(), programs.app.test_client()
    programs.app.config["WTF_CSRF_ENABLED"] = False
    for client in (first, second):
        client.post("/sign-in", data={"email": "maker@example.org", "password": PASSWORD})
        assert client.get("/maker/").status_code == 200
    assert "2" in second.get("/profile").text
    second.post("/sign-out-everywhere")
    assert [client.get("/maker/").status_code for client in (first, second)] == [302, 302]


def test_guessing_the_password_at_a_signature_is_stopped_by_person(programs: Programs) -> None:
    world = programs.world
    programs.of("maker").post(f"/api/v1/own/parts/{world.facts['part_id']}/applications")
    reviewer = programs.of("reviewer")
    review_id = reviewer.get("/api/v1/reviews").get_json()["items"][0]["id"]
    path = f"/api/v1/reviews/{review_id}"
    tag = {"If-Match": reviewer.get(path).headers["ETag"]}
    codes = [
        reviewer.post(
            f"{path}/judgement", json={"verdict": "approved", "password": guess}, headers=tag
        ).get_json()["code"]
        for guess in [*(f"guess {number}" for number in range(8)), PASSWORD]
    ]
    assert codes == ["password_wrong"] * 8 + ["too_many_failures"]
    world.clock.now += timedelta(minutes=16)
    right = {"verdict": "approved", "password": PASSWORD}
    assert reviewer.post(f"{path}/judgement", json=right, headers=tag).status_code == 200
