"""The command `shadow`: run another rule set over the register, and tell which parts would rise or fall."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed
from ratedparts.terminal_bar import TerminalBar

PAUSE_SECONDS = 0.25  # between two looks at what others are doing


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule_set", type=Path, metavar="FILE", help="TOML of the whole rule set")
    parser.add_argument("--pause", action="store_true", help="take back what no worker has begun")


def shadow(options: argparse.Namespace) -> int:
    """Begin a run, or go on with the one that was interrupted, together with the workers that there are.

    No grade is changed by it.  1 where a piece was given up.
    """
    content = _read(options.rule_set)
    here = installed()
    try:
        here.prepare()
        told = _run(here, content, pausing=options.pause)
    finally:
        here.database.dispose()
    ending = offline.REFUSED if told["given_up"] else offline.OK
    if options.json:
        offline.print_json(told)
        return ending
    for family, found in told["families"].items():
        print(f"{family}: {_line(found)}")
    totals = Counter[str]()
    for found in told["families"].values():
        totals.update(found)
    print(f"{told['rule_set']} over {told['parts']} parts: {_line(totals)}")
    print(f"  {here.settings.public_url}/grades/shadow/{told['number']}, {told['progress']:.0%} done")
    return ending


def _run(here: Any, content: Any, *, pausing: bool) -> dict[str, Any]:
    from ratedparts.evaluations.shadow import pieces
    from ratedparts.evaluations.shadow.results import counts_of, progress_of
    from ratedparts.evaluations.shadow.starting import request_shadow_run, start_shadow_run

    with here.database.work() as work:
        if pausing:
            run = start_shadow_run(work, here.library, content)
            pieces.pause(work, run.id)
        else:
            run = request_shadow_run(work, None, here.library, content)
    if not pausing:
        print(f"ratedparts: {run.number}, {run.rule_set} over {run.parts} graded parts", file=sys.stderr)
        with TerminalBar("regrading") as bar:
            _work_along(here, run, bar.show)
    with here.database.reading() as work:
        progress, counts = progress_of(work, run), counts_of(work, run.id)
        given_up = len(pieces.jobs_in(work, run.id, "failed")) if progress.ended_at is None else 0
    return {
        "number": run.number,
        "rule_set": run.rule_set,
        "rule_set_digest": run.rule_set_digest,
        "engine_version": run.engine_version,
        "parts": progress.parts,
        "progress": progress.share,
        "given_up": given_up,
        "recomputed": progress.recomputed,
        "families": counts,
    }


def _work_along(here: Any, run: Any, show: Callable[[float], None]) -> None:
    """Until no job of the run is left; each is done here or by a worker, whoever is first."""
    from ratedparts.evaluations.shadow import pieces
    from ratedparts.evaluations.shadow.results import progress_of
    from ratedparts.jobs.queue import run_named

    while True:
        with here.database.reading() as work:
            show(progress_of(work, run).share)
            waiting = pieces.jobs_in(work, run.id, "queued")
            if not waiting and not pieces.jobs_in(work, run.id, "running"):
                return
        if not any(run_named(here.database, here.handlers, job_id) for job_id in waiting[:1]):
            time.sleep(PAUSE_SECONDS)


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
