"""Shadow runs: what another rule set would make of the register, for anybody to read."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from ratedparts.catalogue.shadow_publication import every_named_difference, named_differences
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.shadow import results
from ratedparts.evaluations.shadow.rule_set_file import LARGEST_BYTES, rule_set_content
from ratedparts.evaluations.shadow.starting import request_shadow_run
from ratedparts.evaluations.shadow.verdicts import DIRECTIONS
from ratedparts.grading import CEG_2026_1
from ratedparts.wording import fault_as_json, reason_sentence

from ..downloads import download
from ..forms import Form
from ..language import language, text
from ..requests import acting, installation, reading, working
from ..shadow_shown import differences_csv, shown_run
from . import administrator
from .public import pages


def direction_name(direction: str) -> str:
    return {
        "risen": text("would rise"),
        "fallen": text("would fall"),
        "other_reasons": text("same grade, other reasons"),
        "not_regraded": text("could not be regraded"),
        "unchanged": text("nothing changes"),
    }[direction]


@pages.get("/grades/shadow")
def shadow_runs() -> Any:
    with reading() as work:
        page = results.shadow_runs(work, request.args.get("cursor"))
        return render_template(
            "public/shadow_runs.html", found=page, shown=[shown_run(work, run) for run in page.items]
        )


@pages.get("/grades/shadow/<number>")
def shadow_run(number: str) -> Any:
    asked = {name: request.args.get(name, "") for name in ("direction", "family")}
    if asked["direction"] not in DIRECTIONS:
        asked["direction"] = ""
    with reading() as work:
        run = results.shadow_run(work, number)
        return render_template(
            "public/shadow_run.html",
            shown=shown_run(work, run),
            found=named_differences(
                work,
                run.id,
                direction=asked["direction"],
                family=asked["family"],
                cursor=request.args.get("cursor"),
            ),
            further=bool(request.args.get("cursor")),
            asked={name: value for name, value in asked.items() if value},
            directions=DIRECTIONS,
            direction_name=direction_name,
            families=installation().library.families,
            sentence=lambda reason: reason_sentence(reason, language()),
        )


@pages.get("/grades/shadow/<number>/differences.csv")
def shadow_differences(number: str) -> Any:
    with reading() as work:
        run = results.shadow_run(work, number)
        content = differences_csv(every_named_difference(work, run.id))
    return download(content, f"{run.number}.csv", "text/csv; charset=utf-8")


@administrator.pages.route("/shadow", methods=["GET", "POST"])
def shadow() -> Any:
    actor = acting("administrator")
    form = Form.posted() if request.method == "POST" else Form()
    refused: list[dict[str, Any]] = []
    if request.method == "POST":
        file = request.files.get("file")
        content = file.read(LARGEST_BYTES + 1) if file is not None and file.filename else None
        if content is None:
            form.fault("missing_value", "file")
        else:
            try:
                rule_set = rule_set_content(content)
                with working() as work:
                    run = request_shadow_run(work, actor, installation().library, rule_set)
            except RatedPartsError as error:
                if error.code == "rule_set_refused":
                    refused = [fault_as_json(fault, language()) for fault in error.items]
                    form.fault(error.code, "file", count=len(refused))
                else:
                    form.blame(error, rule_set_too_large="file", rule_set_not_toml="file")
            else:
                flash(text("{name} is being run over the register.", name=run.rule_set), "good")
                return redirect(url_for("public.shadow_run", number=run.number))
    page = render_template("administrator/shadow.html", form=form, refused=refused, in_force=CEG_2026_1.id)
    return page, 422 if form.faults else 200
