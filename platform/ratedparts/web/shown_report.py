"""Which report a request asks for, and what its page and its file need."""

from __future__ import annotations

from sqlalchemy import func, select

from ratedparts.catalogue.quality_report.pdf import report_pdf
from ratedparts.catalogue.quality_report.periods import Period, period_named, periods_between, quarter_of
from ratedparts.catalogue.quality_report.service import QualityReport
from ratedparts.catalogue.quality_report.structure import ALL_FAMILIES
from ratedparts.certificates.models import Certificate
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.organisations.models import Organisation
from ratedparts.organisations.register import organisations

from .requests import installation


def asked_report(work: Work, family: str, period: str) -> QualityReport:
    """Without a period, the last closed quarter with a certificate.  Raises ``query_refused``."""
    chosen = period_named(period, work.at) if period else _last_eventful(work)
    return installation().quality_reports.report(work, family or ALL_FAMILIES, chosen)


def periods(work: Work) -> list[Period]:
    """From the platform's first day to now, the newest first."""
    first = work.session.scalar(select(func.min(Organisation.registered_at))) or work.at
    return periods_between(first, work.at)


def pdf_of(work: Work, report: QualityReport, language: str) -> bytes:
    found = organisations(work, "authority")
    if not found:
        raise RatedPartsError("not_found", kind=Kind.NOT_FOUND, subject="organisation", given="")
    first = min(found, key=lambda one: (one.registered_at, one.id))
    here = installation()
    return report_pdf(
        report,
        here.library,
        language,
        environment=here.settings.environment.value,
        authority={"zh": first.name_zh, "en": first.name_en},
    )


def file_name(report: QualityReport, language: str) -> str:
    return f"quality-report-{report.period.name}-{report.family or 'all'}-{language[:2]}.pdf"


def _last_eventful(work: Work) -> Period:
    now = quarter_of(work.at)
    before = select(func.max(Certificate.issued_at)).where(Certificate.issued_at < now.begins_at)
    issued = work.session.scalar(before)
    if issued is not None:
        return quarter_of(issued)
    return Period(now.year - 1, 4) if now.quarter == 1 else Period(now.year, (now.quarter or 2) - 1)
