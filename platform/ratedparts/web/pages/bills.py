"""The designer: a product's list of parts against what is published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from ratedparts.catalogue.bill_of_materials.service import Bill
from ratedparts.db import Work
from ratedparts.errors import RatedPartsError

from ..asked_bill import AskedBill, bill_of, of_file, pasted, read_asked
from ..asked_use import PRESETS
from ..downloads import download
from ..forms import Form
from ..requests import reading
from ..security import limiter
from ..shown_bill import as_table, counts_of, open_rows, shown_lines
from ..shown_search import use_in_words
from .rules import ENCODINGS

pages = Blueprint("bills", __name__)
CSV = "text/csv; charset=utf-8"


@pages.route("/bill-of-materials", methods=["GET", "POST"])
@limiter.limit("60/minute", methods=["POST"])
def bill() -> Any:
    if request.method == "GET":
        return show(Form(), None)
    form, asked = ask_of_form()
    if asked is not None and request.form.get("as") == "csv":
        with reading() as work:
            return download(as_table(bill_of(work, asked), work.at), "bill-of-materials.csv", CSV)
    return show(form, asked)


def ask_of_form() -> tuple[Form, AskedBill | None]:
    """No bill where something is wrong with it; the form then says what."""
    form = Form.posted()
    file = request.files.get("file")
    content = file.read() if file else b""
    encoding = form["encoding"] or "utf-8"
    try:
        asked = read_asked(
            form.values, lambda: of_file(content, encoding) if content else pasted(form["bill"])
        )
    except RatedPartsError as error:
        form.blame(error)
        return form, None
    form.values = {**form.values, "bill": asked.text}
    return form, asked


def show(form: Form, asked: AskedBill | None) -> Any:
    fixed: dict[str, Any] = {"form": form, "presets": PRESETS, "encodings": ENCODINGS}
    if asked is None:
        page = render_template("bills/bill.html", bill=None, **fixed)
    else:
        with reading() as work:
            found = bill_of(work, asked)
            waiting = open_rows(found)
            kept = {row: one for row, one in asked.chosen.items() if row not in waiting}
            page = render_template("bills/bill.html", kept=kept, **fixed, **shown(work, asked, found))
    return page, 422 if form.faults else 200


def shown(work: Work, asked: AskedBill, found: Bill) -> dict[str, Any]:
    """What the tables of a bill need."""
    return {
        "bill": found,
        "lines": list(shown_lines(found, work.at)),
        "counts": counts_of(found),
        "use": None if asked.use is None else use_in_words(asked.use),
    }
