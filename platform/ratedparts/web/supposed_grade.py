"""The grade that one file alone could reach, under suppositions that the page says plainly.

Only a registered plan's hours count, so the plan is supposed to have been registered on the day before the
start; the laboratory is supposed to have no accredited scope.  Nothing of it is stored, and no part is rated.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.summary import first_and_last_day
from ratedparts.grading import CEG_2026_1, GRADES, can_rate, decide_json
from ratedparts.grading.dossier_shape import SCHEMA
from ratedparts.grading.stress import required_attributes
from ratedparts.protocols import CheckReport, Protocol, ProtocolLibrary, Scalar
from ratedparts.wording import error_sentence, fault_sentence, reason_sentence

from .supposed_part import SupposedPart

EVIDENCE_CLASS = "E1"  # clause 6.4: what a laboratory without accredited scope reaches
TEMPERATURES = ("junction_temperature_c", "temperature_c")
QUALITY, UNGRADED, NONCONFORMING = "Q", "U", "U-NONCONFORMING"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SupposedGrade:
    """``decision`` as JSON, or why there is none."""

    part: SupposedPart
    evaluated_on: date
    decision: dict[str, Any] | None = None
    ceiling: str = ""  # what the grade would be if only the quality axis did not hold it
    holding: tuple[str, ...] = ()  # the other axes that hold the ceiling
    unmet: tuple[dict[str, Any], ...] = ()
    met: tuple[dict[str, Any], ...] = ()
    not_rated: bool = False
    refused: tuple[str, ...] = ()  # sentences

    @property
    def lacks_only_quality(self) -> bool:
        """Whether the lives already support a grade, so that only other tests are missing."""
        return self.decision is not None and self.ceiling != UNGRADED

    @property
    def could_reach(self) -> str | None:
        """The grade if every other test were there and passed; None where it would still be none."""
        if self.decision is None or self.decision["grade"] == NONCONFORMING or not self.lacks_only_quality:
            return None
        return self.ceiling


def supposed_grade(
    report: CheckReport,
    evidence: dict[str, Any],
    part: SupposedPart,
    protocol: Protocol,
    library: ProtocolLibrary,
    *,
    today: date,
    language: str,
) -> SupposedGrade:
    """Decide on the evidence of one accepted file.  Never raises for what is in it."""
    if not can_rate(part.family, library, CEG_2026_1):
        return SupposedGrade(part, today, not_rated=True)
    first, last = first_and_last_day(report) or (today, today)
    on = max(today, last)
    dossier = {
        "schema": SCHEMA,
        "rule_set": CEG_2026_1.id,
        "evaluated_on": on.isoformat(),
        "part": {
            "part_number": "-",
            "maker": "-",
            "family": part.family.code,
            "attributes": _with_ratings(part, protocol),
            "use_condition": part.use_condition,
        },
        "tests": [
            {
                "protocol": protocol.name,
                "registered_on": (first - timedelta(days=1)).isoformat(),
                "started_on": first.isoformat(),
                "ended_on": last.isoformat(),
                "evidence_class": EVIDENCE_CLASS,
                "stress": part.stress,
                **evidence,
            }
        ],
    }
    try:
        decision = decide_json(dossier, library).as_json()
    except RatedPartsError as error:
        sentences = [fault_sentence(fault, language) for fault in error.items]
        return SupposedGrade(part, on, refused=tuple(sentences or [error_sentence(error, language)]))
    except (ArithmeticError, LookupError, ValueError):
        # A visitor's file must not break the page; that it broke the computation is ours to look into.
        LOG.exception("a checked file of %s could not be decided", protocol.name)
        return SupposedGrade(part, on, refused=("",))
    others = {axis: cap for axis, cap in decision["caps"].items() if axis != QUALITY}
    ceiling = max(others.values(), key=GRADES.index)
    told = [{**reason, "sentence": reason_sentence(reason, language)} for reason in decision["reasons"]]
    return SupposedGrade(
        part,
        on,
        decision,
        ceiling,
        tuple(axis for axis, cap in others.items() if cap == ceiling != GRADES[0]),
        tuple(reason for reason in told if not reason["met"]),
        tuple(reason for reason in told if reason["met"]),
    )


def _with_ratings(part: SupposedPart, protocol: Protocol) -> dict[str, Scalar]:
    """The ratings given; where the rated temperature is not, that of the test.

    It enters only the figures at the part's own rating, which a preview does not show.
    """
    tested = next((part.stress[name] for name in TEMPERATURES if name in part.stress), None)
    assumed = {} if tested is None else dict.fromkeys(required_attributes(protocol, part.family.code), tested)
    return {**assumed, **part.attributes}
