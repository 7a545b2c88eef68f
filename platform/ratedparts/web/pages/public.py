"""The public: finding rated parts, reading why, verifying certificates, checking a file.  Nobody signs in."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from ratedparts.calendar_days import day_of
from ratedparts.catalogue import service as finding
from ratedparts.catalogue.similar_parts import better_parts
from ratedparts.certificates.certificate_text import certificate_text, wording
from ratedparts.certificates.log_proofs import position_of
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing import certificate_by_number, status_at
from ratedparts.db import Work
from ratedparts.grading import CEG_2026_1
from ratedparts.proofs import Verdict, canonical_bytes, verify_file
from ratedparts.wording import reason_sentence

from ..asked_use import PRESETS, read_use
from ..catalogue_query import microseconds
from ..certificate_files import bundle_bytes, credential_bytes, our_log, pdf_bytes, qr_bytes, verdict_now
from ..downloads import download
from ..forms import Form
from ..language import language, named, text
from ..life_plots import drawing, plots_of
from ..next_grade_shown import coming_of
from ..public_part import public_lives, public_part
from ..requests import installation, reading
from ..security import limiter
from ..shown_search import use_in_words
from ..shown_use import shown_at_use
from ..why_this_grade import axes_of

pages = Blueprint("public", __name__)

# The verifier's checks in the order of a reader's questions, and what each of them asks.
CHECKS = {
    "canonical_form": "The file can be read in one way only",
    "signature": "The signature fits every value in the file",
    "key_trusted": "The key that signed is one of the published keys",
    "key_window": "The key was allowed to sign on that day",
    "key_not_revoked": "The key has not been withdrawn",
    "in_force": "Today lies within the certificate's term",
    "log_inclusion": "The public log holds the issue of this very certificate",
    "log_signature": "The log's state is signed",
    "bundle": "Every file of the bundle is as its manifest says",
    "rule_set": "The rule set is the one that the certificate names",
    "protocols": "The protocols are those that the certificate names",
    "dossier": "The dossier is the one that the certificate names",
    "evidence": "The measurement files are those that the certificate names",
    "pdf_signature": "The PDF's own signature",
    "status": "Not suspended, revoked or replaced",
}
TAKEN_BACK = ("suspended", "revoked", "superseded")


@pages.app_template_global()
def use_condition(code: str) -> str:
    """A use condition of the rule set in words, without its code."""
    use, words = CEG_2026_1.use_conditions[code], wording()["use_condition"]
    of = "zh" if language() == "zh_CN" else "en"
    said = [] if use.temperature_c is not None else [words[f"rating_{of}"]]
    stated = {"temperature": use.temperature_c, "humidity": use.humidity_rh, "voltage": use.voltage_ratio}
    said += [words[f"{name}_{of}"].format(value=f"{v:g}") for name, v in stated.items() if v is not None]
    return ("，" if of == "zh" else ", ").join(said)


@pages.app_template_global()
def short_use_condition(code: str) -> str:
    """The same on a line of a list; in words where it has no numbers."""
    use = CEG_2026_1.use_conditions[code]
    if use.temperature_c is None:
        return use_condition(code)
    rated = text("{share} × rated", share=f"{use.voltage_ratio:g}")
    return f"{use.temperature_c:g} °C · {use.humidity_rh:g} % RH · {rated}"


@pages.app_template_global()
def family_title(code: str) -> str:
    return named(installation().library.family(code).title)


@pages.get("/")
def front() -> Any:
    library = installation().library
    with reading() as work:
        counts = finding.families_published(work)
        families = [(family, counts.get(code, 0)) for code, family in library.families.items()]
        families.sort(key=lambda one: -one[1])
        return render_template(
            "public/front.html",
            families=[one for one in families if one[1]],
            waiting=[family for family, count in families if not count],
            newest=finding.newest_rated(work),
            total=sum(counts.values()),
        )


@pages.get("/parts/<uuid:part_id>")
def part(part_id: uuid.UUID) -> Any:
    library = installation().library
    with reading() as work:
        row, certificates, current, evaluation = public_part(work, part_id)
        history = [(one, status_at(one, work.at)) for one in certificates]
        if row is not None and row.kind == "generated":
            return render_template("public/part_generated.html", row=row, family=library.family(row.family))
        if evaluation is None:
            return render_template("public/part_history.html", part=certificates[0].part, history=history)
        plots = plots_of(evaluation, current, language())
        if current is None:
            return render_template(
                "public/part_analysed.html", row=row, evaluation=evaluation, plots=plots, history=history
            )
        form, asked = Form(request.args.to_dict()), read_use(request.args)
        form.faults += asked.faults
        view, now = installation().read_model.view(work), microseconds(work.at)
        shown = render_template(
            "public/part.html",
            form=form,
            presets=PRESETS,
            use=None if asked.use is None else use_in_words(asked.use),
            at_use=None if row is None else shown_at_use([row], asked.use).get(part_id),
            better=[] if row is None else better_parts(work, view, row, library, now),
            part=current.part,
            certificate=current,
            page=certificate_text(json.loads(current.credential), "valid"),
            subject=json.loads(current.credential)["credentialSubject"],
            axes=axes_of(evaluation.decision or {}, library),
            coming=coming_of(evaluation, library, day_of(work.at)),
            plots=plots,
            history=history,
            library=library,
        )
        return shown, 422 if form.faults else 200


@pages.get("/parts/<uuid:part_id>/plot.svg")
def plot(part_id: uuid.UUID) -> Any:
    sample = request.args.get("sample", 0, int)
    with reading() as work:
        lives = public_lives(work, part_id, sample)
    return download(drawing(lives, language()), "plot.svg", "image/svg+xml", inline=True)


@pages.get("/certificates/<number>")
def certificate(number: str) -> Any:
    with reading() as work:
        found = certificate_by_number(work, number)
        verdict = verdict_now(work, found)
        state = status_at(found, work.at)
        return render_template(
            "public/certificate.html",
            certificate=found,
            state=state,
            # What the certificate is worth: its state, unless even its signature does not hold.
            worth=verdict.verdict if state == "valid" else state,
            verdict=verdict,
            checks=_checks(verdict, state not in TAKEN_BACK),
            notes=_notes(verdict, status_known=True),
            page=certificate_text(json.loads(found.credential), "valid"),
            subject=json.loads(found.credential)["credentialSubject"],
            library=installation().library,
            log_position=position_of(work, number),
        )


@pages.get("/certificates/<number>/credential.json")
def credential(number: str) -> Response:
    with reading() as work:
        content = credential_bytes(work, certificate_by_number(work, number))
    return download(content, f"{number}.json", "application/vc+json")


@pages.get("/certificates/<number>/certificate.pdf")
@limiter.limit("60/minute")
def pdf(number: str) -> Response:
    with reading() as work:
        content = pdf_bytes(work, certificate_by_number(work, number))
    return download(content, f"{number}.pdf", "application/pdf", inline=True)


@pages.get("/certificates/<number>/bundle.zip")
@limiter.limit("30/minute")
def bundle(number: str) -> Response:
    with reading() as work:
        content = bundle_bytes(work, certificate_by_number(work, number))
    return download(content, f"{number}.zip", "application/zip")


@pages.get("/certificates/<number>/qr.svg")
def qr(number: str) -> Response:
    with reading() as work:
        content = qr_bytes(certificate_by_number(work, number))
    return download(content, f"{number}.svg", "image/svg+xml", inline=True)


@pages.route("/verify", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
def verify() -> Any:
    form = Form.posted() if request.method == "POST" else Form()
    file = request.files.get("file")
    number = form["number"].strip().upper()
    if request.method == "POST" and file:
        with reading() as work:
            verdict = verify_file(
                file.read(), trust=published_keys(work), at=work.at, find_in_log=our_log(work)
            )
            recorded = _recorded(work, verdict)
            state = status_at(recorded, work.at) if recorded else None
            return render_template(
                "public/verdict.html",
                verdict=verdict,
                worth=verdict.verdict if state in (None, "valid") else state,
                recorded=recorded,
                state=state,
                checks=_checks(verdict, None if state is None else state not in TAKEN_BACK),
                notes=_notes(verdict, status_known=state is not None),
            )
    if request.method == "POST" and number:
        with reading() as work:
            if work.session.get(Certificate, number) is not None:
                return redirect(url_for("public.certificate", number=number))
        form.fault("not_found", "number", subject="certificate")
    elif request.method == "POST":
        form.fault("missing_value", "number")
    return render_template("public/verify.html", form=form), 422 if form.faults else 200


def _recorded(work: Work, verdict: Verdict) -> Certificate | None:
    """The certificate of ours that a verified file is, value for value; None for any other file."""
    secured = verdict.certificate or {}
    subject = secured.get("credentialSubject")
    number = subject.get("number") if isinstance(subject, dict) else None
    found = work.session.get(Certificate, number) if isinstance(number, str) else None
    same = found is not None and canonical_bytes(secured).decode("utf-8") == found.credential
    return found if same else None


def _checks(verdict: Verdict, stands: bool | None) -> list[tuple[str, str]]:
    """(what was asked, passed | failed | unknown | not_checked | absent); the status as looked up here."""
    results = {check.name: str(check.result) for check in verdict.checks}
    if stands is not None:
        results["status"] = "passed" if stands else "failed"
    order = [*CHECKS, *sorted(set(results) - set(CHECKS))]
    return [(text(CHECKS.get(name, name)), results[name]) for name in order if name in results]


def _notes(verdict: Verdict, *, status_known: bool) -> list[tuple[str, str]]:
    """(effect, sentence) of everything that the verifier says."""
    return [
        (reason.effect, reason_sentence(reason.to_json(), language()))
        for reason in verdict.reasons
        if not (status_known and reason.code == "status_not_checked")
    ]
