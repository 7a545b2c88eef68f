"""`ratedparts backup`, `restore`, `release`: a dump, an installation of it, and the word that it goes on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed, require_there
from ratedparts.terminal_bar import TerminalBar


def add_backup_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="that is not there yet, or empty")
    parser.add_argument(
        "--since",
        type=Path,
        metavar="EARLIER",
        help="the folder of another backup: files that it has are linked and not copied",
    )


def add_restore_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="of a backup")
    parser.add_argument(
        "--check", action="store_true", help="only say whether every file is what was written"
    )


def add_release_options(parser: argparse.ArgumentParser) -> None:
    known = parser.add_mutually_exclusive_group(required=True)
    known.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="the newest checkpoint of the log that anybody outside has, such as that of a mirror-log folder",
    )
    known.add_argument(
        "--nothing-outside",
        default="",
        metavar="STATEMENT",
        help="in words, for the audit log: how it is known that nobody outside has seen more of the log",
    )


def backup(options: argparse.Namespace) -> int:
    """The folder is there with all of it, or is not there; the installation may go on serving."""
    from ratedparts.backup import back_up

    here = installed()
    require_there(here.settings)
    try:
        with TerminalBar("backup") as bar:
            manifest, copied = back_up(here, options.folder, earlier=options.since, progress=bar.show)
    finally:
        here.database.dispose()
    told = _told(manifest) | {"folder": str(options.folder), "blobs_linked": copied.linked}
    if options.json:
        offline.print_json(told)
    else:
        _print(told)
        print(f"blobs linked to the earlier backup: {copied.linked:,}")
        print("Private keys are not in it: keep them by themselves. It holds what nobody else may read.")
    return offline.OK


def restore(options: argparse.Namespace) -> int:
    """Into an installation that is empty; it reads from then on, and waits to be released."""
    from ratedparts import backup as backups

    with TerminalBar("restore") as bar:
        if options.check:
            manifest = backups.check_backup(options.folder, bar.show)
        else:
            manifest = backups.restore(installed(), options.folder, progress=bar.show)
    told = _told(manifest) | {"folder": str(options.folder)}
    if options.json:
        offline.print_json(told)
    else:
        _print(told)
        if not options.check:
            print(
                "It reads, and signs nothing and does no job until `ratedparts release` says that it goes on."
            )
    return offline.OK


def release(options: argparse.Namespace) -> int:
    """Let a restored installation sign, do its jobs and send what waits; or say why it may not."""
    from ratedparts.certificates.releasing import release as let_go

    checkpoint = None
    if options.checkpoint is not None:
        try:
            checkpoint = options.checkpoint.read_bytes()
        except OSError as error:
            raise offline.WrongUse(f"{options.checkpoint}: {error.strerror}") from None
    here = installed()
    require_there(here.settings)
    try:
        with here.database.work() as work:
            released = let_go(
                work,
                origin=here.log.origin,
                environment=here.settings.environment.value,
                checkpoint=checkpoint,
                statement=options.nothing_outside,
            )
        here.outbox.let_go()
    finally:
        here.database.dispose()
    print(f"released: the log goes on at {released[-1].log_size} entries or more; what waited is done now")
    return offline.OK


def _told(manifest: Any) -> dict[str, Any]:
    return {
        "digest": manifest.digest,
        "instant": manifest.instant,
        "environment": manifest.environment,
        "revision": manifest.revision,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "blobs": manifest.blobs,
        "blob_bytes": manifest.blob_bytes,
        "letters": len(manifest.files_in("outbox")),
        "uploads": len(manifest.files_in("incoming")),
        "jobs": manifest.jobs,
        "log_size": manifest.log_size,
    }


def _print(told: dict[str, Any]) -> None:
    print(f"{told['folder']}: {told['environment']} as it was at {told['instant']}, {told['digest']}")
    print(f"  {told['rows']:,} rows in {told['tables']} tables ({told['revision']})")
    print(f"  {told['blobs']:,} blobs, {told['blob_bytes']:,} bytes")
    print(f"  {told['uploads']} unfinished uploads, {told['letters']} letters waiting")
    print(f"  log of {told['log_size']:,} entries")
