"""How programs use the platform: examples that a test runs as they stand here."""

from __future__ import annotations

from importlib import resources
from typing import Any

from flask import render_template

from ..requests import installation
from .public import pages

EXAMPLES = {
    "check.sh": "Check a file without an account",
    "preview.sh": "See what a file holds and which grade it could reach",
    "planner.sh": "Ask what a test would prove before it is run",
    "acceleration.sh": "Compute by how much a test accelerates",
    "protocols.py": "Read the protocols and what changed between versions",
    "token.sh": "Get a token",
    "hand_in.sh": "Hand in the results of a plan",
    "hand_in.py": "The same in Python, waiting for the decision",
    "find.py": "Find rated parts",
    "open_data.py": "Take the open data, check them and read them",
    "forgotten.sh": "Have a link sent for a forgotten password",
}


def example_text(name: str) -> str:
    """The program of that name, as it is shown and as it runs."""
    return (resources.files("ratedparts.web") / "examples" / f"{name}.txt").read_text(encoding="utf-8")


@pages.get("/programs")
def programs() -> Any:
    examples = [(title, name, example_text(name)) for name, title in EXAMPLES.items()]
    return render_template(
        "public/programs.html", examples=examples, server=installation().settings.public_url
    )
