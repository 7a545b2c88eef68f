"""The designer: a product's list of parts against what is published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from ratedparts.catalogue.bill_of_materials.matching import Found
from ratedparts.errors import RatedPartsError

from ..asked_bill import AskedBill, bill_of, of_file, pasted, read_asked
from ..asked_use import PRESETS
from ..downloads import download
from ..forms import Form
from ..requests import reading
from ..security import limiter
from ..shown_bill import as_table, shown_lines
from ..shown_search import use_in_words
from .rules import ENCODINGS

pages = Blueprint("bills", __name__)
CSV = "text/csv; charset=utf-8"


@pages.route("/bill-of-materials", methods=["GET", "POST"])
@limiter.limit("60/minute", methods=["POST"])
def bill() -> Any:
    form = Form.posted()
    asked: AskedBill | None = None
    if request.method == "POST":
        asked = _asked(form)
    if asked is None:
        page = render_template("bills/bill.html", form=form, presets=PRESETS, encodings=ENCODINGS, bill=None)
        return page, 422 if form.faults else 200
    form.values = {**form.values, "bill": asked.text}
    with reading() as work:
        found = bill_of(work, asked)
        if request.form.get("as") == "csv":
            return download(as_table(found, work.at), "bill-of-materials.csv", CSV)
        open_rows = {match.line.row for match in found.of(Found.AMBIGUOUS)}
        return render_template(
            "bills/bill.html",
            form=form,
            presets=PRESETS,
            encodings=ENCODINGS,
            bill=found,
            lines=list(shown_lines(found, work.at)),
            kept={row: one for row, one in asked.chosen.items() if row not in open_rows},
            counts={one.value: len(found.of(one)) for one in Found},
            use=None if asked.use is None else use_in_words(asked.use),
        )


def _asked(form: Form) -> AskedBill | None:
    """None where something is wrong with it; the form then says what."""
    file = request.files.get("file")
    content = file.read() if file else b""
    try:
        encoding = form["encoding"] or "utf-8"
        return read_asked(
            form.values, lambda: of_file(content, encoding) if content else pasted(form["bill"])
        )
    except RatedPartsError as error:
        form.blame(error)
        return None
