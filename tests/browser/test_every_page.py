"""Every page that links lead to, for everybody: nothing for axe, nothing too wide or crushed on a phone.

A page that nobody could reach by a link is named here with the reason, so that a new one is not forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.routing import Map

from ratedparts.app import create_app
from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.organisations.proficiency.entered import GivenResult
from ratedparts.organisations.proficiency.service import publish_round
from tests.integration.world import PASSWORD, World
from tests.served import Site, serving

pytestmark = pytest.mark.browser
PEOPLE = (None, "maker", "laboratory", "reviewer", "issuer", "administrator")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# Of an endpoint with many addresses so many are looked at, by every person that it is shown to.
OF_EACH = 1
UNREACHED = {
    "account.choose_password": "a letter has its link; a browser test of its own follows it",
    "catalogue.compare": "chosen by a form; a browser test of its own looks at it",
    "issuer.issue": "of an approved application, of which there is none here",
    "questions.home": "linked where a question is open, of which there is none here",
    "maker.appeal": "of a refused application, of which there is none here",
    "maker.judgement": "a file",
    "questions.answer": "of an open question",
    "issuer.case": "of a withdrawal case, of which there is none here",
    "public.shadow_run": "of a shadow run, of which there is none here",
    "public.protocol_changes": "of protocols with two versions",
}
# Words in a column so narrow that they are read letter by letter.
CRUSHED = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, style = getComputedStyle(node.parentElement);
    if (node.data.trim().length < 6 || style.clipPath !== "none") continue;
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()];
    const widest = Math.max(0, ...lines.map((line) => line.width));
    if (lines.length > 2 && widest < 4 * parseFloat(style.fontSize)) found.push(node.data.trim());
  }
  return found;
}"""
FILES = (".csv", ".xlsx", ".json", ".svg", ".pdf", ".zip", "/progress", ".parquet", ".jsonl")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With a certified part, an application that waits, a plan without results, and a watched list."""
    var: Path = tmp_path_factory.mktemp("every-page")
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    world.found()
    world.rate()
    world.certify()
    world.new_evidence()
    world.apply()
    with world.work() as work:
        bill = watching.ask_to_watch(
            work,
            text="EX-0603X7R104K 5\nNOWHERE 1",
            asked={"use": "UC-I"},
            email="designer@product.example",
            language="en",
            webhook="",
            private_webhooks=False,
        )
        world.facts["token"] = bill.token
        watching.confirm(work, bill.token, [world.facts["part_id"]])
        publish_round(
            work,
            world.cast["administrator"],
            measurand="Capacitance at 1 kHz",
            unit="nF",
            assigned_by="reference",
            sigma_pt=0.5,
            held_on=world.clock().date(),
            results=[
                GivenResult("Laboratory", "100.1", "0.4"),
                GivenResult("Other Laboratory", "101.9", "0.4"),
            ],
            known_protocols=world.library.protocols,
            reference_value=100.0,
            reference_expanded=0.1,
        )
    world.register_plan(units=2)
    world.run_jobs()
    with serving(world) as site:
        yield site


@pytest.fixture(scope="module")
def rules(site: Site) -> Map:
    app = create_app(site.world.installation.settings, site.world.clock)
    app.extensions["ratedparts"].database.dispose()
    return app.url_map


def endpoint_of(rules: Map, address: str) -> str | None:
    found = rules.bind("localhost").test(urlsplit(address).path)
    return rules.bind("localhost").match(urlsplit(address).path)[0] if found else None


def sign_in(page: Any, name: str) -> None:
    page.goto("/sign-in?lang=en")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def links_of(page: Any, address: str) -> Iterator[str]:
    for link in page.locator("a[href]").all():
        target = urlsplit(urljoin(address, link.get_attribute("href") or ""))
        if target.netloc == urlsplit(address).netloc and not target.path.endswith(FILES):
            yield target.path + (f"?{target.query}" if target.query and "lang=" not in target.query else "")


def test_every_page_of_everybody(page: Any, site: Site, rules: Map) -> None:
    seen: dict[tuple[str | None, str], int] = {}
    wrong: list[str] = []
    for person in PEOPLE:
        page.context.clear_cookies()
        page.set_viewport_size(DESK)
        if person is not None:
            sign_in(page, person)
        extra = [f"/watched-bills/{site.world.facts['token']}"] if person is None else []
        waiting = ["/" if person is None else "/home", *extra]
        visited = set()
        while waiting:
            path = waiting.pop(0)
            endpoint = endpoint_of(rules, path)
            if path in visited or endpoint is None or path.startswith(("/api/", "/log/", "/static/")):
                continue
            visited.add(path)
            # What anybody sees was looked at without a sign-in.
            times = max(seen.get((None, endpoint), 0), seen.get((person, endpoint), 0))
            if times >= OF_EACH:
                continue
            page.set_viewport_size(DESK)
            separator = "&" if "?" in path else "?"
            answer = page.goto(f"{path}{separator}lang=en")
            assert answer.status == 200, path
            seen[person, endpoint] = seen.get((person, endpoint), 0) + 1
            waiting += links_of(page, page.url)
            wrong += [f"{person} {path}: {one['id']}" for one in Axe().run(page).response["violations"]]
            page.set_viewport_size(PHONE)
            page.goto(f"{path}{separator}lang=zh")
            assert page.locator("html").get_attribute("lang") == "zh-CN"
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                wrong.append(f"{person} {path}: {width} px wide on a phone")
            wrong += [f"{person} {path}: crushed on a phone: {words}" for words in page.evaluate(CRUSHED)]
    assert not wrong, "\n".join(wrong)
    pages = {
        rule.endpoint
        for rule in rules.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(("/api", "/log/", "/health/", "/static"))
        and not rule.rule.endswith(FILES)
    }
    reached = {endpoint for _, endpoint in seen}
    assert pages - reached - UNREACHED.keys() == set()
