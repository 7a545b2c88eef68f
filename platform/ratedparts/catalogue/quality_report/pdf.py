"""The report as a PDF/A-3b file: the same report in the same language is the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from ratedparts.certificates.certificate_text import wording
from ratedparts.certificates.typesetting import NotSet, typeset
from ratedparts.errors import RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from .service import QualityReport
from .told import told


def report_pdf(
    report: QualityReport,
    library: ProtocolLibrary,
    language: str,
    *,
    environment: str,
    authority: Mapping[str, str],
) -> bytes:
    """``authority``: its name, ``zh`` and ``en``.  The file bears the instant up to which was counted.

    Raises ``report_not_rendered`` (problem), which is a fault of ours.
    """
    page = told(report, library, language)
    page["environment"] = wording()["environment"].get(environment)
    page["authority"] = authority[page["language"]]
    text = json.dumps(page, ensure_ascii=False, sort_keys=True)
    try:
        return typeset(template(), {"page": text}, report.counted_until)
    except NotSet as error:
        raise RatedPartsError("report_not_rendered", problem=str(error)) from error


@cache
def template() -> bytes:
    """The page's layout."""
    return (resources.files("ratedparts.reports") / "quality_report.typ").read_bytes()
