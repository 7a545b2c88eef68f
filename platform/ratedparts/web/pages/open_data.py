"""The whole public catalogue as files: what there is, how to check it, how to read it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from ratedparts.catalogue.open_data.manifest import FORMATS, MANIFEST, SUMS
from ratedparts.catalogue.open_data.nightly import NIGHTS_KEPT, KeptSet, kept_sets
from ratedparts.catalogue.open_data.tables import Table
from ratedparts.proofs import parse_instant

from ..language import language
from ..requests import installation
from .programs import example_text
from .public import family_title, pages


@pages.get("/open-data")
def open_data() -> Any:
    sets = kept_sets(installation().settings.open_data)
    newest = sets[0] if sets else None
    return render_template(
        "public/open_data.html",
        newest=newest,
        instant=parse_instant(newest.manifest["ratedparts"]["instant"]) if newest else None,
        tables=[_line(newest, table) for table in _in_order(newest)] if newest else [],
        formulas=_formulas(newest) if newest else 0,
        earlier=sets[1:],
        kept=NIGHTS_KEPT,
        forms=FORMATS,
        manifest=MANIFEST,
        sums=SUMS,
        example=example_text("open_data.py"),
        server=installation().settings.public_url,
    )


@pages.app_template_filter()
def file_size(count: int) -> str:
    """In bytes, kB, MB or GB: powers of a thousand."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def _in_order(one: KeptSet) -> list[Table]:
    """What most come for first: the parts, then the certificates; what explains the others last."""
    return sorted(one.tables.values(), key=lambda table: (table.family is None, table.name != "certificates"))


def _line(one: KeptSet, table: Table) -> dict[str, Any]:
    files = {form: one.files[f"{table.name}.{form}"] for form in FORMATS}
    if table.family is not None and table.family in installation().library.families:
        title = family_title(table.family)
    else:
        title = table.zh if language() == "zh_CN" else table.en
    return {"name": table.name, "title": title, "rows": files["csv"]["rows"], "files": files}


def _formulas(one: KeptSet) -> int:
    return sum(int(said.get("cells_like_formulas", 0)) for said in one.files.values())
