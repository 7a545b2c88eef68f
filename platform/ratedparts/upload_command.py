"""`ratedparts upload`: a laboratory's script hands in the results of a plan.

The token comes from the environment and never from the command line, which every user of a machine can read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from mimetypes import guess_type
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit

from ratedparts.sending_in_pieces import Server, begin_upload, send_pieces
from ratedparts.terminal_bar import TerminalBar

ACCEPTED, REFUSED, USAGE, CANNOT_TELL = 0, 1, 2, 3
TOKEN = "RATEDPARTS_TOKEN"
IN_ONE_PIECE = 8 * 2**20  # a longer file goes in pieces
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
ON_THE_WAY = ("arriving", "arrived", "checking")
FINE = ("accepted", "evaluated")


def fault_line(file: object, fault: dict[str, Any]) -> str:
    """``results.csv:17:cap_nF: … [number_format]``, as compilers say it and editors follow it."""
    place = ":".join(str(part) for part in (file, fault["row"], fault["column"]) if part is not None)
    return f"{place}: {fault['message']} [{fault['code']}]"


def upload(options: argparse.Namespace) -> int:
    address = urlsplit(options.server)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in ON_THIS_MACHINE):
        return _wrong("--server must be an https address")
    token = os.environ.get(TOKEN, "")
    if not token:
        return _wrong(f"set {TOKEN} to a token of the laboratory; POST /api/v1/tokens gives one")
    server = Server(options.server.rstrip("/"), token, options.language.replace("_", "-"))
    try:
        size = options.file.stat().st_size
        if size > IN_ONE_PIECE or options.number:
            answer = _in_pieces(server, options, size)
        else:
            answer = _in_one_piece(server, options)
        return _tell(_watched_to_its_end(server, options, answer), options)
    except HTTPError as error:
        return _tell(_problem(error), options)
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError) as error:
        # Sent again, the same bytes are the same submission: nothing is counted twice.
        print(f"ratedparts: {options.server} gave no answer ({error}); send the file again", file=sys.stderr)
        return CANNOT_TELL
    except OSError as error:
        return _wrong(f"{options.file}: {error.strerror or error}")


def _in_one_piece(server: Server, options: argparse.Namespace) -> dict[str, Any]:
    query = urlencode({"file_name": options.file.name, "encoding": options.encoding})
    kind = guess_type(options.file.name)[0] or "application/octet-stream"
    content = options.file.read_bytes()
    path = f"/plans/{quote(options.plan, safe='')}/results?{query}"
    return server.json("POST", path, content, {"Content-Type": kind})


def _in_pieces(server: Server, options: argparse.Namespace, size: int) -> dict[str, Any]:
    number = options.number
    if not number:
        told = {"plan_id": options.plan, "file_name": options.file.name, "encoding": options.encoding}
        number = begin_upload(server, size, told)
        print(f"ratedparts: if interrupted, add --continue {number}", file=sys.stderr)
    with options.file.open("rb") as file, TerminalBar("sending") as bar:
        send_pieces(server, number, file, lambda sent: bar.show(sent / max(size, 1)))
    return server.json("GET", f"/submissions/{quote(number, safe='')}")


def _watched_to_its_end(
    server: Server, options: argparse.Namespace, answer: dict[str, Any]
) -> dict[str, Any]:
    with TerminalBar("checking") as bar:
        while answer["state"] in ON_THE_WAY:
            bar.show(answer["progress"], answer["state"])
            time.sleep(0.5)
            answer = server.json("GET", f"/submissions/{quote(answer['id'], safe='')}")
    return answer


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        found = json.load(error)
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    return found if isinstance(found, dict) else {"title": f"HTTP {error.code}", "status": error.code}


def _tell(answer: dict[str, Any], options: argparse.Namespace) -> int:
    accepted = answer.get("state") in FINE
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return ACCEPTED if accepted else REFUSED
    for fault in answer.get("errors", []):
        print(fault_line(options.file, fault))
    if accepted:
        print(f"{options.file}: accepted as {answer['id']}; {options.server}/laboratory/plans/{options.plan}")
        return ACCEPTED
    print(f"{options.file}: {answer.get('title') or answer.get('state', 'refused')}")
    return REFUSED


def _wrong(what: str) -> int:
    print(f"ratedparts: {what}", file=sys.stderr)
    return USAGE
