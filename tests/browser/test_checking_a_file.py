"""Anyone tries a file: the plot is drawn, the grade is told, and the faults can be saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ratedparts.protocols import example_file, load_library

pytestmark = pytest.mark.browser
PROTOCOL = "RES-LL70@1"


def choose(page: Any, content: bytes) -> None:
    page.get_by_label("Test protocol").select_option(PROTOCOL)
    page.get_by_label("Results file").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": content}
    )


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_is_tried_without_an_account(page: Any, width: int) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    good = example_file(load_library().protocol(PROTOCOL))
    page.goto("/check")
    choose(page, good)
    page.get_by_label("Part family").select_option("chip_resistor_thick")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Accepted", exact=True).wait_for()
    plot = page.get_by_role("img", name="231 units on test, no failure")
    plot.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.get_by_text("U-INSUFFICIENT").is_visible()
    assert page.get_by_label("Part family").input_value() == "chip_resistor_thick"
    assert fits(page)
    assert refusals == []  # the page's own policy forbids nothing that it shows

    # The file is still chosen: only the family is changed.
    page.get_by_label("Part family").select_option("chip_resistor_thin")
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator("form.card button:enabled").wait_for()
    page.get_by_text("Accepted", exact=True).wait_for()
    assert page.get_by_label("Part family").input_value() == "chip_resistor_thin"

    choose(page, good.replace(b",ok,", b",=fine,", 40).replace(b"INSTRUMENT-1", b"", 2))
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Refused", exact=True).wait_for()
    assert fits(page)
    assert page.get_by_text("Not one of the words allowed").is_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="All listed faults as CSV").click()
    assert saved.value.suggested_filename == "RES-LL70-faults.csv"
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert "2,,status,'=fine," in text
