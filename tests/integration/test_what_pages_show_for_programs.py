"""What the pages of people and of the public show, as programs have it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from ratedparts.audit.models import AuditLine
from ratedparts.organisations import signing_in
from ratedparts.submissions.change_notices import register_change_notice
from ratedparts.submissions.models import Series, Submission
from ratedparts.submissions.withdrawals import withdraw_plan
from tests.integration.test_programs import Programs, count
from tests.integration.world import MEASURED, PASSWORD, World


@pytest.fixture
def programs(certified: World) -> Iterator[Programs]:
    found = Programs(certified)
    yield found
    found.app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def anyone(programs: Programs) -> FlaskClient:
    return programs.app.test_client()


# --- the public


def test_a_rated_part_is_told_with_its_reasons_and_its_certificate(
    programs: Programs, anyone: FlaskClient
) -> None:
    facts = programs.world.facts
    told = anyone.get(f"/api/v1/parts/{facts['part_id']}", headers={"Accept-Language": "en"}).get_json()
    page = anyone.get(f"/parts/{facts['part_id']}?lang=en").text
    assert (told["kind"], told["certificate_number"]) == ("rated", facts["number"])
    assert [(one["number"], one["status"]) for one in told["certificates"]] == [(facts["number"], "valid")]
    assert told["part_number"] in page
    assert told["maker_en"] in page
    assert told["subject"]["number"] == facts["number"]
    assert f">{told['grade']}<" in page
    rules = re.findall(r'<li class="(?:un)?met" data-code="([^"]+)">', page)
    assert sorted(rules) == sorted(one["code"] for one in told["reasons"])
    met = [one["met"] for one in told["reasons"]]
    assert met == sorted(met)
    for plot in told["plots"]:
        assert plot["summary"] in page
        drawn = anyone.get(plot["image"])
        assert (drawn.mimetype, drawn.data[:4]) == ("image/svg+xml", b"<svg")
    assert told["plots"]
    tag = {"If-None-Match": drawn.headers["ETag"]}
    assert anyone.get(plot["image"], headers=tag).status_code == 304


def test_a_part_whose_certificate_was_revoked_is_only_history(
    programs: Programs, anyone: FlaskClient
) -> None:
    facts, issuer = programs.world.facts, programs.of("issuer")
    address = f"/api/v1/certificates/{facts['number']}"
    signed = {"reason": "the oven was 5 K too cold", "password": PASSWORD}
    tag = {"If-Match": anyone.get(address).headers["ETag"]}
    assert issuer.post(f"{address}/revocation", json=signed, headers=tag).status_code == 200
    programs.world.run_jobs()
    told = anyone.get(f"/api/v1/parts/{facts['part_id']}").get_json()
    assert (told["kind"], told["grade"], told["subject"]) == ("history", None, None)
    assert told["certificates"][0]["revocation_reason"] == "the oven was 5 K too cold"
    assert (told["reasons"], told["plots"]) == ([], [])
    assert anyone.get(f"/api/v1/parts/{facts['part_id']}/plot").status_code == 404


def test_what_was_never_public_is_not_there(programs: Programs, anyone: FlaskClient) -> None:
    for part_id in (uuid.uuid4(), programs.world.register_part("EX-SECRET-1")):
        for address in (f"/api/v1/parts/{part_id}", f"/api/v1/parts/{part_id}/plot", f"/parts/{part_id}"):
            assert anyone.get(address).status_code == 404
    facts = programs.world.facts
    assert anyone.get(f"/api/v1/parts/{facts['part_id']}/plot?sample=99").status_code == 404


def test_the_square_of_a_certificate(programs: Programs, anyone: FlaskClient) -> None:
    number = programs.world.facts["number"]
    square = anyone.get(f"/api/v1/certificates/{number}/qr")
    assert square.data == anyone.get(f"/certificates/{number}/qr.svg").data
    assert square.mimetype == "image/svg+xml"


# --- accounts


def test_a_profile_has_roles_and_browsers_and_all_can_be_signed_out(programs: Programs) -> None:
    with programs.world.work() as work:
        session = signing_in.sign_in(work, email="maker@example.org", password=PASSWORD)
    assert session
    maker = programs.of("maker")
    told = maker.get("/api/v1/profile").get_json()
    assert (told["email"], [role["name"] for role in told["roles"]]) == ("maker@example.org", ["maker"])
    assert told["roles"][0]["organisation_en"] == "Ceramics"
    assert len(told["sign_ins"]) == 1
    assert maker.delete("/api/v1/sign-ins").status_code == 204
    with programs.world.reading() as work:
        assert signing_in.who(work, session) is None
    assert maker.get("/api/v1/profile").get_json()["sign_ins"] == [], "tokens of programs stay"
    reader = programs.of("maker", scopes=["read"])
    assert reader.delete("/api/v1/sign-ins").status_code == 403
    assert programs.app.test_client().get("/api/v1/profile").status_code == 401


# --- a laboratory before it hands in


@pytest.fixture
def plan(programs: Programs) -> str:
    world = programs.world
    world.facts["part_id"] = world.register_part("EX-SHEET-1")
    number = world.register_plan(units=2)
    world.clock.now = max(world.clock.now, MEASURED)
    return number


def test_the_sheet_of_a_plan_is_the_grid_before_anybody_typed(programs: Programs, plan: str) -> None:
    sheet = programs.of("laboratory").get(f"/api/v1/plans/{plan}/sheet").get_json()
    assert sheet["rows_planned"] == len(sheet["rows"]) > 2
    first = dict(zip(sheet["columns"], sheet["rows"][0], strict=True))
    assert (first["plan_id"], first["lot_code"], first["unit_id"]) == (plan, "L1", "L1-001")
    for who in ("other_laboratory", "maker"):
        assert programs.of(who).get(f"/api/v1/plans/{plan}/sheet").status_code == 404


def test_a_file_is_checked_against_its_plan_and_nothing_is_kept(programs: Programs, plan: str) -> None:
    laboratory, content = programs.of("laboratory"), programs.world.example("PAR-CPK", plan, 6)

    def check(sent: bytes) -> Any:
        return laboratory.post(f"/api/v1/plans/{plan}/check", data=sent, content_type="text/csv")

    before = count(programs.world, Submission)
    whole = check(content).get_json()
    assert (whole["accepted"], whole["not_checked"], whole["missing_units"]) == (True, [], {})
    assert whole["preview"]["total"]["units"] == whole["units"] > 0
    other_plan = check(content.replace(plan.encode(), b"P-2026-999999"))
    assert other_plan.status_code == 422
    assert {one["column"] for one in other_plan.get_json()["errors"]} == {"plan_id"}
    # The last unit of the last lot was never measured.
    lines = content.splitlines(keepends=True)
    unit = lines[-1].split(b",")[2]
    fewer = check(b"".join(line for line in lines if unit not in line)).get_json()
    assert sum(fewer["missing_units"].values()) == 1
    assert count(programs.world, Submission) == before
    assert programs.of("maker").post(f"/api/v1/plans/{plan}/check", data=content).status_code == 404


# --- makers and the authority


def test_a_maker_sees_which_plan_was_taken_back(programs: Programs, plan: str) -> None:
    world, maker = programs.world, programs.world.cast["maker"]
    part_id = world.facts["part_id"]
    with world.work() as work:
        withdraw_plan(work, maker, plan, reason="a socket burnt")
    (listed,) = programs.of("maker").get(f"/api/v1/own/parts/{part_id}").get_json()["plans"]
    assert (listed["id"], listed["withdrawal"]["reason"]) == (plan, "a socket burnt")


def test_a_maker_sees_the_certificates_of_a_part(programs: Programs) -> None:
    facts = programs.world.facts
    own = programs.of("maker").get(f"/api/v1/own/parts/{facts['part_id']}").get_json()
    assert [(one["number"], one["status"]) for one in own["certificates"]] == [(facts["number"], "valid")]
    assert {plan["withdrawal"] for plan in own["plans"]} == {None}


def test_the_issuer_sees_every_certificate_and_the_reviewer_the_changes(programs: Programs) -> None:
    world = programs.world
    (listed,) = programs.of("issuer").get("/api/v1/certificates").get_json()["items"]
    assert (listed["number"], listed["status"]) == (world.facts["number"], "valid")
    assert programs.of("maker").get("/api/v1/certificates").status_code == 404
    withdrawn = world.register_plan(units=2)
    with world.work() as work:
        series_id = work.session.scalars(select(Series.id)).one()
        day = world.clock.now.date()
        register_change_notice(
            work, world.cast["maker"], series_id=series_id, effective_on=day, change="new electrode"
        )
        withdraw_plan(work, world.cast["maker"], withdrawn, reason="a socket burnt")
    review = programs.of("reviewer").get(f"/api/v1/reviews/{listed['review_id']}").get_json()
    assert [one["change"] for one in review["change_notices"]] == ["new electrode"]
    assert [one["reason"] for one in review["withdrawn_plans"]] == ["a socket burnt"]


def test_the_administrator_learns_whether_the_audit_chain_holds(programs: Programs) -> None:
    administrator, world = programs.of("administrator"), programs.world
    told = administrator.get("/api/v1/audit/chain").get_json()
    assert told == {"lines": count(world, AuditLine), "first_broken": None}
    assert programs.of("maker").get("/api/v1/audit/chain").status_code == 404
    if world.database.engine.dialect.name == "sqlite":
        with world.database.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER audit_line_no_update"))
            connection.execute(text("UPDATE audit_line SET verb = 'nothing' WHERE sequence = 3"))
        assert administrator.get("/api/v1/audit/chain").get_json()["first_broken"] == 3
