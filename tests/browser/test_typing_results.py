"""A laboratory types a small test as in a spreadsheet, sees its lives drawn, and hands it in."""

from __future__ import annotations

import csv
import io
import json
import uuid
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.integration.world import MEASURED, PASSWORD
from tests.served import Site

pytestmark = pytest.mark.browser
PASTE = """([cell, text]) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
COPY = """cell => {
    const clipboardData = new DataTransfer();
    cell.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData("text/plain");
}"""


@pytest.fixture
def plan(site: Site) -> str:
    """A small plan of a part of its own."""
    world = site.world
    world.facts["part_id"] = world.register_part(f"EX-{uuid.uuid4().hex[:8].upper()}")
    number = world.register_plan(slot="MLCC-HTL", units=1)
    world.clock.now = MEASURED
    return number


@pytest.fixture
def laboratory(page: Any) -> Any:
    sign_in(page)
    return page


def sign_in(page: Any) -> None:
    page.goto("/sign-in")
    page.locator("#email").fill("laboratory@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/laboratory/")


def cell(page: Any, row: int, column: int) -> Any:
    return page.locator(f'[name="{row}.{column}"]')


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name"))


def typed(site: Site, plan: str) -> list[list[str]]:
    """What was measured: from the status on."""
    rows = csv.reader(io.StringIO(site.world.example("MLCC-HTL", plan, 3).decode()))
    return [row[4:] for row in rows][1:]


def paste(page: Any, at: Any, rows: list[list[str]]) -> None:
    page.get_by_role("button", name="Undo").wait_for()  # the page's script is there
    at.click()
    at.evaluate(
        f"(cell, text) => ({PASTE})([cell, text])", "\r\n".join("\t".join(row) for row in rows) + "\r\n"
    )


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_block_is_pasted_checked_mended_and_handed_in(
    site: Site, plan: str, laboratory: Any, width: int
) -> None:
    page = laboratory
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/laboratory/plans/{plan}")
    page.get_by_role("link", name="Type in results").click()
    rows = typed(site, plan)
    right = rows[3][7]
    rows[3][7] = "99,5"
    paste(page, cell(page, 0, 4), rows)
    page.get_by_text("15 rows, 3 units: 1 fault.").wait_for()
    assert cell(page, 14, 13).input_value() == rows[14][9]
    assert cell(page, 3, 11).get_attribute("aria-invalid") == "true"
    assert "99,5" in cell(page, 3, 11).get_attribute("title")
    assert page.get_by_role("img", name="2 units on test, no failure").count() == 1  # of those without fault
    page.get_by_role("link", name="Row 4 · cap_nF").click()
    assert focused(page) == "3.11"
    page.keyboard.type(right)
    page.get_by_text("15 rows, 3 units: no fault.").wait_for()
    assert cell(page, 3, 11).get_attribute("aria-invalid") is None
    page.get_by_role("img", name="3 units on test, no failure").wait_for()
    assert fits(page)
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Check and hand in").click()
    page.get_by_text("The file passed every check and is evidence now.").wait_for()
    assert page.get_by_text("entered-by-hand.csv").is_visible()
    page.wait_for_load_state()
    drafts = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('typed'))")
    assert drafts == []
    assert refusals == []


def test_keys_move_as_in_a_spreadsheet(plan: str, laboratory: Any) -> None:
    page = laboratory
    page.goto(f"/laboratory/plans/{plan}/enter")
    cell(page, 0, 4).click()
    page.keyboard.type("ok")
    page.keyboard.press("Tab")
    page.keyboard.type("x")
    assert focused(page) == "0.5"
    page.keyboard.press("Enter")
    assert focused(page) == "1.4"  # back to where Tab began, a row on
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "0.5"
    page.keyboard.type("open")  # writes over what stood there
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "0.5"  # a letter back, in the text
    page.keyboard.press("Escape")
    assert cell(page, 0, 5).input_value() == "x"
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert [cell(page, row, 4).input_value() for row in range(4)] == ["ok", "ok", "ok", ""]
    page.keyboard.press("Control+z")
    assert [cell(page, row, 4).input_value() for row in range(3)] == ["ok", "", ""]
    assert cell(page, 0, 5).input_value() == ""
    page.keyboard.press("Control+z")
    assert cell(page, 0, 5).input_value() == "x"
    page.keyboard.press("Control+End")
    assert focused(page) == "14.15"
    page.keyboard.press("Enter")
    assert focused(page) == "15.15"  # a row was added
    assert cell(page, 15, 0).input_value() == plan
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Check and hand in"


def test_blocks_go_both_ways_and_rows_are_added(plan: str, laboratory: Any) -> None:
    page = laboratory
    page.goto(f"/laboratory/plans/{plan}/enter")
    paste(page, cell(page, 13, 4), [["ok", '"two\nlines"'], ["ok", '5" tall'], ["removed", '"a ""b"""']])
    values = [[cell(page, row, column).input_value() for column in (4, 5)] for row in (13, 14, 15)]
    assert values == [["ok", "two lines"], ["ok", '5" tall'], ["removed", 'a "b"']]
    copied = cell(page, 15, 5).evaluate(COPY)
    assert copied == 'ok\ttwo lines\r\nok\t"5"" tall"\r\nremoved\t"a ""b"""'
    page.keyboard.press("Control+z")
    assert cell(page, 14, 5).input_value() == ""
    # A block that begins with the names of its columns goes to these columns.
    paste(page, cell(page, 0, 4), [["cap_nF", "operator"], ["100.5", "W"], ["100.4", "W"]])
    assert [cell(page, 1, column).input_value() for column in (4, 10, 11)] == ["", "W", "100.4"]
    assert cell(page, 0, 4).input_value() == ""
    # What no longer fits is told, and nothing else happens to it.
    paste(page, cell(page, 0, 5), [["crack"]] * 1001)
    page.get_by_text("1000 rows,").wait_for()
    assert page.get_by_text("The table holds at most 1000 rows; what went beyond").is_visible()
    assert page.locator("#grid tbody tr").count() == 1000


