"""A designer's product: a bill of materials, parts side by side, and the language of the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from ratedparts.demonstration.generated_parts import generate
from tests.served import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def many_parts(site: Site) -> None:
    generate(site.world.database, site.world.library, 1200, lambda step: None)


def some_numbers(page: Any, count: int) -> list[str]:
    page.goto("/parts?lang=en&family=mlcc_class2")
    numbers = page.locator(".result .part-number").all_inner_texts()[:count]
    assert len(numbers) == count
    return [number.strip() for number in numbers]


def test_a_bill_is_pasted_a_line_is_chosen_and_what_is_missing_is_said(page: Any) -> None:
    first, second, third = some_numbers(page, 3)
    page.get_by_role("link", name="Bill of materials").click()
    page.get_by_label("Paste the list").fill(f"{first.lower()}\t12\n{second}-REEL 3\nNOWHERE-1 2\n{third}\n")
    page.get_by_role("combobox", name="Use condition").select_option("UC-I")
    page.get_by_role("button", name="Look it up").click()
    figures = page.locator(".tiles-of-figures strong")
    assert figures.all_inner_texts() == ["2", "1", "1"]
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Which part is line 2?").select_option(index=1)
    page.get_by_role("button", name="Take what was chosen").click()
    assert figures.all_inner_texts() == ["3", "0", "1"]
    assert f"{second}-REEL" in page.get_by_label("Paste the list").input_value(), "the list stays as it was"
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV").click()
    table = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(table) == 5
    page.get_by_role("link", name="Search for it").click()
    assert "q=NOWHERE-1" in page.url


def test_a_bill_by_keyboard_alone_and_its_faults_beside_the_line(page: Any) -> None:
    page.goto("/bill-of-materials?lang=en")
    page.get_by_label("Paste the list").focus()
    page.keyboard.type("MPN,Qty\nA-PART,none\n")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Look it up":
            break
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "Line 2" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Paste the list").input_value() == "MPN,Qty\nA-PART,none\n"


def test_parts_are_chosen_and_stand_side_by_side(page: Any) -> None:
    numbers = some_numbers(page, 3)
    for number in numbers:
        page.get_by_role("checkbox", name=re.compile(re.escape(number))).check()
    page.get_by_role("button", name="Compare the chosen parts").click()
    assert page.locator(".compared thead th a").first.inner_text() == numbers[0]
    assert page.locator(".compared thead th").count() == 3
    assert page.locator(".compared tr.differs").count() > 0
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name=re.compile(f"take out.*{re.escape(numbers[1])}", re.DOTALL)).click()
    assert page.locator(".compared thead th").count() == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_changes_its_language_where_one_stands(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/parts?lang=en&family=mlcc_class2&capacitance_nf=%3E%3D+10+nF")
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "family=mlcc_class2" in page.url
    assert page.locator("h1").inner_text() == "目录"
    page.get_by_role("link", name="物料清单").click()
    assert page.locator("h1").inner_text() == "物料清单"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Bill of materials"


def test_on_paper_stands_what_was_found_and_that_it_is_a_demonstration(page: Any) -> None:
    (number,) = some_numbers(page, 1)
    page.emulate_media(media="print")
    assert page.locator(".result").first.is_visible()
    assert page.locator(".environment").is_visible()
    for unwanted in ("header.site", "#q", ".filters", ".choose"):
        assert not page.locator(unwanted).first.is_visible(), unwanted
    page.emulate_media(media="screen")
    page.goto("/bill-of-materials?lang=en")
    page.get_by_label("Paste the list").fill(f"{number} 12")
    page.get_by_role("button", name="Look it up").click()
    page.locator("table.bill").wait_for()
    page.emulate_media(media="print")
    assert page.locator("table.bill").get_by_role("link", name=number).is_visible()
    assert not page.get_by_label("Paste the list").is_visible()
