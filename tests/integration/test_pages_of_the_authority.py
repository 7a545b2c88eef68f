"""Reviewer, parties and issuer go through their pages, as people: forms are filled in and sent."""

import re
import uuid
from datetime import timedelta

import pytest

from ratedparts.app import create_app
from ratedparts.evidence.service import evidence_of_part, withdraw_evidence
from ratedparts.organisations import signing_in

from .test_applications import invited
from .world import PASSWORD


@pytest.fixture
def at(certified):
    """Who → a client that is signed in."""
    app = create_app(certified.installation.settings, certified.clock)
    app.config["WTF_CSRF_ENABLED"] = False

    def sign_in(name):
        client = app.test_client()
        answer = client.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        assert answer.status_code == 302
        return client

    yield sign_in
    app.extensions["ratedparts"].database.dispose()


def followed(client, path, **form):
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, re.findall(r'class="wrong">([^<]+)', answer.text)
    return answer.text


def applied_again(world):
    world.clock.now += timedelta(days=1)
    world.new_evidence()
    return world.apply()


def test_a_question_is_asked_answered_and_judged_and_the_certificate_issued(certified, at):
    review_id = applied_again(certified)
    reviewer, laboratory, issuer = at("reviewer"), at("laboratory"), at("issuer")
    assert str(review_id) in reviewer.get("/reviews/").text
    of = certified.cast["laboratory"].organisation_id
    followed(reviewer, f"/reviews/{review_id}/question", organisation_id=of, question="Which chamber?")
    assert f"/questions/{review_id}" in laboratory.get("/questions/").text
    assert "Which chamber?" in laboratory.get(f"/questions/{review_id}").text
    followed(laboratory, f"/questions/{review_id}", statement="Chamber 4.")
    assert "Chamber 4." in reviewer.get(f"/reviews/{review_id}").text
    followed(reviewer, f"/reviews/{review_id}", verdict="approved", statement="", password=PASSWORD)
    assert "Chamber 4." in issuer.get(f"/issuing/{review_id}").text
    assert "CEG-" in followed(issuer, f"/issuing/{review_id}", password=PASSWORD)


def test_a_refusal_is_appealed_against_by_the_maker(certified, at):
    review_id = applied_again(certified)
    part = f"/maker/parts/{certified.facts['part_id']}"
    maker, reviewer = at("maker"), at("reviewer")
    assert f"{review_id}/judgement.json" not in maker.get(part).text, "nobody has judged yet"
    followed(reviewer, f"/reviews/{review_id}", verdict="refused", statement="Lots?", password=PASSWORD)
    assert f"{review_id}/judgement.json" in maker.get(part).text
    assert maker.get(f"/maker/applications/{review_id}/judgement.json").json["proof"]
    assert maker.get(f"/maker/applications/{review_id}/appeal").status_code == 200
    followed(maker, f"/maker/applications/{review_id}/appeal", grounds="They are in annex A.")
    assert "They are in annex A." in maker.get(part).text


@pytest.mark.parametrize("verb", ["suspend", "revoke"])
def test_a_certificate_is_taken_back_and_the_list_says_so(certified, at, verb):
    number, issuer = certified.facts["number"], at("issuer")
    path = f"/issuing/certificates/{number}/{verb}"
    assert issuer.get(path).status_code == 200
    assert issuer.post(path, data={"reason": "", "password": PASSWORD}).status_code == 422
    followed(issuer, path, reason="A test.", password=PASSWORD)
    certified.run_jobs()
    assert number in issuer.get("/status").text


def test_what_counts_no_more_is_told_to_reviewer_and_maker(certified, at):
    with certified.work() as work:
        (one, plan), *_ = evidence_of_part(work, certified.facts["part_id"])
        withdraw_evidence(work, [one], uuid.uuid4(), "the chamber was too cold")
        number = plan.number
    review_id = certified.facts["review_id"]
    reviewer = at("reviewer")
    page = reviewer.get(f"/reviews/{review_id}").text
    assert number in page
    assert "the chamber was too cold" in page
    assert "the chamber was too cold" in at("maker").get(f"/maker/parts/{certified.facts['part_id']}").text
    with certified.work() as work:
        token = signing_in.create_access_token(work, certified.cast["reviewer"], "test")
    told = reviewer.get(f"/api/v1/reviews/{review_id}", headers={"Authorization": f"Bearer {token}"}).json
    assert [line["plan_id"] for line in told["withdrawn_evidence"]] == [number]
    assert number not in [line["plan_id"] for line in told["evidence"]]


def test_a_cause_is_looked_at_proposed_and_confirmed_by_another(certified, at):
    invited(certified, "issuer2", "issuer", of="issuer")
    first, second = at("issuer"), at("issuer2")
    assert first.get("/issuing/cases").status_code == 200
    assert first.get("/issuing/cases/new").status_code == 200
    laboratory = str(certified.cast["laboratory"].organisation_id)
    subject = {"cause": "instrument", "laboratory_id": laboratory, "instrument_id": "INSTRUMENT-1"}
    assert first.get("/issuing/cases/new", query_string={"cause": "instrument"}).status_code == 200
    for cause in ("laboratory", "protocol", "key", "engine"):
        assert first.get("/issuing/cases/new", query_string={"cause": cause}).status_code == 200
    seen = followed(first, "/issuing/cases/new", **subject, action="suspend", reason="Drift.", propose="")
    assert certified.facts["number"] in seen
    followed(first, "/issuing/cases/new", **subject, action="suspend", reason="Drift.", propose="yes")
    case = re.search(r"/issuing/cases/[0-9a-f-]{36}", second.get("/issuing/cases").text).group(0)
    assert first.post(case, data={"decision": "confirm", "password": PASSWORD}).status_code in (403, 422)
    followed(second, case, decision="confirm", password=PASSWORD)
    assert "Drift." in at("issuer").get(f"/certificates/{certified.facts['number']}").text
