"""The quality report: chosen by family and period, for anybody to read or to keep as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from ratedparts.catalogue.quality_report.told import told

from ..downloads import download
from ..language import language, named
from ..requests import installation, reading
from ..security import limiter
from ..shown_report import asked_report, file_name, pdf_of, periods
from .public import pages


@pages.get("/reports/quality")
def quality_report() -> Any:
    library = installation().library
    with reading() as work:
        report = asked_report(work, request.args.get("family", ""), request.args.get("period", ""))
        return render_template(
            "public/quality_report.html",
            report=report,
            told=told(report, library, language()),
            periods=[one.name for one in periods(work)],
            families=[(code, named(one.title)) for code, one in library.families.items()],
            files=[("zh", "中文"), ("en", "English")],
        )


@pages.get("/reports/quality.pdf")
@limiter.limit("60/minute")
def quality_report_pdf() -> Response:
    asked = request.args.get("language", "")
    chosen = asked if asked in ("zh", "en") else language()
    with reading() as work:
        report = asked_report(work, request.args.get("family", ""), request.args.get("period", ""))
        content = pdf_of(work, report, chosen)
    return download(content, file_name(report, chosen), "application/pdf", inline=True)
