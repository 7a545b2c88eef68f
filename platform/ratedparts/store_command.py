"""The command `verify-store`: derive everything that is kept again, and name what does not agree."""

from __future__ import annotations

import argparse
from typing import Any

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed, require_there
from ratedparts.terminal_bar import TerminalBar


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quick",
        action="store_true",
        help="do not read every file by its protocol again, nor decide every dossier",
    )


def verify_store(options: argparse.Namespace) -> int:
    """Nothing is written; 1 where anything contradicts anything else."""
    from ratedparts import store_verification

    here = installed()
    require_there(here.settings)
    try:
        with TerminalBar("verifying") as bar:
            report = store_verification.verify_store(
                store_verification.Store.of(here), quick=options.quick, progress=bar.show
            )
    finally:
        here.database.dispose()
    if options.json:
        offline.print_json(_as_json(report, options.language))
    else:
        _print(report, options.language)
    return offline.OK if report.clean else offline.REFUSED


def _as_json(report: Any, language: str) -> dict[str, Any]:
    return {
        "clean": report.clean,
        "fault_count": report.fault_count,
        "checks": [
            {
                "name": one.name,
                "looked_at": one.looked_at,
                "fault_count": one.fault_count,
                "faults": [{**found.as_json(), "text": _text(found, language)} for found in one.faults],
                "remark_count": one.remark_count,
                "remarks": [{**found.as_json(), "text": _text(found, language)} for found in one.remarks],
            }
            for one in report.checks
        ],
        "not_made": list(report.not_made),
    }


def _print(report: Any, language: str) -> None:
    from ratedparts.wording import sentence, word

    def title(name: str) -> str:
        return word(f"check_{name}", language)

    for one in report.checks:
        said = {
            "title": title(one.name),
            "looked_at": one.looked_at,
            "faults": one.fault_count,
            "remarks": one.remark_count,
            "met": not one.fault_count,
        }
        print(sentence("store_checked", said, language))
        _print_found("-", one.faults, one.fault_count, language)
        _print_found("·", one.remarks, one.remark_count, language)
    if report.not_made:
        left = [title(name) for name in report.not_made]
        print(sentence("store_not_checked", {"titles": left}, language))


def _print_found(sign: str, named: Any, count: int, language: str) -> None:
    for found in named:
        print(f"  {sign} {found.place}: {_text(found, language)} [{found.code}]")
    if count > len(named):
        print(f"  {sign} … +{count - len(named):,}")


def _text(found: Any, language: str) -> str:
    from ratedparts.wording import sentence

    return sentence(found.code, {**found.parameters, "place": found.place}, language)
