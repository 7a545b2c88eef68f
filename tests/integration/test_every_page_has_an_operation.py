"""Whatever a page can do, a program can do: each route of the pages beside the operations for the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ratedparts.app import create_app
from tests.integration.world import World

# Without `/api/v1`.  A page that only shows a form needs what the form needs to be filled in.
SAME: dict[str, tuple[str, ...]] = {
    # anyone
    "GET /": ("GET /parts", "GET /families"),
    "GET /parts": ("GET /parts",),
    "GET /parts/compare": ("GET /parts/compare",),
    "GET /bill-of-materials": ("POST /bill-of-materials",),
    "POST /bill-of-materials": ("POST /bill-of-materials",),
    "POST /bill-of-materials/watch": ("POST /watched-bills",),
    "GET /watched-bills/<token>": ("GET /watched-bills/<token>",),
    "POST /watched-bills/<token>/begin": ("POST /watched-bills/<token>/confirmation",),
    "POST /watched-bills/<token>/stop": ("DELETE /watched-bills/<token>",),
    "GET /parts/<part_id>": ("GET /parts/<part_id>", "GET /parts/<part_id>/next-grade"),
    "GET /parts/<part_id>/plot.svg": ("GET /parts/<part_id>/plot",),
    "GET /certificates/<number>": ("GET /certificates/<number>", "POST /certificates/verify"),
    "GET /certificates/<number>/credential.json": ("GET /certificates/<number>/credential",),
    "GET /certificates/<number>/certificate.pdf": ("GET /certificates/<number>/pdf",),
    "GET /certificates/<number>/bundle.zip": ("GET /certificates/<number>/bundle",),
    "GET /certificates/<number>/qr.svg": ("GET /certificates/<number>/qr",),
    "GET /verify": ("POST /certificates/verify",),
    "POST /verify": ("POST /certificates/verify", "GET /certificates/<number>"),
    "GET /check": ("GET /protocols", "GET /families"),
    "POST /check": ("POST /check",),
    "GET /protocols": ("GET /protocols",),
    "GET /protocols/<name>": ("GET /protocols/<name>", "GET /protocols/<name>/acceleration"),
    "GET /protocols/<name>/template.csv": ("GET /protocols/<name>/template",),
    "GET /protocols/<name>/template.xlsx": ("GET /protocols/<name>/workbook",),
    "GET /protocols/<name>/example.csv": ("GET /protocols/<name>/example",),
    "GET /protocols/<identifier>/changes": ("GET /protocols/<name>/difference",),
    "GET /planner": ("GET /planner",),
    "GET /grades": ("GET /rule-sets/<rule_set_id>", "GET /families"),
    "GET /grades/rules": ("GET /rule-sets/<rule_set_id>/rules",),
    "GET /grades/rules/<clause>": ("GET /rule-sets/<rule_set_id>/rules",),
    "GET /grades/curves/<name>.svg": ("GET /rule-sets/<rule_set_id>/operating-characteristics",),
    "GET /grades/shadow": ("GET /shadow-runs",),
    "GET /grades/shadow/<number>": (
        "GET /shadow-runs/<number>",
        "GET /shadow-runs/<number>/differences",
    ),
    "GET /grades/shadow/<number>/differences.csv": ("GET /shadow-runs/<number>/differences",),
    "GET /open-data": ("GET /open-data", "GET /open-data/<day>/<name>"),
    "GET /reports/quality": ("GET /reports/quality",),
    "GET /reports/quality.pdf": ("GET /reports/quality/pdf",),
    "GET /proficiency": ("GET /proficiency-rounds",),
    "GET /proficiency/<number>": ("GET /proficiency-rounds/<number>",),
    "GET /keys": ("GET /keys",),
    "GET /log/checkpoint": ("GET /log",),
    "GET /status": ("GET /status-list",),
    "GET /status/list.json": ("GET /status-list",),
    # whoever has an account
    "POST /sign-in": ("POST /tokens",),
    "POST /sign-out": ("DELETE /tokens/<token_id>",),
    "POST /forgotten": ("POST /password-resets",),
    "POST /password/<token>": ("POST /passwords",),
    "GET /profile": ("GET /profile", "GET /tokens"),
    "POST /profile": ("POST /tokens",),
    "POST /profile/tokens/<token_id>/revoke": ("DELETE /tokens/<token_id>",),
    "POST /sign-out-everywhere": ("DELETE /sign-ins",),
    # makers
    "GET /maker/": ("GET /own/parts", "GET /series"),
    "GET /maker/series/new": ("GET /families",),
    "POST /maker/series/new": ("POST /series",),
    "GET /maker/series/<series_id>/parts/new": ("GET /families", "GET /rule-sets/<rule_set_id>"),
    "POST /maker/series/<series_id>/parts/new": ("POST /parts",),
    "GET /maker/series/<series_id>/changes": ("GET /series/<series_id>/change-notices",),
    "POST /maker/series/<series_id>/changes": ("POST /series/<series_id>/change-notices",),
    "GET /maker/parts/<part_id>": (
        "GET /own/parts/<part_id>",
        "GET /own/parts/<part_id>/next-grade",
        "GET /plans/<plan_id>/submissions",
    ),
    "GET /maker/parts/<part_id>/plans/new": ("GET /protocols/<name>", "GET /laboratories"),
    "POST /maker/parts/<part_id>/plans/new": ("POST /plans",),
    "POST /maker/parts/<part_id>/apply": ("POST /own/parts/<part_id>/applications",),
    "POST /maker/applications/<review_id>/withdraw": ("DELETE /applications/<review_id>",),
    "GET /maker/applications/<review_id>/appeal": ("GET /applications/<review_id>",),
    "POST /maker/applications/<review_id>/appeal": ("POST /applications/<review_id>/appeal",),
    "GET /maker/applications/<review_id>/judgement.json": ("GET /applications/<review_id>/judgement",),
    "GET /questions/": ("GET /questions",),
    "GET /questions/<review_id>": ("GET /questions/<review_id>",),
    "POST /questions/<review_id>": ("POST /questions/<review_id>/answer",),
    "GET /maker/plans/<number>/withdraw": ("GET /plans/<plan_id>",),
    "POST /maker/plans/<number>/withdraw": ("POST /plans/<plan_id>/withdrawal",),
    # laboratories
    "GET /laboratory/": (
        "GET /plans",
        "GET /plans/<plan_id>/submissions",
        "GET /laboratories/<laboratory_id>/scopes",
    ),
    "GET /laboratory/instruments": ("GET /calibrations",),
    "POST /laboratory/instruments": ("POST /calibrations",),
    "GET /laboratory/proficiency": ("GET /own/proficiency-rounds",),
    "GET /laboratory/plans/<number>": ("GET /plans/<plan_id>", "GET /plans/<plan_id>/submissions"),
    "POST /laboratory/plans/<number>": ("POST /plans/<plan_id>/results",),
    "POST /laboratory/plans/<number>/uploads": ("POST /uploads",),
    "HEAD /laboratory/uploads/<number>": ("HEAD /uploads/<number>",),
    "PATCH /laboratory/uploads/<number>": ("PATCH /uploads/<number>",),
    "GET /laboratory/plans/<number>/enter": ("GET /plans/<plan_id>/sheet", "GET /protocols/<name>"),
    "POST /laboratory/plans/<number>/enter": ("POST /plans/<plan_id>/results",),
    "POST /laboratory/plans/<number>/enter/check": ("POST /plans/<plan_id>/check",),
    "GET /laboratory/plans/<number>/template.csv": ("GET /protocols/<name>/template",),
    "GET /laboratory/plans/<number>/template.xlsx": ("GET /protocols/<name>/workbook",),
    "GET /laboratory/plans/<number>/example.csv": ("GET /protocols/<name>/example",),
    "GET /laboratory/submissions/<number>": ("GET /submissions/<submission_id>",),
    "GET /laboratory/submissions/<number>/progress": ("GET /submissions/<submission_id>",),
    "POST /laboratory/submissions/<number>/cancel": ("POST /submissions/<submission_id>/cancel",),
    "GET /laboratory/submissions/<number>/faults.csv": ("GET /submissions/<submission_id>",),
    # the authority
    "GET /reviews/": ("GET /reviews",),
    "GET /reviews/<review_id>": ("GET /reviews/<review_id>",),
    "POST /reviews/<review_id>": ("POST /reviews/<review_id>/judgement",),
    "POST /reviews/<review_id>/question": ("POST /reviews/<review_id>/questions",),
    "GET /issuing/": ("GET /reviews", "GET /certificates", "GET /withdrawal-cases"),
    "GET /issuing/<review_id>": ("GET /reviews/<review_id>",),
    "POST /issuing/<review_id>": ("POST /reviews/<review_id>/certificate",),
    "POST /issuing/<review_id>/send-back": ("POST /reviews/<review_id>/doubt",),
    "GET /issuing/certificates/<number>/suspend": ("GET /certificates/<number>",),
    "POST /issuing/certificates/<number>/suspend": ("POST /certificates/<number>/suspension",),
    "GET /issuing/certificates/<number>/reinstate": ("GET /certificates/<number>",),
    "POST /issuing/certificates/<number>/reinstate": ("POST /certificates/<number>/reinstatement",),
    "GET /issuing/certificates/<number>/revoke": ("GET /certificates/<number>",),
    "POST /issuing/certificates/<number>/revoke": ("POST /certificates/<number>/revocation",),
    "GET /issuing/cases": ("GET /withdrawal-cases",),
    "GET /issuing/cases/new": ("GET /laboratories", "GET /protocols", "GET /keys"),
    "POST /issuing/cases/new": ("POST /withdrawal-cases/preview", "POST /withdrawal-cases"),
    "GET /issuing/cases/<case_id>": ("GET /withdrawal-cases/<case_id>",),
    "POST /issuing/cases/<case_id>": (
        "POST /withdrawal-cases/<case_id>/confirmation",
        "DELETE /withdrawal-cases/<case_id>",
    ),
    "GET /administration/": (
        "GET /organisations",
        "GET /people",
        "GET /audit/chain",
        "GET /failed-jobs",
    ),
    "POST /administration/organisations/new": ("POST /organisations",),
    "GET /administration/people/new": ("GET /organisations",),
    "POST /administration/people/new": ("POST /people",),
    "POST /administration/roles/<role_id>/end": ("GET /roles/<role_id>", "DELETE /roles/<role_id>"),
    "GET /administration/laboratories/<laboratory_id>/scopes": ("GET /laboratories/<laboratory_id>/scopes",),
    "POST /administration/laboratories/<laboratory_id>/scopes": (
        "POST /laboratories/<laboratory_id>/scopes",
    ),
    "GET /administration/shadow": ("GET /shadow-runs",),
    "POST /administration/shadow": ("POST /shadow-runs",),
    "GET /administration/proficiency": ("GET /protocols", "GET /laboratories"),
    "POST /administration/proficiency": ("POST /proficiency-rounds",),
    "GET /administration/audit": ("GET /audit",),
    "GET /administration/operation": ("GET /operation", "GET /failed-jobs"),
    "POST /administration/jobs/<job_id>/again": ("POST /failed-jobs/<job_id>/retry",),
}
NEED_NONE = {
    "GET /programs": "documentation of the interface itself",
    "GET /health/live": "for programs itself, such as a balancer",
    "GET /health/ready": "for programs itself, such as a balancer",
    "GET /log/tile/<path:place>": "for programs itself: an address that C2SP tlog-tiles lays down",
    "GET /sign-in": "an empty form",
    "GET /forgotten": "an empty form",
    "GET /password/<token>": "an empty form; who holds the link is answered when it is used",
    "GET /home": "only leads a browser to the workplace of its first role",
    "GET /administration/organisations/new": "an empty form; the kinds stand in the description",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Only its addresses are looked at."""
    var: Path = tmp_path_factory.mktemp("routes")
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    app = create_app(world.installation.settings, world.clock)
    yield app
    app.extensions["ratedparts"].database.dispose()


