"""`ratedparts export` and `export-check`: the open data as a folder, and a folder held against its source."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ratedparts import offline_commands as offline
from ratedparts.server_commands import installed

DIFFERENT = 1


def add_export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="that is not there yet, or empty")
    parser.add_argument(
        "--made-up", action="store_true", help="with the parts that were generated for trials of speed"
    )


def add_check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="with a set: datapackage.json, SHA256SUMS and the tables")
    parser.add_argument(
        "--format", choices=("csv", "parquet", "jsonl"), help="read the tables in this one; default: in all"
    )
    parser.add_argument(
        "--against", metavar="DATABASE", help="such as sqlite:///var/ratedparts.sqlite: compare every value"
    )


def export(options: argparse.Namespace) -> int:
    """Write everything public as it is now; the folder is there with all of it, or is not there."""
    from ratedparts.catalogue.open_data.exporting import export_set
    from ratedparts.catalogue.open_data.manifest import MANIFEST
    from ratedparts.proofs import format_instant

    here = installed()
    try:
        moment = export_set(
            here.database, here.library, here.publisher, options.folder, made_up=options.made_up
        )
    finally:
        here.database.dispose()
    told = {
        "folder": str(options.folder),
        "instant": format_instant(moment.at),
        "generation": moment.position.generation,
        "revision": moment.position.revision,
        "log_size": moment.log_size,
    }
    if options.json:
        offline.print_json(told)
    else:
        print(f"{options.folder / MANIFEST}: {told['instant']}, log of {moment.log_size} entries")
    return offline.OK


def export_check(options: argparse.Namespace) -> int:
    """Hold every file against its digest and every value against its type; then, if asked, a database."""
    from ratedparts.catalogue.open_data.checking import read_set
    from ratedparts.catalogue.open_data.manifest import FORMATS
    from ratedparts.proofs import format_instant

    forms = (options.format,) if options.format else FORMATS
    found = read_set(options.folder, forms)
    told: dict[str, Any] = {
        "instant": format_instant(found.at),
        "revision": found.position.revision,
        "tables": len(found.tables),
        "formats": list(forms),
        "differences": [],
    }
    if options.against:
        told |= _compared(found, options.against, forms[0])
    if options.json:
        offline.print_json(told)
    else:
        print(f"{told['instant']}: {told['tables']} tables, whole, as their schemas say")
        if options.against:
            _print_compared(told)
    return DIFFERENT if told["differences"] else offline.OK


def _compared(found: Any, url: str, form: str) -> dict[str, Any]:
    from dataclasses import asdict

    from ratedparts.catalogue.open_data.comparing import compare_with_database
    from ratedparts.db import Database
    from ratedparts.protocols import load_library

    database = Database(url)
    try:
        compared = compare_with_database(found, database, load_library(), form)
    finally:
        database.dispose()
    return {
        "rows": compared.rows,
        "database_revision": compared.position.revision,
        "same_position": compared.position == found.position,
        "differences": [asdict(one) for one in compared.differences],
    }


def _print_compared(told: dict[str, Any]) -> None:
    if not told["same_position"]:
        print(
            f"The catalogue has changed since: revision {told['revision']} in the set, "
            f"{told['database_revision']} in the database."
        )
    for one in told["differences"]:
        about = f"column {one['column']}" if one["column"] else "on one side only"
        print(f"{one['table']}: {one['count']} rows differ, {about}: {', '.join(one['keys'])}")
    if not told["differences"]:
        print(f"{told['rows']:,} rows, every value the same as in the database.")
