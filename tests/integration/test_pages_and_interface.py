"""Every page and every route of the interface, walked as anyone, as the wrong role and as the right one."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.organisations import signing_in
from tests.integration.world import PASSWORD, World

PUBLIC = [
    "/",
    "/parts",
    "/verify",
    "/check",
    "/protocols",
    "/protocols/MLCC-HTL@1",
    "/grades",
    "/grades/rules",
    "/grades/rules/R7",
    "/keys",
    "/programs",
    "/sign-in",
    "/forgotten",
]
OWN = {
    "maker": ["/maker/", "/maker/series/new", "/profile"],
    "laboratory": ["/laboratory/", "/laboratory/instruments"],
    "reviewer": ["/reviews/"],
    "issuer": ["/issuing/"],
    "administrator": [
        "/administration/",
        "/administration/organisations/new",
        "/administration/people/new",
        "/administration/audit",
    ],
}


@pytest.fixture
def app(certified: World) -> Any:
    app = create_app(certified.installation.settings, certified.clock)
    yield app
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def anyone(app: Any) -> FlaskClient:
    return app.test_client()


def signed_in(app: Any, name: str) -> FlaskClient:
    client = app.test_client()
    page = client.get("/sign-in")
    answer = client.post(
        "/sign-in",
        data={"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": forged_proof(page)},
    )
    assert answer.status_code == 302
    return client


def forged_proof(page: Any) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)


def token(world: World, name: str) -> dict[str, str]:
    with world.work() as work:
        return {"Authorization": f"Bearer {signing_in.create_access_token(work, world.cast[name], 'test')}"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_public_page_answers_in_both_languages(anyone, certified, language):
    number, part_id = certified.facts["number"], certified.facts["part_id"]
    for path in [*PUBLIC, f"/parts/{part_id}", f"/certificates/{number}"]:
        answer = anyone.get(path, query_string={"lang": language})
        assert answer.status_code == 200, path
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r'(src|href)="https?://(?!www\.w3\.org)', answer.text), path


def test_every_role_sees_its_own_pages_and_no_other_roles(app):
    clients = {name: signed_in(app, name) for name in OWN}
    for name, client in clients.items():
        for owner, paths in OWN.items():
            for path in paths:
                expected = 200 if owner == name or path == "/profile" else 404
                assert client.get(path).status_code == expected, (name, path)


def test_what_is_not_public_asks_a_stranger_to_sign_in(app, anyone):
    for rule in app.url_map.iter_rules():
        private = rule.endpoint.split(".")[0] in OWN and "GET" in rule.methods
        if private:
            values = {
                name: uuid.uuid4() if "uuid" in str(kind) else "X" for name, kind in rule._converters.items()
            }
            values = {name: uuid.uuid4() if name.endswith("_id") else "X" for name in values}
            _, path = rule.build(values)
            answer = anyone.get(path)
            assert answer.status_code == 302, path
            assert "/sign-in" in answer.location


def test_no_form_is_taken_without_its_token(app):
    client = signed_in(app, "maker")
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and not rule.rule.startswith("/api/"):
            values = {name: uuid.uuid4() if name.endswith("_id") else "X" for name in rule.arguments}
            _, path = rule.build(values)
            assert client.post(path, data={"any": "thing"}).status_code == 400, path


def test_another_makers_things_do_not_exist(app, certified):
    stranger = signed_in(app, "other_maker")
    part_id = certified.facts["part_id"]
    for path in (f"/maker/parts/{part_id}", f"/maker/parts/{part_id}/plans/new"):
        assert stranger.get(path).status_code == 404
    headers = token(certified, "other_maker")
    for number in certified.facts["plans"].values():
        theirs = stranger.get(f"/api/v1/plans/{number}", headers=headers)
        nobodys = stranger.get("/api/v1/plans/PLAN-NONE", headers=headers)
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert theirs.json["code"] == nobodys.json["code"]


def test_the_interface_describes_itself_and_answers_in_problem_documents(anyone):
    described = anyone.get("/api/v1/openapi.json").json
    assert described["openapi"] == "3.1.0"
    for path in ("/parts", "/plans", "/check", "/certificates/{number}", "/certificates/verify", "/keys"):
        assert f"/api/v1{path}" in described["paths"]
    for path in ("/api/v1/nothing", "/api/v1/certificates/CEG-NONE"):
        answer = anyone.get(path)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        assert answer.json["code"]


@pytest.mark.parametrize("path", ["/api/v1/parts", "/api/v1/plans", "/api/v1/plans/X/results"])
def test_the_interface_registers_nothing_for_a_stranger(anyone, path):
    body = {"content_type": "application/json", "data": "{}"}
    assert anyone.post(path, **body).status_code in (401, 422)
    wrong = {"Authorization": "Bearer rpt_of-nobody"}
    assert anyone.post(path, headers=wrong, **body).status_code == 401


def test_the_whole_registration_works_over_the_interface(anyone, certified):
    maker = token(certified, "maker")
    laboratory_id = next(
        one["id"] for one in anyone.get("/api/v1/laboratories").json if one["name_en"] == "Laboratory"
    )
    part = anyone.post(
        "/api/v1/parts",
        headers=maker,
        json={
            "part_number": "API-0603",
            "family": "mlcc_class2",
            "series": "API",
            "similarity": "one body",
            "attributes": {
                "capacitance_nf": 100,
                "rated_voltage_v": 50,
                "dielectric": "X7R",
                "upper_category_temperature_c": 125,
            },
            "limits": {"cap_nF": [90, 110]},
            "use_condition": "UC-A",
        },
    )
    assert part.status_code == 201, part.text
    plan = anyone.post(
        "/api/v1/plans",
        headers=maker,
        json={
            "part_id": part.json["id"],
            "laboratory_id": laboratory_id,
            "protocol": "MLCC-HTL@1",
            "stress": {"temperature_c": 125, "voltage_ratio": 2.0},
            "lots": [{"lot_code": code, "units": 77} for code in ("L1", "L2", "L3")],
        },
    )
    assert plan.status_code == 201, plan.text
    number = plan.json["id"]
    example = anyone.get("/api/v1/protocols/MLCC-HTL@1/example").data
    results = {"headers": token(certified, "laboratory"), "content_type": "text/csv"}
    refused = anyone.post(f"/api/v1/plans/{number}/results", data=example, **results)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["code"] == "unknown_plan"
    accepted = anyone.post(
        f"/api/v1/plans/{number}/results", data=example.replace(b"PLAN-EXAMPLE", number.encode()), **results
    )
    assert accepted.status_code == 201, accepted.text
    certified.run_jobs()
    seen = anyone.get(f"/api/v1/submissions/{accepted.json['id']}", headers=maker).json
    assert seen["state"] == "evaluated"
    assert seen["decision"]["grade"] == "U-INSUFFICIENT"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"part_number": "X", "bogus": 1},
        {"part_number": 3, "family": [], "series": {}, "attributes": [], "use_condition": None},
        {"part_number": "A\u0000B", "family": "x", "series": "s", "attributes": {}, "use_condition": "UC-A"},
    ],
)
def test_a_senseless_part_is_refused_key_by_key(anyone, certified, body):
    answer = anyone.post("/api/v1/parts", headers=token(certified, "maker"), json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"a,b\n1,2\n", b"\xff\xfe\x00", "片式,电容\n".encode("gb18030"), b"\r\r\r"]
)
def test_a_senseless_file_is_refused_by_the_checker(anyone, content):
    answer = anyone.post("/api/v1/check?protocol=MLCC-HTL@1", data=content, content_type="text/csv")
    assert answer.status_code == 422
    assert answer.json["accepted"] is False
    assert answer.json["errors"]


def test_a_certificate_is_had_verified_and_found_changed(anyone, certified):
    number = certified.facts["number"]
    listed = anyone.get(f"/api/v1/certificates/{number}").json
    assert listed["status"] == "valid"
    for name, link in listed["links"].items():
        content = anyone.get(link).data
        verdict = anyone.post("/api/v1/certificates/verify", data=content).json
        assert verdict["verdict"] == "valid", (name, verdict["reasons"])
        assert verdict["status"] == "valid"
    credential = json.loads(anyone.get(listed["links"]["credential"]).data)
    credential["credentialSubject"]["part"]["part_number"] = "OTHER"
    verdict = anyone.post("/api/v1/certificates/verify", data=json.dumps(credential).encode()).json
    assert verdict["verdict"] == "invalid"


def test_a_file_is_checked_on_its_page_without_an_account(anyone):
    page = anyone.get("/check?lang=en")
    example = anyone.get("/api/v1/protocols/RES-LL70@1/example").data
    for content, said in ((example, "Accepted"), (example.replace(b",ok,", b",fine,", 1), "not_a_choice")):
        form = {
            "csrf_token": forged_proof(page),
            "protocol": "RES-LL70@1",
            "encoding": "utf-8",
            "file": (io.BytesIO(content), "x.csv"),
        }
        answer = anyone.post("/check?lang=en", data=form, content_type="multipart/form-data")
        assert said in answer.text


@pytest.mark.parametrize(
    "query",
    ["_scheme=javascript", "endpoint=x", "_external=1", "_anchor=x", "_method=POST", "values=1", "self=1"],
)
def test_an_address_that_names_what_flask_means_by_it_breaks_no_page(anyone, query):
    for page in ("/", "/parts", "/parts/compare", "/verify"):
        assert anyone.get(f"{page}?{query}").status_code in (200, 422), page


def test_the_other_language_keeps_every_value_that_was_chosen(anyone):
    page = anyone.get("/parts?lang=en&family=mlcc_class1&family=mlcc_class2&q=x7r").text
    assert 'href="/parts?lang=zh&amp;family=mlcc_class1&amp;family=mlcc_class2&amp;q=x7r"' in page


@pytest.mark.parametrize(
    "query", ["q=%25", "q=%00", "q=" + "x" * 5000, "grade_at_least=Z", "cursor=x", "limit=-1", "limit=1e9"]
)
def test_a_hostile_search_is_answered_or_refused_and_never_breaks(anyone, query):
    assert anyone.get(f"/api/v1/parts?{query}").status_code in (200, 422)
    assert anyone.get(f"/parts?{query}").status_code in (200, 400, 404, 422)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("capacitance_nf_min=100", 1),
        ("capacitance_nf_max=99", 0),
        ("capacitance_nf_min=50&rated_voltage_v_max=50", 1),
    ],
)
def test_attributes_bound_a_search(anyone, query, found):
    assert anyone.get(f"/api/v1/parts?{query}").json["total"] == found


@pytest.mark.parametrize(
    "query",
    ["capacitance_nf_min=x", "capacitance_nf_min=nan", "zz_min=1", "sort=zz", "tolerance_percent=5 x"],
)
def test_a_search_by_what_does_not_exist_is_refused(anyone, query):
    answer = anyone.get(f"/api/v1/parts?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_genuine_certificate_is_never_called_invalid_for_its_content_type(anyone, certified):
    content = anyone.get(f"/api/v1/certificates/{certified.facts['number']}/credential").data
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", None):
        verdict = anyone.post("/api/v1/certificates/verify", data=content, content_type=kind).json
        assert verdict["verdict"] == "valid", kind


@pytest.mark.parametrize(
    "then", ["//[", "//evil.example", "https://evil.example", "/\\evil.example", "/x\r\nX: y"]
)
def test_signing_in_leads_nowhere_else(app, then):
    client = app.test_client()
    form = {"email": "maker@example.org", "password": PASSWORD, "then": then}
    answer = client.post("/sign-in", data={**form, "csrf_token": forged_proof(client.get("/sign-in"))})
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert answer.location == "/home"


def test_the_same_units_cannot_be_counted_twice(app, anyone, certified):
    number = certified.facts["plans"]["MLCC-HTL"]
    other = certified.example("MLCC-HTL", number).replace(b"INSTRUMENT-1", b"INSTRUMENT-2")
    headers = token(certified, "laboratory")
    answer = anyone.post(
        f"/api/v1/plans/{number}/results", data=other, headers=headers, content_type="text/csv"
    )
    assert answer.status_code == 409
    assert answer.json["code"] == "plan_has_results"


def test_a_program_gets_its_token_for_a_password_and_not_for_a_guess(anyone):
    given = {"email": "maker@example.org", "password": PASSWORD}
    got = anyone.post("/api/v1/tokens", json=given)
    assert got.status_code == 201
    assert got.json["roles"] == ["maker"]
    headers = {"Authorization": f"Bearer {got.json['token']}"}
    assert anyone.get("/api/v1/plans/PLAN-NONE", headers=headers).status_code == 404
    for wrong in ({**given, "password": "a wrong one"}, {**given, "email": "nobody@example.org"}):
        refused = anyone.post("/api/v1/tokens", json=wrong)
        assert refused.status_code == 401
        assert refused.json["code"] == "sign_in_wrong"