def test_the_mouse_marks_a_block_and_a_word_is_chosen_for_all_of_it(plan: str, laboratory: Any) -> None:
    page = laboratory
    page.goto(f"/laboratory/plans/{plan}/enter")
    cell(page, 0, 4).click()
    cell(page, 4, 4).click(modifiers=["Shift"])
    page.get_by_role("button", name="ok", exact=True).click()
    assert [cell(page, row, 4).input_value() for row in range(6)] == ["ok"] * 5 + [""]
    page.get_by_text("5 rows, 1 units").wait_for()
    assert page.locator("td.unfinished").count() >= 5
    assert "left-out" in page.locator("#grid tbody tr").nth(5).get_attribute("class")


def test_blank_columns_fold_away_and_come_back_when_they_are_needed(plan: str, laboratory: Any) -> None:
    page = laboratory
    page.goto(f"/laboratory/plans/{plan}/enter")
    assert not cell(page, 0, 0).is_visible()  # the plan says the same in every row
    assert cell(page, 0, 5).is_visible()
    page.get_by_text("Columns and keys").click()
    page.get_by_role("button", name="Fold away what is blank and optional").click()
    assert not cell(page, 0, 5).is_visible()
    cell(page, 0, 4).click()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "0.8"  # the next column in sight
    page.reload()
    assert not cell(page, 0, 5).is_visible()
    paste(page, cell(page, 0, 4), [["status", "fail_mode"], ["fail", "crack"]])
    assert cell(page, 0, 5).is_visible()
    assert cell(page, 0, 5).input_value() == "crack"
    assert not cell(page, 0, 6).is_visible()


def test_a_draft_survives_and_is_offered_again(plan: str, laboratory: Any) -> None:
    page = laboratory
    address = f"/laboratory/plans/{plan}/enter"
    page.goto(address)
    cell(page, 0, 4).click()
    page.keyboard.type("fail")
    page.get_by_text("1 rows, 1 units").wait_for()
    page.reload()
    page.get_by_role("alert").get_by_text("has not been handed in").wait_for()
    assert cell(page, 0, 4).input_value() == ""
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Go on with it").click()
    assert cell(page, 0, 4).input_value() == "fail"
    cell(page, 0, 5).click()
    page.keyboard.type("cra")
    page.goto(address)  # left in the midst of a word
    page.get_by_role("button", name="Go on with it").click()
    assert cell(page, 0, 5).input_value() == "cra"
    page.goto(address)
    page.get_by_role("button", name="Start afresh").click()
    assert cell(page, 0, 4).input_value() == ""
    page.reload()
    page.locator("#grid").wait_for()
    assert not page.locator("#draft").is_visible()


def test_typing_goes_on_while_the_check_cannot_be_reached(plan: str, laboratory: Any) -> None:
    page = laboratory
    page.goto(f"/laboratory/plans/{plan}/enter")
    page.route("**/enter/check", lambda route: route.abort())
    cell(page, 0, 4).click()
    page.keyboard.type("ok")
    page.get_by_text("The check cannot be reached just now.").wait_for()
    stored = page.evaluate("plan => localStorage.getItem(`typed results ${plan}`)", plan)
    assert json.loads(stored)["rows"][0][4] == "ok"
    page.unroute("**/enter/check")
    page.get_by_text("1 rows, 1 units").wait_for()  # it is asked again by itself
    page.context.clear_cookies()
    page.keyboard.type("!")
    page.get_by_text("You have been signed out.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_it_is_a_form(site: Site, plan: str, chromium: Any, scheme: str) -> None:
    context = chromium.new_context(
        base_url=site.address,
        locale="zh-CN",
        java_script_enabled=False,
        color_scheme=scheme,
        viewport={"width": 390, "height": 800},
    )
    page = context.new_page()
    sign_in(page)
    page.goto(f"/laboratory/plans/{plan}/enter")
    assert not page.locator("[data-do=undo]").is_visible()
    rows = typed(site, plan)
    rows[0][7] = "x"
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text:
                cell(page, row, column + 4).fill(text)
    page.get_by_role("button", name="增加行").click()
    cell(page, 24, 0).wait_for()
    cell(page, 2, 11).press("Enter")  # a stray Enter checks and hands nothing in
    page.get_by_text("15 行，3 只样品: 1 处错误").wait_for()
    assert cell(page, 0, 11).get_attribute("aria-invalid") == "true"
    cell(page, 0, 11).fill("100")
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_text("文件已通过全部检查").wait_for()
    context.close()
