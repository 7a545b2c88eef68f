"""A judgement as a document that can be signed: what was judged, how, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ratedparts.db import Work
from ratedparts.organisations.models import Organisation
from ratedparts.proofs import format_instant

from .models import Review

CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPES = ["VerifiableCredential", "ComponentRatingJudgement"]
SCHEMA = "ratedparts-judgement/1"


class RecordSigner(Protocol):
    """Signs for the authority; what the key is made of is not this stage's business."""

    def issuer_id(self, work: Work) -> str:
        """The key by the name under which the world knows it."""

    def sign(self, work: Work, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with its proof."""


def judgement_document(
    review: Review, *, verdict: str, statement: str, authority: Organisation, issuer_id: str, at: datetime
) -> dict[str, Any]:
    """The judgement without its proof.  People stay out of it: the authority answers for them."""
    evaluation, part = review.evaluation, review.evaluation.part
    reasons = (evaluation.decision or {}).get("reasons", [])
    return {
        "@context": [CONTEXT],
        "id": f"urn:ratedparts:judgement:{review.id}",
        "type": TYPES,
        "issuer": {"id": issuer_id, "name_en": authority.name_en, "name_zh": authority.name_zh},
        "validFrom": format_instant(at),
        "credentialSubject": {
            "schema": SCHEMA,
            "verdict": verdict,
            "statement": statement,
            "part_number": part.part_number,
            "maker": {"name_en": part.maker.name_en, "name_zh": part.maker.name_zh},
            "rule_set": evaluation.rule_set,
            "grade": evaluation.grade,
            "dossier_digest": evaluation.dossier_digest,
            "rules_not_met": [reason["code"] for reason in reasons if not reason["met"]],
            "applied_at": format_instant(review.applied_at),
            "judged_at": format_instant(at),
            "appeal_of": str(review.appeal_of) if review.appeal_of else None,
        },
    }
