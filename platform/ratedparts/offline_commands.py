"""The commands that need no installation: `check`, `evaluate`, `verify`, `recheck`, `protocols`.

What each of them imports is imported when it runs, so that all of them begin at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from ratedparts.errors import RatedPartsError
from ratedparts.terminal_bar import TerminalBar
from ratedparts.upload_command import fault_line

OK, REFUSED, USAGE, CANNOT_TELL = 0, 1, 2, 3
LARGEST_JSON_BYTES = 64 * 2**20


class WrongUse(Exception):
    """A file that cannot be read, an option that makes no sense: exit status 2."""


def check(options: argparse.Namespace) -> int:
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
        print_json(
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


def evaluate(options: argparse.Namespace) -> int:
    from ratedparts.grading import decide_json
    from ratedparts.protocols import load_library

    decision = decide_json(_read_json(options.dossier), load_library()).as_json()
    _say(decision["reasons"], options.language)
    if options.json:
        print_json(decision)
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


def verify(options: argparse.Namespace) -> int:
    from ratedparts.proofs import TrustedKeys, verify_file
    from ratedparts.wording import sentence

    trust = TrustedKeys.from_json(_read_side_json(options.trust)) if options.trust else None
    found = verify_file(
        _read(options.file),
        trust=trust,
        at=datetime.now(UTC),
        find_in_log=_mirror_of(options, trust),
        status_list=_read(options.status) if options.status else None,
    )
    verdict = found.to_json()
    for reason in verdict["reasons"]:
        reason["text"] = sentence(reason["code"], reason.get("parameters", {}), options.language)
    if options.json:
        print_json(verdict)
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
        raise WrongUse("--log needs --trust: whose log it is says only a key that you trust")
    from ratedparts.log_mirror import record_in, saved_checkpoint

    try:
        checkpoint = saved_checkpoint(options.log, trust=trust)
    except (OSError, RatedPartsError) as error:
        raise WrongUse(f"{options.log}: {error}") from None
    if checkpoint is None:
        raise WrongUse(f"{options.log}: no copy of a log; `ratedparts mirror-log` makes one")
    return lambda number: record_in(options.log, checkpoint, number)


def recheck(options: argparse.Namespace) -> int:
    from ratedparts.certificates.rechecking import recheck_bundle
    from ratedparts.protocols import load_library

    result = recheck_bundle(_read(options.bundle), load_library())
    if options.json:
        print_json(result.as_json())
    else:
        print(f"{options.bundle}: {'the same' if result.same else 'differs'}")
        for difference in result.differences:
            signed, recomputed = difference["signed"], difference["recomputed"]
            print(f"  {difference['path']}: signed {signed!r}, recomputed {recomputed!r}")
    return OK if result.same else REFUSED


def protocols(options: argparse.Namespace) -> int:
    from ratedparts.protocols import example_file, load_library, template_file

    library = load_library()
    if options.action == "list":
        for protocol in sorted(library.protocols.values(), key=lambda one: one.name):
            title = protocol.title.zh if options.language == "zh_CN" else protocol.title.en
            print(f"{protocol.name:<14} {title}")
        return OK
    if options.protocol is None:
        raise WrongUse(f"`protocols {options.action}` needs the name of a protocol")
    protocol = _named_protocol(library, options.protocol)
    if options.action == "show":
        # The file itself: it is written to be read.
        source = resources.files("ratedparts.test_protocols") / f"{protocol.name}.toml"
        print(source.read_text(encoding="utf-8"), end="")
        return OK
    if options.units is not None and options.units < 1:
        raise WrongUse("--units needs a whole number of at least 1")
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
        raise WrongUse(f"{path}: {error.strerror or error}") from None


def _opened(path: Path, bar: TerminalBar) -> IO[bytes]:
    """The file to read from, as often as needed; what a pipe gives is kept for that."""
    from ratedparts.blobs.watched_file import watched

    try:
        size = max(path.stat().st_size, 1)
        source = watched(path, lambda read: bar.show(read / size))
        return source if source.seekable() else BytesIO(source.read())
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror or error}") from None


def _read_json(path: Path) -> Any:
    from ratedparts.proofs import parse_json

    return parse_json(_read(path), max_bytes=LARGEST_JSON_BYTES)


def _read_side_json(path: Path) -> Any:
    """JSON that only helps with the file in question: if it is broken, the call is wrong, not the file."""
    try:
        return _read_json(path)
    except RatedPartsError as error:
        raise WrongUse(f"{path}: {error}") from None


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))
