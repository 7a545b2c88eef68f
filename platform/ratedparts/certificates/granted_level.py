"""The failure-rate level that a part was last certified with: what its further tests have to keep up."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.evaluations.dossier_building import build_dossier
from ratedparts.evidence.service import evidence_of_part
from ratedparts.grading import CEG_2026_1, decide_json, read_dossier
from ratedparts.grading.upkeep import Upkeep, upkeep_of
from ratedparts.protocols import ProtocolLibrary
from ratedparts.submissions.change_notices import change_notices_of
from ratedparts.submissions.models import Part

from .models import Certificate
from .standing import certificates_of_part

LEVEL = re.compile(r"(FR[\d.]+)@(\d+)")


def granted_level(work: Work, library: ProtocolLibrary, part_id: uuid.UUID) -> dict[str, Any] | None:
    """As a dossier states it; None of a part without a certificate of a level at its use condition.

    A certificate that was revoked is none that further tests could keep up.
    """
    for certificate in certificates_of_part(work, part_id):
        if certificate.standing.state != "revoked":
            return level_borne(certificate, library)
    return None


def level_borne(certificate: Certificate, library: ProtocolLibrary) -> dict[str, Any] | None:
    """What later dossiers say of this certificate; None where it bears no level at the use condition."""
    evaluation, issued_on = certificate.intent.review.evaluation, day_of(certificate.issued_at).isoformat()
    # As it was decided on the day of issue, which is what was signed.
    decided = decide_json({**evaluation.dossier, "evaluated_on": issued_on}, library)
    level = LEVEL.fullmatch(decided.vector["R"])
    if level is None or decided.vector["use_condition"] != evaluation.part.use_condition:
        return None
    before = evaluation.dossier.get("granted", {"on": issued_on})
    granted = {
        "certificate": certificate.number,
        "level": level[1],
        "confidence": int(level[2]) / 100,
        "on": before["on"],
        "judged_to": issued_on,
    }
    lost = [one.parameters["ended_on"] for one in decided.reasons if one.code == "R_KEPT" and not one.met]
    lowered_on = max(lost, default=before.get("lowered_on"))
    return granted if lowered_on is None else {**granted, "lowered_on": lowered_on}


def upkeep(work: Work, library: ProtocolLibrary, part: Part) -> Upkeep | None:
    """What the part's further tests have shown since, and what is missing for its level to be kept."""
    granted = granted_level(work, library, part.id)
    evidence = evidence_of_part(work, part.id)
    if granted is None or not evidence:
        return None
    notices = change_notices_of(work, part.series_id)
    dossier = build_dossier(part, evidence, notices, library, work.at, granted)
    return upkeep_of(read_dossier(dossier), library, CEG_2026_1)