def routes(app: Flask, *, interface: bool) -> set[str]:
    """``GET /parts/<part_id>``, without what the framework answers by itself."""
    found = set()
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<uuid:", "<")
        if address.startswith("/static/") or rule.rule.startswith("/api/") != interface:
            continue
        methods = set(rule.methods or ()) - {"OPTIONS"}
        if "GET" in methods:
            methods.discard("HEAD")
        found |= {f"{method} {address.removeprefix('/api/v1')}" for method in methods}
    return found


def test_every_route_of_the_pages_has_operations_or_a_reason(app: Flask) -> None:
    pages = routes(app, interface=False)
    assert pages - set(SAME) - set(NEED_NONE) == set(), "new pages: name the operations that do the same"
    assert (set(SAME) | set(NEED_NONE)) - pages == set(), "these pages are gone"
    assert set(SAME) & set(NEED_NONE) == set()
    assert all(SAME.values())


def test_every_operation_that_is_named_is_there(app: Flask) -> None:
    named = {operation for operations in SAME.values() for operation in operations}
    assert named - routes(app, interface=True) == set()


def test_a_page_that_changes_something_has_an_operation_that_does(app: Flask) -> None:
    only_looking = {
        page: operations
        for page, operations in SAME.items()
        if not page.startswith(("GET", "HEAD")) and all(one.startswith("GET") for one in operations)
    }
    assert only_looking == {}
