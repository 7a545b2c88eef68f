"""The console command: `ratedparts check | evaluate | verify | protocols | serve | …`.

Exit status: 0 accepted, decided or valid; 1 refused, invalid or different; 2 wrong use; 3 cannot tell.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ratedparts import (
    __version__,
    backup_commands,
    key_commands,
    open_data_commands,
    reevaluate_command,
    shadow_command,
    store_command,
)
from ratedparts import offline_commands as offline
from ratedparts import server_commands as server
from ratedparts.errors import RatedPartsError
from ratedparts.mirror_command import mirror_log
from ratedparts.settings_command import settings_check
from ratedparts.upload_command import upload as send_results


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = command_parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except offline.WrongUse as error:
        print(f"ratedparts: {error}", file=sys.stderr)
        return offline.USAGE
    except RatedPartsError as error:
        _print_refusal(error, options)
        return offline.USAGE if error.code in ("unknown_protocol", "settings_refused") else offline.REFUSED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return offline.OK


def command_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ratedparts", description="Rate electronic components, and check ratings."
    )
    parser.add_argument("--version", action="version", version=f"ratedparts {__version__}")
    parser.add_argument(
        "--language", choices=("en", "zh_CN"), default=_language_of(os.environ), help="of the sentences"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace], int], help_: str, *, as_json: bool = False
    ) -> Any:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.set_defaults(command=command, json=False)
        if as_json:
            sub.add_argument("--json", action="store_true", help="print JSON")
        return sub

    check = add("check", offline.check, "check a results file against a protocol", as_json=True)
    check.add_argument("file", type=Path)
    check.add_argument("--protocol", required=True, help="such as MLCC-HTL@1")
    check.add_argument("--part", type=Path, help="JSON of the part: its class, rating and limits")
    check.add_argument("--plan", type=Path, help="JSON of the test plan: units, lots, dates, scope")
    check.add_argument("--encoding", default="utf-8", help="utf-8 or gb18030; declared, never guessed")

    upload = add("upload", send_results, "hand in the results of a plan, with RATEDPARTS_TOKEN", as_json=True)
    upload.add_argument("file", type=Path)
    upload.add_argument("--plan", required=True, help="the number of the plan: PLAN-…")
    upload.add_argument("--server", required=True, help="such as https://rated.example")
    upload.add_argument("--encoding", default="utf-8", help="utf-8 or gb18030; declared, never guessed")
    upload.add_argument("--continue", dest="number", metavar="SUB-…", help="go on with an interrupted upload")

    evaluate = add("evaluate", offline.evaluate, "decide the grade of a dossier", as_json=True)
    evaluate.add_argument("dossier", type=Path)

    verify = add(
        "verify", offline.verify, "verify a certificate offline: JSON, PDF or evidence bundle", as_json=True
    )
    verify.add_argument("file", type=Path)
    verify.add_argument("--trust", type=Path, help="JSON of the keys that you trust")
    verify.add_argument("--status", type=Path, metavar="LIST", help="the signed list of what is not in force")
    verify.add_argument(
        "--log",
        type=Path,
        metavar="FOLDER",
        help="a copy of the log, by mirror-log: what it lacks is not valid",
    )

    mirror = add(
        "mirror-log", mirror_log, "copy the transparency log, and check the whole of it", as_json=True
    )
    mirror.add_argument("source", help="such as https://rated.example/log, or a folder with a copy")
    mirror.add_argument("folder", type=Path, help="where the copy is kept, and compared with the next time")
    mirror.add_argument("--trust", type=Path, required=True, help="JSON of the keys that you trust")
    mirror.add_argument("--status", help="keep the list of what is not in force, too: its address, or a file")
    mirror.add_argument("--origin", help="the log's name; default: that of the copy, or what a key signs")

    recheck = add("recheck", offline.recheck, "recompute the decision of an evidence bundle", as_json=True)
    recheck.add_argument("bundle", type=Path)

    protocols = add(
        "protocols", offline.protocols, "list and show protocols; templates and examples of their files"
    )
    protocols.add_argument("action", choices=("list", "show", "template", "example"))
    protocols.add_argument("protocol", nargs="?", help="MLCC-HTL (the newest version) or MLCC-HTL@1")
    protocols.add_argument("--units", type=int, help="units of the example; default: the protocol's sample")

    add("settings-check", settings_check, "check the settings, and try what they name", as_json=True)
    add("migrate", server.migrate, "bring the database to the newest schema, or back").add_argument(
        "--down", metavar="REVISION", help="undo every migration after REVISION ('base': all)"
    )
    add(
        "serve",
        server.serve,
        "serve the pages and the interface for programs, with a worker beside them",
    )
    add("worker", server.worker, "do the jobs, as a process of its own")
    demo = add("demo", server.demo, "fill an empty demonstration installation through the real pipeline")
    demo.add_argument("--serve", action="store_true", help="and serve it")
    demo.add_argument(
        "--parts", type=int, default=0, metavar="N", help="and N made-up parts, in bulk, for trials of speed"
    )
    add("catalogue", server.catalogue, "build the columns of the catalogue anew from the database")
    reevaluate_command.add_options(
        add(
            "reevaluate",
            reevaluate_command.reevaluate,
            "have the workers decide again what another engine decided",
            as_json=True,
        )
    )
    open_data_commands.add_export_options(
        add("export", open_data_commands.export, "write the open data into a folder", as_json=True)
    )
    open_data_commands.add_check_options(
        add(
            "export-check",
            open_data_commands.export_check,
            "check a folder of open data, and compare it with a database",
            as_json=True,
        )
    )
    effects = add(
        "protocol-effects",
        server.protocol_effects,
        "what another version of a protocol would make of the evidence that is there",
    )
    effects.add_argument("older", help="such as MLCC-HTL@1")
    effects.add_argument("newer", help="such as MLCC-HTL@2")
    effects.add_argument("--folder", type=Path, help="of the protocols, where NEWER is not installed yet")
    key_commands.add_options(add("keys", key_commands.keys, "the keys that sign", as_json=True))
    shadow_command.add_options(
        add("shadow", shadow_command.shadow, "what another rule set would make of the register", as_json=True)
    )
    store_command.add_options(
        add(
            "verify-store",
            store_command.verify_store,
            "derive all that is kept again from what it was derived from, and name what does not agree",
            as_json=True,
        )
    )
    backup_commands.add_backup_options(
        add(
            "backup",
            backup_commands.backup,
            "write all that is kept, as it is at one instant, into a folder",
            as_json=True,
        )
    )
    backup_commands.add_restore_options(
        add("restore", backup_commands.restore, "make an empty installation of a backup", as_json=True)
    )
    backup_commands.add_release_options(
        add("release", backup_commands.release, "let a restored installation sign and work again")
    )
    first = add("administrator", server.administrator, "make the authority and its first administrator")
    first.add_argument("--email", required=True)
    first.add_argument("--name", required=True)
    first.add_argument("--authority-en", required=True, help="the authority's name in English")
    first.add_argument("--authority-zh", required=True, help="and in Chinese")
    return parser


def _language_of(environ: Any) -> str:
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh_CN" if spoken.startswith("zh") else "en"


def _print_refusal(error: RatedPartsError, options: argparse.Namespace) -> None:
    from ratedparts.wording import error_sentence, fault_as_json

    faults = [fault_as_json(fault, options.language) for fault in error.items]
    if options.json:
        message = error_sentence(error, options.language)
        offline.print_json(
            {"code": error.code, "message": message, "errors": faults, "error_count": len(faults)}
        )
        return
    print(f"ratedparts: {error_sentence(error, options.language)} [{error.code}]", file=sys.stderr)
    for fault in faults:
        print(f"  {fault['column']}: {fault['message']} [{fault['code']}]", file=sys.stderr)
