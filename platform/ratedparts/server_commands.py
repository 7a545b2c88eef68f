"""The commands that need an installation: `migrate`, `serve`, `worker`, `demo`, `administrator`,
`protocol-effects`.

What each of them imports is imported when it runs: the commands that work offline stay quick.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ratedparts.offline_commands import WrongUse


def installed(*, to_serve: bool = False) -> Any:
    """The installation that the environment names; ``to_serve``: one that may answer and work for others."""
    from ratedparts.installation import Installation
    from ratedparts.settings import Settings

    return Installation(Settings.read_to_serve(os.environ) if to_serve else Settings.read(os.environ))


def require_there(settings: Any) -> None:
    """To connect to a file of SQLite that is not there would make it."""
    file = settings.database_url.removeprefix("sqlite:///")
    if settings.database_url.startswith("sqlite") and not Path(file).is_file():
        raise WrongUse(f"{file}: no database; RATEDPARTS_VAR or DATABASE_URL says where it is")


def migrate(options: argparse.Namespace) -> int:
    from ratedparts.db.migrating import downgrade

    installation = installed()
    if options.down:
        downgrade(installation.database.engine, options.down)
    else:
        installation.prepare()
    return 0


def catalogue(options: argparse.Namespace) -> int:
    installation = installed()
    installation.prepare()
    with installation.database.reading() as work:
        view = installation.read_model.rebuild(work)
    print(f"catalogue: {sum(segment.rows for segment in view.segments):,} published parts")
    return 0


def serve(options: argparse.Namespace) -> int:
    import waitress

    from ratedparts.app import create_app
    from ratedparts.worker import start_beside

    installation = installed(to_serve=True)
    installation.prepare()
    settings = installation.settings
    stop = start_beside(installation, settings.workers)
    print(f"RatedParts ({settings.environment.value}) on http://{settings.host}:{settings.port}", flush=True)
    try:
        waitress.serve(create_app(settings), host=settings.host, port=settings.port, threads=8, ident=None)
    finally:
        stop.set()
    return 0


def worker(options: argparse.Namespace) -> int:
    import signal
    import threading

    from ratedparts.worker import work_until

    installation = installed(to_serve=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    work_until(installation, stop)
    return 0


def demo(options: argparse.Namespace) -> int:
    from ratedparts.demonstration import cast, generated_parts, loading

    def say(step: str) -> None:
        print(f"demonstration: {step}", flush=True)

    installation = installed()
    loading.load(installation, say)
    installation.prepare()
    if options.parts:
        generated_parts.generate(installation.database, installation.library, options.parts, say)
    print("Accounts of the demonstration, all with the password “" + cast.PASSWORD + "”:")
    for address, role in cast.accounts():
        print(f"  {address:<38} {role}")
    print("Programs get a token by POST /api/v1/tokens with email and password.")
    return serve(options) if options.serve else 0


def administrator(options: argparse.Namespace) -> int:
    from ratedparts.organisations.register import first_administrator
    from ratedparts.settings import Environment

    installation = installed()
    installation.prepare()
    with installation.database.work() as work:
        token = first_administrator(
            work,
            email=options.email,
            name=options.name,
            authority_en=options.authority_en,
            authority_zh=options.authority_zh,
            example=installation.settings.environment is not Environment.PRODUCTION,
        )
    print("Choose the password here, within two weeks:")
    print(f"  {installation.settings.public_url}/password/{token}")
    return 0


def protocol_effects(options: argparse.Namespace) -> int:
    from ratedparts.evidence.other_version import effects_of
    from ratedparts.protocols import load_library

    installation = installed()
    library = load_library(options.folder)
    older, newer = library.protocol(options.older), library.protocol(options.newer)
    count = refused = 0
    for effect in effects_of(installation.database, installation.blobs, library, older, newer):
        count += 1
        refused += not effect.accepted
        verdict = "refused: " + ", ".join(effect.codes) if not effect.accepted else "accepted"
        if effect.accepted:
            verdict += ", the same lives" if effect.same else ", other lives"
        print(f"{effect.plan}  {effect.part_number}  {verdict}", flush=True)
    print(f"{count} pieces of evidence by {older.name}; {newer.name} would refuse {refused}.")
    return 0
