"""What everyone may read before a test: the protocols and the keys; and checking a file.

These pages are the public's too, and share its blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from ratedparts.calendar_days import day_of
from ratedparts.certificates.certificate_text import wording
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.protocols import Protocol, example_file, template_file, template_workbook
from ratedparts.wording import fault_as_json

from ..acceleration_answer import answer
from ..acceleration_question import read_question
from ..downloads import XLSX, download
from ..faults_file import MEDIA_TYPE, faults_csv, inline, kinds
from ..forms import Form
from ..language import language, named
from ..protocol_words import unit_in_words
from ..requests import installation, reading
from ..security import limiter
from ..shown_protocol import shown_protocol
from ..supposed_part import (
    USE_CONDITION,
    USE_CONDITIONS,
    asked_attributes,
    asked_stress,
    chosen_family,
    families_of,
    mildest,
    read_supposed_part,
)
from ..tried_file import check_tried, try_file
from .public import pages

ENCODINGS = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))


@pages.route("/check", methods=["GET", "POST"])
@limiter.limit("20/minute", methods=["POST"])
def check() -> Any:
    library = installation().library
    form = Form.posted() if request.method == "POST" else _prefilled("protocol", "family", "use_condition")
    protocol = library.protocols.get(form["protocol"])
    tried = None
    if request.method == "POST":
        file = request.files.get("file")
        part = read_supposed_part(form, protocol, library) if protocol is not None else None
        if protocol is None:
            form.fault("missing_value", "protocol")
        if not file:
            form.fault("missing_value", "file")
        elif protocol is not None and not form.faults:
            checked = check_tried(file.stream, protocol, library, part, form["encoding"] or "utf-8")
            today = day_of(installation().clock())
            tried = try_file(checked, protocol, library, part, today=today, language=language())
    report = tried.report if tried else None
    faults = [fault_as_json(fault, language()) for fault in report.faults] if report else []
    page = render_template(
        "public/check.html",
        form=form,
        protocol=protocol,
        report=report,
        faults=faults,
        kinds=kinds(faults),
        faults_address=inline(faults_csv(faults), MEDIA_TYPE) if faults else None,
        found=tried.found if tried else None,
        grade=tried.grade if tried else None,
        axes=wording()["axis"],
        protocols=[(one.name, f"{one.name}  {named(one.title)}") for one in _by_name()],
        encodings=ENCODINGS,
        **_asked(form, protocol),
    )
    return page, 422 if form.faults or (report and not report.accepted) else 200


def _prefilled(*names: str) -> Form:
    return Form({name: request.args.get(name, "") for name in names})


def _asked(form: Form, protocol: Protocol | None) -> dict[str, Any]:
    """What may be said of the part; ratings and stress once the protocol and the family are known."""
    library = installation().library
    family = chosen_family(form, protocol, library)
    return {
        "families": [(one.code, named(one.title)) for one in families_of(protocol, library)],
        "family": family,
        "use_conditions": USE_CONDITIONS,
        "usual_condition": USE_CONDITION,
        "attributes": asked_attributes(family, protocol) if family and protocol else [],
        "stress": asked_stress(family, protocol, library) if family and protocol else [],
        "mildest": mildest,
    }


def _by_name() -> list[Any]:
    return sorted(installation().library.protocols.values(), key=lambda one: one.name)


@pages.get("/protocols")
def protocols() -> Any:
    return render_template("public/protocols.html", protocols=_by_name())


@pages.get("/protocols/<name>")
def protocol(name: str) -> Any:
    library = installation().library
    found = library.protocol(name)
    shown = shown_protocol(found, library)
    form = Form(request.args.to_dict())
    question = read_question(form, found, library) if shown.asked else None
    page = render_template(
        "public/protocol.html",
        protocol=found,
        shown=shown,
        form=form,
        asked=shown.asked,
        answer=answer(question) if question else None,
        mildest=mildest,
        unit=unit_in_words,
    )
    return page, 422 if form.faults else 200


@pages.get("/protocols/<name>/template.csv")
def protocol_template(name: str) -> Response:
    found = installation().library.protocol(name)
    return download(template_file(found), f"{found.name}-template.csv", "text/csv; charset=utf-8")


@pages.get("/protocols/<name>/template.xlsx")
def protocol_workbook(name: str) -> Response:
    found = installation().library.protocol(name)
    return download(template_workbook(found), f"{found.name}-template.xlsx", XLSX)


@pages.get("/protocols/<name>/example.csv")
def protocol_example(name: str) -> Response:
    found = installation().library.protocol(name)
    return download(example_file(found), f"{found.name}-example.csv", "text/csv; charset=utf-8")


@pages.get("/keys")
def keys() -> Any:
    with reading() as work:
        here = installation()
        return render_template(
            "public/keys.html",
            keys=published_keys(work).keys,
            at=work.at,
            log_address=f"{here.settings.public_url}/log" if here.log.size(work) else None,
        )
