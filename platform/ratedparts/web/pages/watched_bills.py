"""The designer: being told when the rating of a part in a list changes."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.catalogue.bill_of_materials.telling import change_in_words
from ratedparts.errors import RatedPartsError

from ..asked_bill import asked_again, bill_of
from ..language import language, text
from ..requests import reading, working
from ..security import limiter
from ..watched_bill import ask_to_watch, begin_watching
from .bills import ask_of_form, pages, show, shown


@pages.post("/bill-of-materials/watch")
@limiter.limit("20/hour")
def watch() -> Any:
    form, asked = ask_of_form()
    if asked is None:
        return show(form, None)
    try:
        with working() as work:
            ask_to_watch(work, asked, form.values, form["email"], form["webhook"].strip(), language())
    except RatedPartsError as error:
        form.blame(error, too_many_watched="email")
        return show(form, asked)
    address = form["email"].strip()
    flash(text("A letter is on its way to {address}. Follow its link to begin.", address=address), "good")
    return redirect(url_for("bills.bill"))


@pages.get("/watched-bills/<token>")
def watched(token: str) -> Any:
    with reading() as work:
        bill = watching.watched_bill(work, token)
        asked = asked_again(bill)
        told = shown(work, asked, bill_of(work, asked))
        return render_template(
            "bills/watched.html",
            watched=bill,
            words_of=lambda notice: change_in_words(notice, language()),
            **told,
        )


@pages.post("/watched-bills/<token>/begin")
def begin(token: str) -> Any:
    with working() as work:
        begin_watching(work, token)
    flash(text("The list is watched from now on."), "good")
    return redirect(url_for("bills.watched", token=token))


@pages.post("/watched-bills/<token>/stop")
def stop(token: str) -> Any:
    with working() as work:
        watching.stop_watching(work, token)
    flash(text("The list has been deleted, and no more letters come."), "good")
    return redirect(url_for("bills.bill"))
