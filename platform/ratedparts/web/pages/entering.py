"""The laboratory types a small test into a grid instead of handing in a file.

These pages stand on the laboratory's blueprint.
"""

from __future__ import annotations

import io
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.actor import Actor
from ratedparts.proofs import parse_json
from ratedparts.submissions import plans
from ratedparts.submissions.results import (
    INLINE_BYTES,
    fault_from_record,
    part_as_json,
    plan_as_json,
    submissions_of,
    visible_submission,
)
from ratedparts.submissions.withdrawals import withdrawals_of

from ..forms import Form
from ..grid_columns import columns_of
from ..language import language, text
from ..prefilled_rows import blank_row, fixed_cells, prefilled_rows, row_count
from ..problem import problem_of
from ..receiving import Received, receive
from ..requests import acting, installation, reading
from ..security import limiter
from ..typed_check import GridChecker, TypedCheck
from ..typed_grid import FILE_NAME, MOST_ROWS, rows_of_form, rows_of_json
from .laboratory import SAME_BYTES, pages

ROWS_MORE = 10


@pages.route("/plans/<number>/enter", methods=["GET", "POST"])
def enter(number: str) -> Any:
    """Without scripts the form's three buttons do it all: check, more rows, hand in."""
    actor = acting("laboratory")
    if request.method == "GET":
        return _page(actor, number, Form())
    form = Form.posted()
    checker = _checker(actor, number)
    rows = rows_of_form(form.values, checker.protocol)
    if "more" in form.values:
        return _page(actor, number, form, rows, more=min(ROWS_MORE, MOST_ROWS - len(rows)))
    outcome = checker.check(rows)
    if "check" in form.values:
        return _page(actor, number, form, rows, outcome)
    try:
        received = _hand_in(actor, number, form, checker, outcome)
    except RatedPartsError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        form.blame(error, missing_units_unconfirmed="missing_known")
        return _page(actor, number, form, rows, outcome), 422
    if received.refused:
        return _page(actor, number, form, rows, _as_recorded(actor, received, checker, outcome)), 422
    if received.repeated:
        flash(text(SAME_BYTES), "warn")
    return redirect(url_for("laboratory.submission", number=received.number))


@pages.post("/plans/<number>/enter/check")
@limiter.limit("120/minute")
def check_typed(number: str) -> Any:
    """For the page's script: what the checker says of the grid as it stands.  Nothing is stored."""
    try:
        checker = _checker(acting("laboratory"), number)
        rows = rows_of_json(parse_json(request.get_data(), max_bytes=INLINE_BYTES), checker.protocol)
    except RatedPartsError as error:
        return problem_of(error)
    outcome = checker.check(rows)
    told = {"outcome": outcome, "protocol": checker.protocol}
    return {
        **outcome.as_json,
        "said": render_template("laboratory/typed_said.html", **told).strip(),
        "listed": render_template("laboratory/typed_faults.html", **told),
        "lives": render_template("laboratory/typed_lives.html", **told),
    }


def _checker(actor: Actor, number: str) -> GridChecker:
    library = installation().library
    with reading() as work:
        plan = plans.visible_plan(work, actor, number)
        plans.require_party(actor, plan)
        protocol = library.protocol(plan.protocol)
        return GridChecker(protocol, library, part_as_json(plan), plan_as_json(work, plan), language())


def _hand_in(actor: Actor, number: str, form: Form, checker: GridChecker, outcome: TypedCheck) -> Received:
    """Send the grid the way of any file."""
    content = outcome.written.content
    if outcome.report is None:
        raise RatedPartsError("grid_empty")
    if len(content) > INLINE_BYTES:
        size = len(content)
        raise RatedPartsError("file_too_large", kind=Kind.TOO_LARGE, bytes=size, maximum=INLINE_BYTES)
    if outcome.report.accepted and outcome.missing and form["missing_known"] != "yes":
        # A grid is handed in half filled more easily than a file, and what was accepted stays.
        units = sum(outcome.missing.values())
        raise RatedPartsError("missing_units_unconfirmed", units=units, layout=checker.protocol.layout.value)
    return receive(actor, number, io.BytesIO(content), len(content), FILE_NAME, "utf-8")


def _as_recorded(actor: Actor, received: Received, checker: GridChecker, outcome: TypedCheck) -> TypedCheck:
    """The refusal with the faults that were recorded of it."""
    with reading() as work:
        found = visible_submission(work, actor, received.number)
        return checker.with_faults(outcome, [fault_from_record(fault) for fault in found.faults])


def _page(
    actor: Actor,
    number: str,
    form: Form,
    rows: list[list[str]] | None = None,
    outcome: TypedCheck | None = None,
    more: int = 0,
) -> str:
    """The grid as it was typed; without ``rows``, as the plan begins it."""
    with reading() as work:
        plan = plans.visible_plan(work, actor, number)
        plans.require_party(actor, plan)
        protocol = installation().library.protocol(plan.protocol)
        shown = prefilled_rows(plan, protocol) if rows is None else rows
        shown = shown and shown + more * [blank_row(plan, protocol)]
        return render_template(
            "laboratory/enter.html",
            plan=plan,
            part=plan.part,
            protocol=protocol,
            form=form,
            returned=rows is not None,
            rows=shown,
            rows_planned=row_count(plan, protocol),
            most_rows=MOST_ROWS,
            columns=columns_of(protocol, shown or [], _instruments(plan_as_json(work, plan))),
            fixed=fixed_cells(plan, protocol),
            accepted=next((s for s in submissions_of(work, [plan.id]) if s.state == "accepted"), None),
            withdrawn=plan.id in withdrawals_of(work, [plan.id]),
            outcome=outcome,
            marked=outcome.by_cell if outcome is not None else {},
        )


def _instruments(plan: dict[str, Any]) -> tuple[str, ...]:
    """Those that the checker will know; it asks for none of a laboratory that is not accredited."""
    return tuple(dict.fromkeys(one["instrument_id"] for one in plan.get("instruments", ())))
