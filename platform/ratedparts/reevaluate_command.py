"""The command `reevaluate`: after an upgrade of the engine, have every part decided again by the workers."""

from __future__ import annotations

import argparse

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed


def add_options(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--status", action="store_true", help="only say how far it has come")
    either.add_argument("--pause", action="store_true", help="take back what no worker has begun")


def reevaluate(options: argparse.Namespace) -> int:
    """1 where a worker gave up a part."""
    from ratedparts.evaluations.reevaluation import (
        pause_reevaluation,
        reevaluation,
        request_reevaluation,
    )

    here = installed()
    try:
        here.prepare()
        if options.pause:
            with here.database.work() as work:
                pause_reevaluation(work)
        elif not options.status:
            request_reevaluation(here.database)
        with here.database.reading() as work:
            now = reevaluation(work)
    finally:
        here.database.dispose()
    if options.json:
        counts = ("done", "left", "queued", "running", "failed")
        offline.print_json({name: getattr(now, name) for name in counts})
    else:
        print(f"{now.done:,} parts decided by this engine ({now.share:.1%}), {now.left:,} by another")
        print(f"jobs: {now.queued:,} wait, {now.running:,} are being done, {now.failed:,} were given up")
    return offline.REFUSED if now.failed else offline.OK
