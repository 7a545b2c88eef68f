"""A laboratory sends a large file: in pieces, watched, going on after an interruption, or cancelled."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from ratedparts.submissions import uploads
from tests.integration.world import MEASURED, PASSWORD
from tests.served import Site

pytestmark = pytest.mark.browser
UNITS = 12_000  # a file of some five megabytes


@pytest.fixture
def plan(site: Site) -> str:
    """A plan of a part of its own, with the laboratory signed in."""
    world = site.world
    world.facts["part_id"] = world.register_part(f"EX-{uuid.uuid4().hex[:8].upper()}")
    number = world.register_plan(slot="MLCC-HTL", units=UNITS // 3)
    world.clock.now = MEASURED
    return number


@pytest.fixture
def laboratory(page: Any) -> Any:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("laboratory@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Test plans").wait_for()
    return page


def choose(page: Any, content: bytes) -> None:
    file = {"name": "results.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Results file").set_input_files(file)


def test_a_large_file_is_sent_in_pieces_and_its_check_is_watched(
    site: Site, plan: str, laboratory: Any
) -> None:
    page, world = laboratory, site.world
    broken = iter([True])

    def break_once(route: Any) -> None:
        if route.request.method == "PATCH" and next(broken, False):
            route.abort()  # the connection breaks in the middle of the first piece
        else:
            route.continue_()

    page.route("**/laboratory/uploads/*", break_once)
    page.goto(f"/laboratory/plans/{plan}")
    choose(page, world.example("MLCC-HTL", plan, UNITS))
    page.get_by_role("button", name="Check and hand in").click()
    page.get_by_text("The file passed every check and is evidence now.").wait_for()
    assert page.get_by_text("results.csv").is_visible()
    assert next(broken, None) is None, "the connection was broken"

    page.goto(f"/laboratory/plans/{plan}")
    choose(page, world.example("MLCC-HTL", plan, UNITS))
    page.get_by_role("button", name="Check and hand in").click()
    page.get_by_text("These very bytes were accepted before").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_progress_is_seen_to_move_and_the_upload_is_cancelled(
    site: Site, plan: str, laboratory: Any, width: int
) -> None:
    page, world = laboratory, site.world
    content = world.example("MLCC-HTL", plan, 60)
    number = begun(world, plan, content, 0.25)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/laboratory/submissions/{number}")
    output = page.locator("output")
    output.get_by_text("12 %").wait_for()
    go_on(world, number, content, 0.25, 0.75)
    output.get_by_text("37 %").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled. Nothing of the file was kept.").wait_for()


def test_without_scripts_the_form_sends_the_file_and_the_page_tells_what_became_of_it(
    site: Site, plan: str, chromium: Any
) -> None:
    context = chromium.new_context(base_url=site.address, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?lang=zh")
    page.locator("#email").fill("laboratory@example.org")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(f"/laboratory/plans/{plan}")
    page.locator("#file").set_input_files(
        {
            "name": "results.csv",
            "mimeType": "text/csv",
            "buffer": site.world.example("MLCC-HTL", plan, UNITS),
        }
    )
    page.locator("form[data-pieces] button").click()
    page.get_by_text("文件已通过全部检查").wait_for(timeout=20_000)  # the page looks again by itself
    context.close()


def begun(world: Any, plan: str, content: bytes, share: float) -> str:
    with world.work() as work:
        number: str = uploads.begin_upload(
            work, world.cast["laboratory"], plan_number=plan, file_name="r.csv", size_bytes=len(content)
        ).number
    go_on(world, number, content, 0.0, share)
    return number


def go_on(world: Any, number: str, content: bytes, since: float, until: float) -> None:
    import io

    start, end = (int(share * len(content)) for share in (since, until))
    uploads.continue_upload(
        world.database,
        world.cast["laboratory"],
        world.installation.incoming,
        number,
        offset=start,
        source=io.BytesIO(content[start:end]),
    )
