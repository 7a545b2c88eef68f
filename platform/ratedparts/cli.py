"""The console command: `ratedparts check | evaluate | verify | protocols | serve | …`.

Exit status: 0 accepted, decided or valid; 1 refused, invalid or different; 2 wrong use; 3 cannot tell.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from ratedparts import __version__
from ratedparts import server_commands as server
from ratedparts.errors import RatedPartsError
from ratedparts.mirror_command import mirror_log
from ratedparts.terminal_bar import TerminalBar
from ratedparts.upload_command import fault_line
from ratedparts.upload_command import upload as send_results

OK, REFUSED, USAGE, CANNOT_TELL = 0, 1, 2, 3
LARGEST_JSON_BYTES = 64 * 2**20


class _WrongUse(Exception):
    """A file that cannot be read, an option that makes no sense: exit status 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except _WrongUse as error:
        print(f"ratedparts: {error}", file=sys.stderr)
        return USAGE
    except RatedPartsError as error:
        _print_refusal(error, options)
        return USAGE if error.code in ("unknown_protocol", "settings_refused") else REFUSED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _parser() -> argparse.ArgumentParser:
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

    check = add("check", _check, "check a results file against a protocol", as_json=True)
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

    evaluate = add("evaluate", _evaluate, "decide the grade of a dossier", as_json=True)
    evaluate.add_argument("dossier", type=Path)

    verify = add(
        "verify", _verify, "verify a certificate offline: JSON, PDF or evidence bundle", as_json=True
    )
    verify.add_argument("file", type=Path)
    verify.add_argument("--trust", type=Path, help="JSON of the keys that you trust")
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
    mirror.add_argument("--origin", help="the log's name; default: that of the copy, or what a key signs")

    recheck = add("recheck", _recheck, "recompute the decision of an evidence bundle", as_json=True)
    recheck.add_argument("bundle", type=Path)

    protocols = add("protocols", _protocols, "list and show protocols; templates and examples of their files")
    protocols.add_argument("action", choices=("list", "show", "template", "example"))
    protocols.add_argument("protocol", nargs="?", help="MLCC-HTL (the newest version) or MLCC-HTL@1")
    protocols.add_argument("--units", type=int, help="units of the example; default: the protocol's sample")

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
    effects = add(
        "protocol-effects",
        server.protocol_effects,
        "what another version of a protocol would make of the evidence that is there",
    )
    effects.add_argument("older", help="such as MLCC-HTL@1")
    effects.add_argument("newer", help="such as MLCC-HTL@2")
    effects.add_argument("--folder", type=Path, help="of the protocols, where NEWER is not installed yet")
    first = add("administrator", server.administrator, "make the authority and its first administrator")
    first.add_argument("--email", required=True)
    first.add_argument("--name", required=True)
    first.add_argument("--authority-en", required=True, help="the authority's name in English")
    first.add_argument("--authority-zh", required=True, help="and in Chinese")
    return parser


def _language_of(environ: Any) -> str:
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh_CN" if spoken.startswith("zh") else "en"


def _check(options: argparse.Namespace) -> int:
    from ratedparts.protocols import check_stream, load_library
    from ratedparts.wording import fault_as_json

    library = load_library()
    with TerminalBar(str(options.file)) as bar, _opened(options.file, bar) as source:
        report = check_stream(
            source,
            _named_protocol(library, options.protocol),
            library=library,
            part=_read_side_json(options.part) if options.part else None,
            plan=_read_side_json(options.plan) if options.plan else None,
            encoding=options.encoding,
        )
    faults = [fault_as_json(fault, options.language) for fault in report.faults]
    if report.gathered:
        print("ratedparts: the rows of a unit stood apart and were sorted first", file=sys.stderr)
    if options.json:
        _print_json(
            {
                "accepted": report.accepted,
                "rows": report.rows,
                "units": report.units,
                "errors": faults,
                "error_count": report.fault_count,
                "not_checked": list(report.not_checked),
            }
        )
    else:
        _print_check(report, faults, options)
    return OK if report.accepted else REFUSED


def _print_check(report: Any, faults: list[dict[str, Any]], options: argparse.Namespace) -> None:
    for fault in faults:
        print(fault_line(options.file, fault))
    if report.fault_count > len(faults):
        print(f"… {report.fault_count - len(faults)} more")
    verdict = "accepted" if report.accepted else f"refused, {report.fault_count} fault(s)"
    print(f"{options.file}: {verdict}; {report.units} units, {report.rows} rows, {report.protocol}")
    if report.not_checked:
        print("not checked, because not given: " + ", ".join(report.not_checked))


def _evaluate(options: argparse.Namespace) -> int:
    from ratedparts.grading import decide_json
    from ratedparts.protocols import load_library

    decision = decide_json(_read_json(options.dossier), load_library()).as_json()
    _say(decision["reasons"], options.language)
    if options.json:
        _print_json(decision)
        return OK
    vector = decision["vector"]
    held = f"  held by {', '.join(decision['binding'])}" if decision["binding"] else ""
    print(f"{vector['use_condition']}: grade {decision['grade']}{held}")
    print("  " + "  ".join(f"{axis} {vector[axis]}" for axis in ("R", "L", "Q", "E")))
    for reason in decision["reasons"]:
        print(f"  {'+' if reason['met'] else '-'} {reason['text']} [{reason['code']}, {reason['rule']}]")
    if decision["valid_until"]:
        print(f"  could be certified until {decision['valid_until']}")
    return OK


