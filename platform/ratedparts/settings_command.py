"""The command `settings-check`: what is wrong with the settings, and what they name that does not answer."""

from __future__ import annotations

import argparse
import os
from typing import Any

from ratedparts import offline_commands as offline


def settings_check(options: argparse.Namespace) -> int:
    """Nothing is changed; 1 where anything is refused."""
    from ratedparts.settings_check import check_settings

    report = check_settings(os.environ)
    if options.json:
        offline.print_json(_as_json(report, options.language))
    else:
        _print(report, options.language)
    return offline.OK if report.accepted else offline.REFUSED


def _as_json(report: Any, language: str) -> dict[str, Any]:
    from ratedparts.wording import fault_as_json

    return {
        "accepted": report.accepted,
        "environment": report.settings.environment.value,
        "errors": [fault_as_json(fault, language) for fault in report.faults],
        "error_count": len(report.faults),
        "trials": [
            {
                "name": name,
                "outcome": found.outcome.value,
                "code": found.code,
                "message": _text(found, language),
            }
            for name, found in report.findings.items()
        ],
    }


def _print(report: Any, language: str) -> None:
    from ratedparts.wording import fault_sentence, word

    signs = {"fine": "✓", "remark": "·", "refused": "✗", "left_out": "–"}
    for fault in report.faults:
        print(f"✗ {fault.column}: {fault_sentence(fault, language)} [{fault.code}]")
    for name, found in report.findings.items():
        title = word(f"trial_{name}", language)
        print(f"{signs[found.outcome.value]} {title}: {_text(found, language)} [{found.code}]")


def _text(found: Any, language: str) -> str:
    from ratedparts.wording import sentence

    return sentence(found.code, found.parameters, language)
