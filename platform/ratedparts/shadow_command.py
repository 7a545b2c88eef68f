"""The command `shadow`: run another rule set over the register, and tell which parts would rise or fall."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed
from ratedparts.terminal_bar import TerminalBar


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule_set", type=Path, metavar="FILE", help="TOML of the whole rule set")


def shadow(options: argparse.Namespace) -> int:
    """Begin a run, or go on with the one that was interrupted; no grade is changed by it."""
    content = _read(options.rule_set)
    here = installed()
    try:
        here.prepare()
        told = _run(here, content)
    finally:
        here.database.dispose()
    if options.json:
        offline.print_json(told)
        return offline.OK
    for family, found in told["families"].items():
        print(f"{family}: {_line(found)}")
    totals = Counter[str]()
    for found in told["families"].values():
        totals.update(found)
    print(f"{told['rule_set']} over {told['parts']} parts: {_line(totals)}")
    print(f"  {here.settings.public_url}/grades/shadow/{told['number']}")
    return offline.OK


def _run(here: Any, content: Any) -> dict[str, Any]:
    from ratedparts.evaluations.shadow.regrading import regrade_register
    from ratedparts.evaluations.shadow.results import counts_of, progress_of
    from ratedparts.evaluations.shadow.starting import start_shadow_run

    with here.database.work() as work:
        run = start_shadow_run(work, here.library, content)
    print(f"ratedparts: {run.number}, {run.rule_set} over {run.parts} graded parts", file=sys.stderr)
    with TerminalBar("regrading") as bar:
        regrade_register(here.database, here.library, run.id, bar.show)
    with here.database.reading() as work:
        progress, counts = progress_of(work, run), counts_of(work, run.id)
    return {
        "number": run.number,
        "rule_set": run.rule_set,
        "rule_set_digest": run.rule_set_digest,
        "engine_version": run.engine_version,
        "parts": progress.parts,
        "recomputed": progress.recomputed,
        "families": counts,
    }


def _line(found: Any) -> str:
    names = {
        "risen": "rise",
        "fallen": "fall",
        "other_reasons": "keep their grade for other reasons",
        "unchanged": "stay as they are",
        "not_regraded": "could not be regraded",
    }
    return ", ".join(f"{found.get(direction, 0)} {says}" for direction, says in names.items())


def _read(path: Path) -> Any:
    from ratedparts.evaluations.shadow.rule_set_file import rule_set_content

    try:
        return rule_set_content(path.read_bytes())
    except OSError as error:
        raise offline.WrongUse(f"{path} cannot be read: {error.strerror}") from None
