"""The command `keys`: the keys of an installation, their windows, and how they begin and end."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from ratedparts.server_commands import installed

ACTIONS = {
    "list": "every key with its window",
    "rotate": "let a new key begin, and the old one end there",
    "retire": "let a key end without another in its place",
    "revoke": "say that somebody else may hold a key",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=ACTIONS, help="; ".join(f"{name}: {says}" for name, says in ACTIONS.items())
    )
    parser.add_argument("--purpose", help="rotate: certificates, log or documents")
    parser.add_argument("--key", help="retire, revoke: the key's id, did:key:…")
    parser.add_argument(
        "--at",
        metavar="INSTANT",
        help="such as 2026-11-23T09:00:00Z; default: a minute from now, revoke: now",
    )
    parser.add_argument("--reason", default="", help="revoke: why, for the audit log")


def keys(options: argparse.Namespace) -> int:
    """Run one action; every change is one line of the audit log."""
    from ratedparts.certificates import key_rotation
    from ratedparts.certificates.signing_keys import published_keys

    here = installed()
    at = _instant(options.at)
    with here.database.work() as work:
        if options.action == "rotate":
            new = key_rotation.rotate(work, here.keys, options.purpose or "", at)
            print(f"new key: {new.id}")
        elif options.action == "retire":
            key_rotation.retire(work, options.key or "", at)
        elif options.action == "revoke":
            key_rotation.revoke(work, options.key or "", at or work.at, options.reason)
        _print(published_keys(work), work.at, options)
    return 0


def _instant(text: str | None) -> datetime | None:
    from ratedparts.proofs import parse_instant

    return None if text is None else parse_instant(text)


def _print(listed: Any, at: datetime, options: argparse.Namespace) -> None:
    import json

    from ratedparts.proofs import format_instant

    if options.json:
        print(json.dumps(listed.to_json(), indent=1))
        return
    for key in listed.keys:
        state = "signs now" if key.is_active(at) else "revoked" if key.revoked_at else "does not sign now"
        until = format_instant(key.valid_until) if key.valid_until else "…"
        print(f"{key.purpose:<13} {format_instant(key.valid_from)} – {until:<20} {state}")
        print(f"  {key.id}")
