"""A real Chromium against a real server on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.served import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "Chromium is not installed"
        if "browser" in os.environ.get("RATEDPARTS_REQUIRE", ""):
            pytest.fail(reason + ", and RATEDPARTS_REQUIRE asks for it")
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, site: Site) -> Iterator[Any]:
    context = chromium.new_context(
        base_url=site.address, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    new = context.new_page()
    # A page that asks for anything from elsewhere, or whose scripts fail, is a fault of ours.
    foreign: list[str] = []
    new.on(
        "request",
        lambda request: (
            None if request.url.startswith((site.address, "data:")) else foreign.append(request.url)
        ),
    )
    new.on("pageerror", lambda error: foreign.append(str(error)))
    yield new
    context.close()
    assert foreign == []
