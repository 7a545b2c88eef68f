"""`ratedparts upload`: a laboratory's script hands in the results of a plan.

The token comes from the environment and never from the command line, which every user of a machine can read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from mimetypes import guess_type
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

ACCEPTED, REFUSED, USAGE, CANNOT_TELL = 0, 1, 2, 3
TOKEN = "RATEDPARTS_TOKEN"
PATIENCE_SECONDS = 600
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def fault_line(file: object, fault: dict[str, Any]) -> str:
    """``results.csv:17:cap_nF: … [number_format]``, as compilers say it and editors follow it."""
    place = ":".join(str(part) for part in (file, fault["row"], fault["column"]) if part is not None)
    return f"{place}: {fault['message']} [{fault['code']}]"


def upload(options: argparse.Namespace) -> int:
    server = urlsplit(options.server)
    if server.scheme != "https" and not (server.scheme == "http" and server.hostname in ON_THIS_MACHINE):
        return _wrong("--server must be an https address")
    token = os.environ.get(TOKEN, "")
    if not token:
        return _wrong(f"set {TOKEN} to a token of the laboratory; POST /api/v1/tokens gives one")
    try:
        content = options.file.read_bytes()
    except OSError as error:
        return _wrong(f"{options.file}: {error.strerror or error}")
    query = urlencode({"file_name": options.file.name, "encoding": options.encoding})
    address = f"{options.server.rstrip('/')}/api/v1/plans/{quote(options.plan, safe='')}/results?{query}"
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": guess_type(options.file.name)[0] or "application/octet-stream",
        "Accept-Language": options.language.replace("_", "-"),
    }
    try:
        with urlopen(Request(address, content, headers), timeout=PATIENCE_SECONDS) as answer:
            return _tell(json.load(answer), options, ACCEPTED)
    except HTTPError as error:
        return _tell(_problem(error), options, REFUSED)
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError) as error:
        # Sent again, the same bytes are the same submission: nothing is counted twice.
        print(f"ratedparts: {options.server} gave no answer ({error}); send the file again", file=sys.stderr)
        return CANNOT_TELL


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        found = json.load(error)
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    return found if isinstance(found, dict) else {"title": f"HTTP {error.code}", "status": error.code}


def _tell(answer: dict[str, Any], options: argparse.Namespace, status: int) -> int:
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return status
    for fault in answer.get("errors", []):
        print(fault_line(options.file, fault))
    if status == ACCEPTED:
        print(f"{options.file}: accepted as {answer['id']}; {options.server}/laboratory/plans/{options.plan}")
    else:
        print(f"{options.file}: {answer.get('title', 'refused')}")
    return status


def _wrong(what: str) -> int:
    print(f"ratedparts: {what}", file=sys.stderr)
    return USAGE
