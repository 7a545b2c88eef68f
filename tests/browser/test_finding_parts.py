"""A designer finds parts: by facets, by values with units, with the keyboard alone, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from ratedparts.demonstration.generated_parts import generate
from tests.served import Site

pytestmark = pytest.mark.browser
COUNT = re.compile(r"([\d,]+) found|找到 ([\d,]+) 项")


@pytest.fixture(scope="module", autouse=True)
def many_parts(site: Site) -> None:
    generate(site.world.database, site.world.library, 1200, lambda step: None)


def found(page: Any) -> int:
    said = COUNT.search(page.locator(".found [role=status]").first.inner_text())
    assert said is not None
    return int((said[1] or said[2]).replace(",", ""))


def test_a_search_is_narrowed_by_facets_and_by_values_with_their_units(page: Any) -> None:
    page.goto("/parts?lang=en")
    everything = found(page)
    assert everything == 1200
    capacitors = page.get_by_role("checkbox", name=re.compile("Multilayer ceramic capacitor, class 2"))
    counted = int(re.sub(r"\D", "", capacitors.locator("xpath=../span[@class='count']").inner_text()))
    capacitors.check()
    page.get_by_role("button", name="Apply").click()
    assert found(page) == counted < everything
    assert "family=mlcc_class2" in page.url, "a search can be sent to a colleague"

    page.get_by_label("Capacitance").fill("10 .. 100 nF")
    page.get_by_label("Rated voltage").fill(">= 25 V")
    page.get_by_label("Grade", exact=True).select_option("B")
    page.get_by_label("Order").select_option("failure_rate_90")
    page.get_by_role("button", name="Apply").click()
    narrowed = found(page)
    assert 0 < narrowed < counted
    assert not re.search("=(&|$)", page.url)  # the address says what was asked, and nothing of empty fields
    for row in page.locator(".result").all():
        values = row.locator(".attributes").inner_text()
        volts, farads = re.search(r"([\d.]+) (k?)V", values), re.search(r"([\d.]+) (nF|µF|pF)", values)
        assert volts is not None
        assert farads is not None
        assert float(volts[1]) >= (0.025 if volts[2] else 25)
        assert farads[2] == "nF"
        assert 10 <= float(farads[1]) <= 100
    rates = [float(one) for one in re.findall(r"≤ ([\d.]+) FIT", page.content())]
    assert len(rates) > 1
    assert rates == sorted(rates)

    # A chip takes its condition away, and nothing else.
    page.get_by_role("link", name=re.compile("Rated voltage: >= 25 V")).click()
    assert narrowed <= found(page) < counted
    assert page.get_by_label("Capacitance").input_value() == "10 .. 100 nF"


def test_a_value_that_cannot_be_read_is_told_beside_its_field_and_keeps_what_was_written(page: Any) -> None:
    page.goto("/parts?lang=en&family=mlcc_class2&capacitance_nf=5+apples&rated_voltage_v=50")
    field = page.get_by_label("Capacitance")
    assert field.input_value() == "5 apples"
    assert field.get_attribute("aria-invalid") == "true"
    assert "apples" in page.locator("#capacitance_nf-wrong").inner_text()
    assert page.get_by_label("Rated voltage").input_value() == "50"


def test_where_nothing_is_found_the_page_says_what_to_leave_out(page: Any) -> None:
    page.goto("/parts?lang=en&family=mlcc_class2&grade_at_least=C&q=nosuchpart")
    assert page.get_by_role("heading", name="Nothing found").is_visible()
    page.get_by_role("link", name=re.compile("without .nosuchpart.")).click()
    assert found(page) > 0


def test_the_keyboard_alone_is_enough(page: Any) -> None:
    page.goto("/parts?lang=en")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("chip resistor")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=chip"))
    assert 0 < found(page) < 1200
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "part-number":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/parts/[0-9a-f-]{36}"))
    assert "Made up for trials of speed." in page.inner_text("main")


def test_pages_follow_one_another_and_lead_back(page: Any) -> None:
    page.goto("/parts?lang=en&limit=20&sort=part_number")
    first = page.locator(".part-number").all_inner_texts()
    page.get_by_role("link", name="Next page").click()
    second = page.locator(".part-number").all_inner_texts()
    assert not set(first) & set(second)
    assert first + second == sorted(first + second)
    page.get_by_role("link", name="To the first page").click()
    assert page.locator(".part-number").all_inner_texts() == first


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_catalogue_is_accessible_and_in_one_language(
    page: Any, language: str, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for address in (
        "?family=mlcc_class2&capacitance_nf=1..10",
        "?q=nosuchpart&grade_at_least=A",
        "?limit=10",
    ):
        page.goto(f"/parts{address}&lang={language}")
        if width == 360:
            page.locator(".narrow > summary").click()
        violations = Axe().run(page).response["violations"]
        assert violations == [], [(one["id"], one["nodes"][0]["html"]) for one in violations]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        words = page.locator(".finding").inner_text()
        if language == "zh":
            assert not re.search(r"[A-Za-z]{3,} [a-z]{3,}", re.sub(r"Made-up maker \d+", "", words)), words
        else:
            assert not re.search(r"[\u4e00-\u9fff]", words), words


def test_without_a_script_the_search_is_the_same(chromium: Any, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/parts?lang=en")
    plain.fill("#q", "inductor")
    plain.click(".search button")
    assert 0 < found(plain) < 1200
    context.close()


@pytest.mark.parametrize(
    "asked", ["", "use=cabin&family=mlcc_class2&capacitance_nf=0.001..1e6", "q=made&use=cabin&lang=zh"]
)
def test_a_page_of_fifty_is_light_and_asks_for_one_style(page: Any, asked: str) -> None:
    requests = []
    page.on("request", lambda request: requests.append(request))
    answer = page.goto(f"/parts?limit=50&{asked}", wait_until="networkidle")
    assert page.locator(".result").count() == 50
    assert len(answer.body()) <= 60_000
    assert sum(request.resource_type == "stylesheet" for request in requests) == 1
    assert not any(request.resource_type in ("script", "font") for request in requests)