def _say(reasons: list[dict[str, Any]], language: str) -> None:
    """Give each reason its sentence."""
    from ratedparts.wording import sentence

    for reason in reasons:
        known = {name: reason[name] for name in ("number", "limit", "margin", "met", "rule")}
        reason["text"] = sentence(reason["code"], {**known, **reason["parameters"]}, language)


def _verify(options: argparse.Namespace) -> int:
    from ratedparts.proofs import TrustedKeys, verify_file
    from ratedparts.wording import sentence

    trust = TrustedKeys.from_json(_read_side_json(options.trust)) if options.trust else None
    found = verify_file(
        _read(options.file), trust=trust, at=datetime.now(UTC), find_in_log=_mirror_of(options, trust)
    )
    verdict = found.to_json()
    for reason in verdict["reasons"]:
        reason["text"] = sentence(reason["code"], reason.get("parameters", {}), options.language)
    if options.json:
        _print_json(verdict)
    else:
        print(f"{options.file}: {verdict['verdict']}")
        for reason in verdict["reasons"]:
            print(f"  {reason['text']} [{reason['code']}]")
    return {"valid": OK, "invalid": REFUSED}.get(verdict["verdict"], CANNOT_TELL)


def _mirror_of(options: argparse.Namespace, trust: Any) -> Any:
    """Looks a certificate up in the copy of the log that was named; None where none was."""
    if options.log is None:
        return None
    if trust is None:
        raise _WrongUse("--log needs --trust: whose log it is says only a key that you trust")
    from ratedparts.log_mirror import record_in, saved_checkpoint

    try:
        checkpoint = saved_checkpoint(options.log, trust=trust)
    except (OSError, RatedPartsError) as error:
        raise _WrongUse(f"{options.log}: {error}") from None
    if checkpoint is None:
        raise _WrongUse(f"{options.log}: no copy of a log; `ratedparts mirror-log` makes one")
    return lambda number: record_in(options.log, checkpoint, number)


def _recheck(options: argparse.Namespace) -> int:
    from ratedparts.certificates.rechecking import recheck_bundle
    from ratedparts.protocols import load_library

    result = recheck_bundle(_read(options.bundle), load_library())
    if options.json:
        _print_json(result.as_json())
    else:
        print(f"{options.bundle}: {'the same' if result.same else 'differs'}")
        for difference in result.differences:
            signed, recomputed = difference["signed"], difference["recomputed"]
            print(f"  {difference['path']}: signed {signed!r}, recomputed {recomputed!r}")
    return OK if result.same else REFUSED


def _protocols(options: argparse.Namespace) -> int:
    from ratedparts.protocols import example_file, load_library, template_file

    library = load_library()
    if options.action == "list":
        for protocol in sorted(library.protocols.values(), key=lambda one: one.name):
            title = protocol.title.zh if options.language == "zh_CN" else protocol.title.en
            print(f"{protocol.name:<14} {title}")
        return OK
    if options.protocol is None:
        raise _WrongUse(f"`protocols {options.action}` needs the name of a protocol")
    protocol = _named_protocol(library, options.protocol)
    if options.action == "show":
        # The file itself: it is written to be read.
        source = resources.files("ratedparts.test_protocols") / f"{protocol.name}.toml"
        print(source.read_text(encoding="utf-8"), end="")
        return OK
    if options.units is not None and options.units < 1:
        raise _WrongUse("--units needs a whole number of at least 1")
    content = (
        template_file(protocol) if options.action == "template" else example_file(protocol, options.units)
    )
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return OK


def _named_protocol(library: Any, name: str) -> Any:
    return library.protocol(name) if "@" in name else library.latest(name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _WrongUse(f"{path}: {error.strerror or error}") from None


def _opened(path: Path, bar: TerminalBar) -> IO[bytes]:
    """The file to read from, as often as needed; what a pipe gives is kept for that."""
    from ratedparts.blobs.watched_file import watched

    try:
        size = max(path.stat().st_size, 1)
        source = watched(path, lambda read: bar.show(read / size))
        return source if source.seekable() else BytesIO(source.read())
    except OSError as error:
        raise _WrongUse(f"{path}: {error.strerror or error}") from None


def _read_json(path: Path) -> Any:
    from ratedparts.proofs import parse_json

    return parse_json(_read(path), max_bytes=LARGEST_JSON_BYTES)


def _read_side_json(path: Path) -> Any:
    """JSON that only helps with the file in question: if it is broken, the call is wrong, not the file."""
    try:
        return _read_json(path)
    except RatedPartsError as error:
        raise _WrongUse(f"{path}: {error}") from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def _print_refusal(error: RatedPartsError, options: argparse.Namespace) -> None:
    from ratedparts.wording import error_sentence, fault_as_json

    faults = [fault_as_json(fault, options.language) for fault in error.items]
    if options.json:
        message = error_sentence(error, options.language)
        _print_json({"code": error.code, "message": message, "errors": faults, "error_count": len(faults)})
        return
    print(f"ratedparts: {error_sentence(error, options.language)} [{error.code}]", file=sys.stderr)
    for fault in faults:
        print(f"  {fault['column']}: {fault['message']} [{fault['code']}]", file=sys.stderr)
