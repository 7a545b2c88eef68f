"""What a certificate says, before it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ratedparts import __version__
from ratedparts.calendar_days import end_of
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.grading import RULE_SETS
from ratedparts.grading.dossier_shape import DEFAULT_DESIGN_LIFE_HOURS
from ratedparts.organisations.models import Organisation
from ratedparts.proofs import digest_of, format_instant
from ratedparts.protocols import ProtocolLibrary
from ratedparts.review.models import Review
from ratedparts.submissions.models import Part, TestPlan

from .figures import signed_figure
from .published_evidence import withheld_columns
from .published_rules import published_rule_set

CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPES = ["VerifiableCredential", "ComponentRatingCertificate"]
SCHEMA = "ratedparts-certificate/1"


def build_payload(
    *,
    number: str,
    review: Review,
    evidence: Sequence[tuple[Evidence, TestPlan]],
    members: Sequence[str],
    authority: Organisation,
    issuer_id: str,
    environment: str,
    public_url: str,
    library: ProtocolLibrary,
    at: datetime,
) -> dict[str, Any]:
    """The credential without its proof.  Every figure is text, every name in both languages."""
    evaluation = review.evaluation
    decision = evaluation.decision or {}
    valid_until = end_of(date.fromisoformat(decision["valid_until"]))
    return {
        "@context": [CONTEXT],
        "id": f"urn:ratedparts:certificate:{number}",
        "type": TYPES,
        "issuer": {"id": issuer_id, "name_en": authority.name_en, "name_zh": authority.name_zh},
        "validFrom": format_instant(at),
        "validUntil": format_instant(valid_until),
        "credentialStatus": {"type": "RatedPartsStatus", "id": f"{public_url}/certificates/{number}"},
        "credentialSubject": {
            "schema": SCHEMA,
            "number": number,
            "environment": environment,
            "part": _part(evaluation.part, members, library),
            **use_and_design_life(evaluation),
            "decision": signed_decision(decision),
            "engine": {"name": "ratedparts", "version": __version__, "full": evaluation.engine_version},
            "rule_set": {
                "name": evaluation.rule_set,
                "digest": digest_of(published_rule_set(evaluation.rule_set)),
            },
            "protocols": [
                {"name": name, "digest": library.protocol(name).digest} for name in decision["protocols"]
            ],
            "dossier_digest": evaluation.dossier_digest,
            "evidence": [_evidence(one, plan) for one, plan in evidence],
            "reviewed_at": format_instant(review.reviewed_at) if review.reviewed_at else None,
            "issued_at": format_instant(at),
        },
    }


def _part(part: Part, members: Sequence[str], library: ProtocolLibrary) -> dict[str, Any]:
    family = library.family(part.family)
    return {
        "part_number": part.part_number,
        "maker": _names(part.maker),
        "series": {"name": part.series.name, "members": list(members)},
        "family": part.family,
        "family_title": {"en": family.title.en, "zh": family.title.zh},
        "attributes": [
            {
                "name": attribute.name,
                "title": {"en": attribute.title.en, "zh": attribute.title.zh},
                "value": _attribute_text(part.attributes[attribute.name]),
                "unit": attribute.unit,
            }
            for attribute in family.attributes
            if attribute.name in part.attributes
        ],
    }


def _attribute_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def _use_condition(evaluation: Evaluation) -> dict[str, Any]:
    use = RULE_SETS[evaluation.rule_set].use_conditions[evaluation.part.use_condition]
    return {
        "code": use.code,
        "temperature_c": None if use.temperature_c is None else f"{use.temperature_c:g}",
        "humidity_rh": None if use.humidity_rh is None else f"{use.humidity_rh:g}",
        "voltage_ratio": f"{use.voltage_ratio:g}",
    }


def use_and_design_life(evaluation: Evaluation) -> dict[str, Any]:
    """What a grade holds for: a use condition, and so many hours."""
    return {
        "use_condition": _use_condition(evaluation),
        "design_life_hours": signed_figure("design_life_hours", evaluation.part.design_life_hours),
    }


def certified_part(subject: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a certificate, and what it is certified for; to be held against `decided_part`."""
    part = subject["part"]
    return {
        "part_number": part["part_number"],
        "family": part["family"],
        "attributes": {one["name"]: one["value"] for one in part["attributes"]},
        "use_condition": subject["use_condition"]["code"],
        "design_life_hours": subject["design_life_hours"],
    }


def decided_part(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a dossier, and what it was decided on for, as a certificate says it."""
    part = dossier["part"]
    hours = part.get("design_life_hours", DEFAULT_DESIGN_LIFE_HOURS)
    return {
        "part_number": part["part_number"],
        "family": part["family"],
        "attributes": {name: _attribute_text(value) for name, value in part["attributes"].items()},
        "use_condition": part["use_condition"],
        "design_life_hours": signed_figure("design_life_hours", hours),
    }


def signed_decision(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision as it is signed: figures as text, rounded to claim less."""
    method = next((r["parameters"]["method"] for r in decision["reasons"] if r["code"] == "L_LIFE"), None)
    return {
        "rule_set": decision["rule_set"],
        "grade": decision["grade"],
        "vector": decision["vector"],
        "caps": decision["caps"],
        "binding": decision["binding"],
        "figures": {n: signed_figure(n, v) for n, v in decision["figures"].items() if v is not None},
        "life_method": method,
        "reasons": [
            {
                "code": reason["code"],
                "rule": reason["rule"],
                "met": reason["met"],
                "number": None if reason["number"] is None else signed_figure("number", reason["number"]),
                "limit": None if reason["limit"] is None else signed_figure("limit", reason["limit"]),
            }
            for reason in decision["reasons"]
        ],
        "valid_until": decision["valid_until"],
    }


def _evidence(one: Evidence, plan: TestPlan) -> dict[str, Any]:
    lots = one.summary.get("lots", [])
    units = sum(group["count"] for lot in lots for group in lot["units"])
    failures = sum(group["count"] for lot in lots for group in lot["units"] if group["upper"] is not None)
    if not lots:
        sample = one.summary["conformity"]
        units, failures = sample["sampled"], sample["nonconforming"]
    lot_count = len(lots) or len({entry["lot_code"] for entry in one.summary["capability"]})
    return {
        "digest": one.digest,
        "encoding": one.encoding,
        "protocol": one.protocol,
        "laboratory": _names(plan.laboratory),
        "evidence_class": one.evidence_class,
        "started_on": one.started_on.isoformat(),
        "ended_on": one.ended_on.isoformat(),
        "units": str(units),
        "lots": str(lot_count),
        "failures": str(failures),
        "rows": str(one.submission.rows),
        "columns": [{"name": column.name, "digest": column.digest} for column in one.columns],
        "withheld": sorted(withheld_columns(one, plan)),
    }


def _names(organisation: Organisation) -> dict[str, str]:
    return {"name_en": organisation.name_en, "name_zh": organisation.name_zh}
