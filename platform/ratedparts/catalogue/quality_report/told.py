"""A report in words, section by section: what its page and its file both show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ratedparts.calendar_days import SHANGHAI
from ratedparts.organisations.proficiency.scores import ScoredRound
from ratedparts.protocols import ProtocolLibrary
from ratedparts.wording import translate

from .narrowing import SMALLEST_SHOWN, Shown
from .service import QualityReport
from .structure import BEST, CAUSES, GRADES_BELOW, HELD_BY, NO_GRADE

FEW: Final = f"< {SMALLEST_SHOWN}"
Say = Callable[[str], str]

# Section, its title, and its counts: a name of a count, and what it is called.
_COUNTS: Final[tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "submitted",
        "Submitted",
        (
            ("parts", "Parts registered"),
            ("results", "Results files checked"),
            ("accepted", "Files accepted"),
            ("refused", "Files refused"),
        ),
    ),
    (
        "decisions",
        "Decisions",
        (
            ("decisions", "Parts decided on"),
            ("graded", "with a grade"),
            *((grade, "Grade {grade}") for grade in (BEST, *GRADES_BELOW)),
            ("ungraded", "without a grade"),
            ("U-INSUFFICIENT", "U-INSUFFICIENT: too little was shown"),
            ("U-NONCONFORMING", "U-NONCONFORMING: a requirement was failed"),
            ("U-EXPIRED", "U-EXPIRED: the evidence is too old"),
            ("U-PCN", "U-PCN: the part was changed since"),
        ),
    ),
    (
        "held",
        "What held grades below A+",
        (
            ("below", "Grades below A+"),
            ("held_by:R", "R: reliability"),
            ("held_by:L", "L: life"),
            ("held_by:Q", "Q: quality"),
            ("held_by:E", "E: evidence class"),
            ("held_by:flags", "Flags"),
            ("held_by:several", "Several of them at once"),
        ),
    ),
    (
        "causes",
        "Why files were refused",
        (
            ("cause:file", "The file itself: encoding, no table, empty"),
            ("cause:columns", "Columns and rows of the table"),
            ("cause:notation", "How numbers and times are written"),
            ("cause:value", "Values that are missing or out of range"),
            ("cause:identity", "Plans, lots and units that do not fit"),
            ("cause:readouts", "Readouts and their order"),
            ("cause:outcome", "Status and failure modes"),
            ("cause:other", "Other causes, such as scope and calibration"),
        ),
    ),
    (
        "judgements",
        "Applications for certificates",
        (
            ("judgements", "Applications judged"),
            ("approved", "Approved by a reviewer"),
            ("not_approved", "Refused by a reviewer"),
        ),
    ),
)
assert {name for _, _, rows in _COUNTS for name, _ in rows} >= {*CAUSES, *HELD_BY, *NO_GRADE}
_RATES: Final = {
    "files_accepted": "Files accepted, of those checked",
    "parts_graded": "Parts with a grade, of those decided on",
    "applications_approved": "Applications approved, of those judged",
}
_EVENTS: Final = {
    "issued": "Issued",
    "suspended": "Suspended",
    "reinstated": "Put in force again",
    "superseded": "Superseded",
    "revoked": "Revoked",
    "expired": "Expired",
}
_LEVELS: Final = {"none": "no level demonstrated", "run": "rated by passing or failing"}


def told(report: QualityReport, library: ProtocolLibrary, language: str) -> dict[str, Any]:
    """JSON of the whole report in one language; the same report gives the same words."""

    def say(text: str) -> str:
        return translate(text, language)

    family = "zh" if language.startswith("zh") else "en"
    sections: list[dict[str, Any]] = []
    if report.counts is not None:
        sections = [_section(name, title, rows, report.counts, say) for name, title, rows in _COUNTS]
    public = [
        _public(
            "certificates", "Certificates", {_EVENTS[one]: n for one, n in report.certificates.items()}, say
        ),
        _public("grades", "Grades of the certificates issued", report.grades, say),
        _public(
            "levels",
            "Failure-rate levels of the certificates issued",
            {_LEVELS.get(one, one): n for one, n in report.levels.items()},
            say,
        ),
    ]
    return {
        "language": family,
        "title": say("Quality report"),
        "period": report.period.name,
        "family": getattr(library.family(report.family).title, family)
        if report.family
        else say("All families"),
        "state": say("Closed") if report.closed else say("Still open"),
        "closed": report.closed,
        "counted_until": moment(report.counted_until),
        "until_words": say("counted up to"),
        "open_note": ""
        if report.closed
        else say(
            "Until the period has closed only public facts are counted; the rest follows after its end."
        ),
        "rates_title": say("Pass rates"),
        "rates": [] if report.counts is None else _rates(report.rates, say),
        "sections": sections,
        "public": public,
        "rounds_title": say("Proficiency rounds of laboratories"),
        "rounds": [_round(one) for one in report.rounds],
        "rounds_head": [
            say(one) for one in ("Round", "Measurand", "Held on", "Results", "Questionable", "Unsatisfactory")
        ],
        "no_rounds": say("No round was published."),
        "columns": [say("Count"), say("How many")],
        "legend_title": say("How to read this"),
        "legend": [say(one) for one in _legend(report)],
    }


def moment(at: datetime) -> str:
    """To the minute in Shanghai; the end of a day is told as 24:00 of that day."""
    local = at.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00 UTC+8"
    return f"{local:%Y-%m-%d %H:%M} UTC+8"


def _legend(report: QualityReport) -> Iterable[str]:
    if report.counts is not None:
        yield (
            "“< 5”: fewer than five, none included. “Withheld”: not shown because it comes of fewer than "
            "three makers, or because a smaller count could be worked out from it."
        )
        if report.period.quarter is None:
            yield "A year adds up its quarters; where a quarter's count is not shown, neither is the year's."
        yield "Of a part that was decided on several times, the last decision of the quarter counts."
        yield "A file with several faults counts for the kind that most of its faults are of."
    yield "Certificates and what became of them are public facts and are never withheld."
    yield "Published data sets and parts made up for trials are not counted."


def _section(
    name: str, title: str, rows: Iterable[tuple[str, str]], counts: Mapping[str, Shown], say: Say
) -> dict[str, Any]:
    shown = [(key, say(label).format(grade=key), counts[key]) for key, label in rows]
    most = max((said for _, _, said in shown if isinstance(said, int)), default=0)
    lines = [
        {
            "key": key,
            "label": label,
            "shown": str(said) if isinstance(said, int) else FEW if said == "few" else say("withheld"),
            "bar": round(100 * said / most, 2) if isinstance(said, int) and most else 0,
        }
        for key, label, said in shown
    ]
    return {"name": name, "title": say(title), "lines": lines}


def _public(name: str, title: str, counts: Mapping[str, int], say: Say) -> dict[str, Any]:
    most = max(counts.values(), default=0)
    lines = [
        {"key": label, "label": say(label), "shown": str(n), "bar": round(100 * n / most, 2) if most else 0}
        for label, n in counts.items()
    ]
    return {"name": name, "title": say(title), "lines": lines}


def _rates(rates: Mapping[str, float | None], say: Say) -> list[dict[str, Any]]:
    return [
        {
            "key": name,
            "label": say(_RATES[name]),
            "shown": say("withheld") if rate is None else f"{100 * rate:.1f} %",
            "bar": 0 if rate is None else round(100 * rate, 2),
        }
        for name, rate in rates.items()
    ]


def _round(scored: ScoredRound) -> dict[str, Any]:
    round_, verdicts = scored.round, [one.verdict for one in scored.scores]
    return {
        "number": round_.number,
        "measurand": round_.measurand,
        "held_on": round_.held_on.isoformat(),
        "results": len(verdicts),
        "questionable": verdicts.count("questionable"),
        "unsatisfactory": verdicts.count("unsatisfactory"),
    }
