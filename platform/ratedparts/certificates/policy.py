"""What must hold before a certificate is issued: one `if` a rule, the clause above it.

Clauses P and 6 are those of the rule set (docs/rule-set-CEG-2026.1.md); clauses I are those of issuing
(docs/issuance-cycle.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from ratedparts.audit.service import last_at
from ratedparts.calendar_days import day_of, end_of
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evidence.service import class_under, evidence_of_part
from ratedparts.grading import RULE_SETS, Decision, decide_json
from ratedparts.grading.evidence import add_months
from ratedparts.organisations.actor import Actor
from ratedparts.organisations.register import scopes_of
from ratedparts.proofs import canonical_bytes, parse_instant
from ratedparts.protocols import ProtocolLibrary
from ratedparts.review.models import Review
from ratedparts.review.parties import require_no_party

from .models import CertificateStanding
from .payload import certified_part, decided_part, signed_decision

CLOCKS_APART = timedelta(seconds=5)  # of machines that serve one database


def require_issuable(work: Work, actor: Actor, review: Review, library: ProtocolLibrary) -> Decision:
    """Raise the first rule that forbids issuing; the decision made again today.  Nothing is changed."""
    evaluation = review.evaluation
    # I1: "Issuing is the authority's, and its issuers' alone."
    actor.require("issuer")
    # I2: "Only what a reviewer approved is issued."
    if review.state != "approved" or review.reviewer_id is None:
        raise RatedPartsError("not_approved", kind=Kind.CONFLICT, state=review.state)
    # I3: "Who applied, who approved and who issues are three persons."
    if len({actor.person_id, review.reviewer_id, review.applied_by}) < 3:
        raise RatedPartsError("same_person", kind=Kind.FORBIDDEN)
    # I4: "Nobody issues who is, or ever was, with an organisation that is a party."
    require_no_party(work, actor, evaluation)
    # I5: "What was reviewed is what is issued."
    if evaluation.superseded_at is not None:
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
    # I6: "The clock does not run behind what is on record."
    before = last_at(work)
    if before is not None and work.at < before - CLOCKS_APART:
        raise RatedPartsError("clock_behind", kind=Kind.UNAVAILABLE)
    # I7: "The rule set is one that is published and in force."
    rule_set = RULE_SETS.get(evaluation.rule_set)
    if rule_set is None or rule_set.in_force_on > day_of(work.at):
        raise RatedPartsError("rule_set_not_in_force", kind=Kind.CONFLICT, rule_set=evaluation.rule_set)
    # I8: "All evidence that there is counts, and no other": a file may have been accepted meanwhile.
    evidence = evidence_of_part(work, evaluation.part_id)
    if len(evidence) != len(evaluation.dossier["tests"]):
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
    scopes = scopes_of(work, *{plan.laboratory_id for _, plan in evidence})
    for one, plan in evidence:
        # I9: "Evidence is judged by the protocol as it was when it was accepted."
        if library.protocol(one.protocol).digest != one.protocol_digest:
            raise RatedPartsError("protocol_changed_since", kind=Kind.CONFLICT, protocol=one.protocol)
        # I10: "The laboratory's scope is looked at again on the day of issue" (6.4).
        if class_under(scopes, plan, one.started_on, one.ended_on) < one.evidence_class:
            raise RatedPartsError("scope_changed_since", kind=Kind.CONFLICT, plan=plan.number)
    # I11: "Decided again on the day of issue, the grade is the same": evidence may have expired since.
    dossier = {**evaluation.dossier, "evaluated_on": day_of(work.at).isoformat()}
    again = _decided(canonical_bytes(dossier), library)
    if again.grade != evaluation.grade or again.valid_until is None:
        raise RatedPartsError(
            "grade_changed_since", kind=Kind.CONFLICT, reviewed=evaluation.grade, today=again.grade
        )
    # I19: "While a certificate of the part is suspended for a cause, no other takes its place."
    doubted = select(CertificateStanding.number).where(
        CertificateStanding.part_id == evaluation.part_id,
        CertificateStanding.state == "suspended",
        CertificateStanding.case_id.is_not(None),
    )
    if (number := work.session.scalar(doubted)) is not None:
        raise RatedPartsError("cause_unresolved", kind=Kind.CONFLICT, number=number)
    return again


@lru_cache(maxsize=256)
def _decided(dossier: bytes, library: ProtocolLibrary) -> Decision:
    """What a dossier of exactly these bytes is decided as: the steps of one issue ask it three times."""
    return decide_json(json.loads(dossier), library)


def require_payload(work: Work, payload: Mapping[str, Any], review: Review) -> None:
    """Raise where the payload that was built is not one that may be signed: the last look before the key."""
    valid_from, valid_until = (parse_instant(payload[name]) for name in ("validFrom", "validUntil"))
    decision = (review.evaluation.decision or {}) | {"grade": review.evaluation.grade}
    signed = payload["credentialSubject"]["decision"]
    # I12: "No certificate is back-dated, and none is dated ahead."
    if valid_from != work.at:
        raise _refused("validFrom")
    # I13: "A certificate is valid for 24 months at most" (6.7).
    rule_set = RULE_SETS[review.evaluation.rule_set]
    longest = end_of(add_months(day_of(work.at), rule_set.certificate_months))
    if not valid_from < valid_until <= longest:
        raise _refused("validUntil")
    # I14: "and never beyond the first expiry of what it depends on" (6.7).
    if valid_until > end_of(date.fromisoformat(decision["valid_until"])):
        raise _refused("validUntil")
    # I15: "The grade, its reasons and its figures are those that were reviewed."
    if signed != signed_decision(decision):
        raise _refused("decision")
    # I16: "A grade that is none is never certified."
    if str(signed["grade"]).startswith("U"):
        raise _refused("decision")
    # I17: "Every piece of evidence is named by its digest."
    evidence = {one.digest for one, _ in evidence_of_part(work, review.evaluation.part_id)}
    if {one["digest"] for one in payload["credentialSubject"]["evidence"]} != evidence:
        raise _refused("evidence")
    # I18: "The part, its use condition and its design life are those that the grade was decided on."
    if certified_part(payload["credentialSubject"]) != decided_part(review.evaluation.dossier):
        raise _refused("part")


def _refused(member: str) -> RatedPartsError:
    return RatedPartsError("payload_against_policy", kind=Kind.CONFLICT, member=member)
