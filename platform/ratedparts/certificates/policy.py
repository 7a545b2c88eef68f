"""What must hold before a certificate is issued: one `if` a rule, the clause above it."""

from __future__ import annotations

from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evidence.service import evidence_of_part
from ratedparts.grading import RULE_SETS, decide_json
from ratedparts.organisations.actor import Actor
from ratedparts.protocols import ProtocolLibrary
from ratedparts.review.models import Review
from ratedparts.review.service import require_no_party


def require_issuable(work: Work, actor: Actor, review: Review, library: ProtocolLibrary) -> None:
    """Raise the first rule that forbids issuing; nothing is changed."""
    # Issuing is the authority's, and its issuers' alone.
    actor.require("issuer")
    # Approved by a reviewer, and not judged otherwise since.
    if review.state != "approved" or review.reviewer_id is None:
        raise RatedPartsError("not_approved", kind=Kind.CONFLICT, state=review.state)
    # Two people: who approves does not issue, and neither applied.
    if actor.person_id in (review.reviewer_id, review.applied_by):
        raise RatedPartsError("same_person", kind=Kind.FORBIDDEN)
    # No organisation that is a party, by any role that the person ever held.
    require_no_party(work, actor, review.evaluation)
    # What was reviewed is what is issued.
    if review.evaluation.superseded_at is not None:
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
    # The rule set is one that this platform publishes, and in force.
    rule_set = RULE_SETS.get(review.evaluation.rule_set)
    if rule_set is None or rule_set.in_force_on > day_of(work.at):
        raise RatedPartsError(
            "rule_set_not_in_force", kind=Kind.CONFLICT, rule_set=review.evaluation.rule_set
        )
    # Decided again on the day of issue, the dossier gives the same grade: evidence may have expired since.
    today = {**review.evaluation.dossier, "evaluated_on": day_of(work.at).isoformat()}
    again = decide_json(today, library)
    if again.grade != review.evaluation.grade or again.valid_until is None:
        raise RatedPartsError(
            "grade_changed_since", kind=Kind.CONFLICT, reviewed=review.evaluation.grade, today=again.grade
        )
    # All evidence that there is, and no other: a file may have been accepted whose evaluation still waits.
    evidence = evidence_of_part(work, review.evaluation.part_id)
    if len(evidence) != len(review.evaluation.dossier["tests"]):
        raise RatedPartsError("evaluation_superseded", kind=Kind.CONFLICT)
