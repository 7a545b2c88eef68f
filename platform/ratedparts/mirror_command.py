"""`ratedparts mirror-log`: anybody keeps a copy of the log, and notices when it is not what it was."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ratedparts.errors import Kind, RatedPartsError

FINE, CANNOT_TELL = 0, 3
PATIENCE_SECONDS = 30


def mirror_log(options: argparse.Namespace) -> int:
    """Fetch what is new, recompute the log, and say what it is now."""
    from ratedparts.log_mirror import mirror_log as bring_up_to_date
    from ratedparts.proofs import TrustedKeys, format_instant, parse_json
    from ratedparts.status_mirror import mirror_status_list

    try:
        trust = TrustedKeys.from_json(parse_json(options.trust.read_bytes()))
    except (OSError, RatedPartsError) as error:
        print(f"ratedparts: {options.trust}: {error}", file=sys.stderr)
        return 2
    try:
        found = bring_up_to_date(source(options.source), options.folder, trust=trust, origin=options.origin)
        status = None
        if options.status:
            prefix, _, name = options.status.rpartition("/")
            status = mirror_status_list(source(prefix or "."), name, options.folder, trust=trust)
    except OSError as error:
        print(f"ratedparts: {error.filename or options.folder}: {error.strerror or error}", file=sys.stderr)
        return 2
    except RatedPartsError as error:
        if error.code != "log_source_silent":
            raise  # the log is not what it claims to be
        from ratedparts.wording import error_sentence

        print(f"ratedparts: {error_sentence(error, options.language)} [{error.code}]", file=sys.stderr)
        return CANNOT_TELL
    told = {
        "origin": found.checkpoint.origin,
        "size": found.checkpoint.size,
        "root": found.checkpoint.root_hash.hex(),
        "continues": None if found.earlier is None else found.earlier.size,
        "files_fetched": found.fetched,
        "status_list": None if status is None else status.sequence,
    }
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        since = "" if found.earlier is None else f", continuing the {found.earlier.size} that were saved"
        print(f"{told['origin']}: {told['size']} entries{since}; root {told['root']}")
        if status is not None:
            made = format_instant(status.made_at)
            print(f"status list {status.sequence} of {made}: {len(status.certificates)} not in force")
    return FINE


def source(address: str) -> Callable[[str, int], bytes]:
    """The files below an http(s) address, or in a folder.  Everything is checked, wherever it comes from."""
    if urlsplit(address).scheme in ("http", "https"):
        return _server(address.rstrip("/"))
    return _folder(Path(address))


def _server(prefix: str) -> Callable[[str, int], bytes]:
    def fetch(path: str, most: int) -> bytes:
        # The scheme was looked at: no file of this machine can be meant.
        request = Request(f"{prefix}/{path}", headers={"Accept-Encoding": "identity"})
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return _limited(answer.read(most + 1), most, path)
        except HTTPError as error:
            error.close()
            raise _silent(f"{prefix}/{path}", f"HTTP {error.code}") from None
        except (URLError, TimeoutError, ConnectionError) as error:
            raise _silent(f"{prefix}/{path}", str(error)) from None

    return fetch


def _folder(folder: Path) -> Callable[[str, int], bytes]:
    def fetch(path: str, most: int) -> bytes:
        try:
            with (folder / path).open("rb") as file:
                return _limited(file.read(most + 1), most, path)
        except OSError as error:
            raise _silent(str(folder / path), error.strerror or str(error)) from None

    return fetch


def _limited(content: bytes, most: int, path: str) -> bytes:
    if len(content) > most:
        raise RatedPartsError("log_file_too_large", kind=Kind.TOO_LARGE, address=path, max_bytes=most)
    return content


def _silent(address: str, problem: str) -> RatedPartsError:
    return RatedPartsError(
        "log_source_silent", kind=Kind.UNAVAILABLE, address=address[:200], problem=problem[:200]
    )
