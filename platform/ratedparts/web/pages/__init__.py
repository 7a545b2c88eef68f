"""One module for each person: what they come for, page by page."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

from ..addresses import with_query
from ..example_missions import EXAMPLE_MISSIONS
from ..language import text
from ..requests import installation, signed_in
from . import account, administrator, bills, catalogue, issuer, laboratory, maker, public, questions, reviewer
from . import applications as applications  # pages that stand on another's blueprint
from . import changes as changes
from . import entering as entering
from . import grades as grades
from . import instruments as instruments
from . import open_data as open_data
from . import operation as operation
from . import planner as planner
from . import proficiency as proficiency
from . import programs as programs
from . import quality_report as quality_report
from . import rules as rules
from . import shadow_runs as shadow_runs
from . import status as status
from . import versions as versions
from . import watched_bills as watched_bills
from . import withdrawal_cases as withdrawal_cases

WORKPLACES = {
    "maker": "My parts",
    "laboratory": "Test plans",
    "reviewer": "Reviews",
    "issuer": "Certificates",
    "administrator": "Administration",
}


def install(app: Flask) -> None:
    for module in (
        public,
        catalogue,
        bills,
        account,
        maker,
        laboratory,
        questions,
        reviewer,
        issuer,
        administrator,
    ):
        app.register_blueprint(module.pages)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "me": signed_in(),
            "environment": installation().settings.environment.value,
            "workplaces": workplaces,
            "other_language": other_language,
            "example_missions": EXAMPLE_MISSIONS,
            "pairs": lambda values: [(value, value) for value in values],
        }


def workplaces() -> list[tuple[str, str]]:
    """The way to each workplace of the person signed in."""
    who = signed_in()
    names = dict.fromkeys(role.name for role in who.roles) if who else {}
    return [(text(WORKPLACES[name]), url_for(f"{name}.home")) for name in names]


def other_language(short: str) -> str:
    """This very page in the other language."""
    if request.endpoint is None or request.method != "GET":
        return url_for("public.front", lang=short)
    here = url_for(request.endpoint, **(request.view_args or {}))
    return with_query(here, {**dict(request.args.lists()), "lang": [short]})
