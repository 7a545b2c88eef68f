"""Once through everything as people would: maker, laboratory, reviewer, issuer, designer, stranger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ratedparts.demonstration.example_parts import ExamplePart
from ratedparts.demonstration.measured_files import INSTRUMENTS, life_file, lot_sample_file
from tests.integration.world import MEASURED, PASSWORD
from tests.served import Site

pytestmark = pytest.mark.browser

PART = ExamplePart(
    0,
    0,
    "GR-0603",
    "GR-0603-1K0",
    "chip_resistor_thick",
    {"resistance_ohm": 1000.0},
    {"r_ohm": [990.0, 1010.0]},
)
PLANS = {
    "RES-LL70@1": {"stress.temperature_c": "70", "stress.power_ratio": "1"},
    "SEMI-TC@1": {"stress.condition": "B"},
    "PAR-CPK@2": {},
}
STARTED = MEASURED.replace(month=2)


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def register(page: Any) -> dict[str, str]:
    """A series, a part and its plans; the number of each plan by protocol."""
    sign_in(page, "maker")
    page.goto("/maker/series/new")
    page.get_by_label("Family").select_option("chip_resistor_thick")
    page.get_by_label("Name of the series").fill("GR-0603")
    page.get_by_role("button", name="Register", exact=True).click()
    # Left out on purpose: what was typed stays, and the field says what is wrong.
    page.locator(".field.bad label", has_text="Why its members are alike").wait_for()
    assert page.get_by_label("Name of the series").input_value() == "GR-0603"
    page.get_by_label("Why its members are alike").fill("One body, one paste, one line.")
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_label("Part number").fill(PART.part_number)
    # As people write quantities; what was read of them is shown before anything is kept.
    page.locator("[name='attribute.resistance_ohm']").fill("1k0")
    page.locator("[name='attribute.rated_power_w']").fill("1/10 W")
    page.locator("[name='limit.r_ohm.low']").fill("990")
    page.locator("[name='limit.r_ohm.high']").fill("1.01 kΩ")
    page.get_by_label("Use condition").select_option("UC-C")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="This is what we read").wait_for()
    assert page.get_by_role("row", name="Rated power 1/10 W 100 mW").is_visible()
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("heading", name=PART.part_number).wait_for()
    here = page.url
    for protocol, stress in PLANS.items():
        page.goto(f"{here}/plans/new?protocol={protocol}")
        page.get_by_label("Laboratory").select_option(label="Laboratory")
        page.get_by_label("Starts on").fill("2026-01-12")
        page.get_by_label("Units per lot").fill("77")
        for name, value in stress.items():
            field = page.locator(f"[name='{name}']")
            field.select_option(value) if value.isalpha() else field.fill(value)
        page.get_by_role("button", name="Register the plan").click()
        page.wait_for_url(here)
    rows = page.locator("table tbody tr").all()
    return {
        row.locator("td").nth(1).inner_text().strip(): row.locator("td").nth(0).inner_text().strip()
        for row in rows
    }


def hand_in(page: Any, number: str, content: bytes, folder: Path) -> None:
    file = folder / f"{number}.csv"
    file.write_bytes(content)
    page.goto(f"/laboratory/plans/{number}")
    page.get_by_label("Results file (CSV or Excel)").set_input_files(file)
    with page.expect_navigation():
        page.get_by_role("button", name="Check and hand in").click()


def test_from_a_laboratorys_file_to_a_certificate_that_a_stranger_verifies(
    page: Any, site: Site, tmp_path: Path
) -> None:
    with site.world.work() as work:
        for instrument in INSTRUMENTS:
            site.world.calibrate(work, instrument)
    numbers = register(page)
    assert set(numbers) == set(PLANS)
    site.world.clock.now = MEASURED
    library = site.world.library

    sign_in(page, "laboratory")
    life = life_file(library.protocol("RES-LL70@1"), PART, numbers["RES-LL70@1"], STARTED, 1, {})
    faulty = life.replace(b",1000.", b",1000;", 1) if b",1000." in life else life.replace(b",99", b",9x9", 1)
    hand_in(page, numbers["RES-LL70@1"], faulty, tmp_path)
    assert page.get_by_role("alert").is_visible()
    table = page.locator("table.faults")
    assert table.get_by_text("r_ohm").count() == 1
    assert table.get_by_text("number_format").count() == 1

    hand_in(page, numbers["RES-LL70@1"], life, tmp_path)
    assert page.get_by_text("is evidence now").is_visible(), page.get_by_role("main").inner_text()[:2000]
    cycling = life_file(library.protocol("SEMI-TC@1"), PART, numbers["SEMI-TC@1"], STARTED, 2, {})
    hand_in(page, numbers["SEMI-TC@1"], cycling, tmp_path)
    lots = lot_sample_file(library.protocol("PAR-CPK@2"), PART, numbers["PAR-CPK@2"], STARTED, 3)
    hand_in(page, numbers["PAR-CPK@2"], lots, tmp_path)
    assert page.get_by_text("is evidence now").is_visible(), page.get_by_role("main").inner_text()[:2000]

    sign_in(page, "maker")
    page.goto("/maker/")
    page.get_by_role("link", name=PART.part_number).click()
    page.get_by_role("button", name="Apply for a certificate").click()
    page.get_by_role("status").get_by_text("with the reviewers").wait_for()

    sign_in(page, "reviewer")
    page.goto("/reviews/")
    page.get_by_role("link", name=PART.part_number).click()
    page.get_by_label("Judgement").select_option("approved")
    page.get_by_label("Your password, to sign").fill("not this one at all")
    page.get_by_role("button", name="Sign the judgement").click()
    page.locator(".field.bad .wrong").wait_for()
    page.get_by_label("Your password, to sign").fill(PASSWORD)
    page.get_by_role("button", name="Sign the judgement").click()
    page.get_by_role("status").get_by_text("recorded").wait_for()

    sign_in(page, "issuer")
    page.goto("/issuing/")
    page.get_by_role("link", name=PART.part_number).click()
    page.get_by_label("Your password, to sign").fill(PASSWORD)
    page.get_by_role("button", name="Sign and issue").click()
    page.wait_for_url("**/certificates/CEG-*")
    certificate = page.url

    page.context.clear_cookies()
    find(page)
    page.goto(certificate)
    with page.expect_download() as download:
        page.locator("a[href*='credential.json']").first.click()
    verify(page, Path(download.value.path()), tmp_path)

    sign_in(page, "issuer")
    page.goto(certificate.replace("/certificates/", "/issuing/certificates/") + "/revoke")
    page.get_by_label("Reason").fill("Shown for the test.")
    page.get_by_label("Your password, to sign").fill(PASSWORD)
    page.get_by_role("button", name="Revoke for good").click()
    page.wait_for_url(certificate)
    page.context.clear_cookies()
    page.goto(certificate)
    page.get_by_text("Shown for the test.").first.wait_for()
    page.goto(f"/parts?q={PART.part_number}")
    assert page.locator("main a[href^='/parts/']").count() == 0, page.get_by_role("main").inner_text()


def find(page: Any) -> None:
    """The designer's way: from the front page's search to the part."""
    for _ in range(40):  # the part is published by a job that runs beside the server
        page.goto("/parts?q=gr-0603")
        if page.get_by_role("main").get_by_role("link", name=PART.part_number).count():
            break
        page.wait_for_timeout(250)
    page.get_by_role("main").get_by_role("link", name=PART.part_number).first.click()
    assert page.get_by_role("heading", level=1).inner_text().find(PART.part_number) >= 0
    assert page.locator("img[src*='plot.svg']").count() == 1


def verify(page: Any, credential: Path, folder: Path) -> None:
    """The stranger's way: the file, then the same file with one figure changed."""
    content = credential.read_bytes()
    for name, bytes_given, verdict in (
        ("genuine.json", content, "valid"),
        ("changed.json", _with_a_better_grade(content), "invalid"),
    ):
        (folder / name).write_bytes(bytes_given)
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(folder / name)
        page.get_by_role("main").get_by_role("button").last.click()
        page.locator(f"[data-verdict='{verdict}']").wait_for()  # the answer may take a moment to come


def _with_a_better_grade(content: bytes) -> bytes:
    value = json.loads(content)
    value["credentialSubject"]["decision"]["grade"] = "A++"
    return json.dumps(value).encode()
