"""The issuer's: issuing, and what may become of a certificate afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.certificates import doubting, standing, taking_back, withdrawal_cases
from ratedparts.certificates.models import Certificate, WithdrawalCase
from ratedparts.certificates.withdrawal_causes import CAUSES, certificates_hit, read_subject
from ratedparts.db import Work
from ratedparts.review import lists

from ..conditional import entity_tag, require_match, standing_tag
from ..requests import acting, installation, reading, working
from ..security import limiter
from .own_parts import Application
from .paged import PageQuery, page_of
from .reviews import IF_MATCH, review_tag
from .shapes import TOKEN, Strict

resources = Blueprint("issuing", __name__, url_prefix="/api/v1", description="Issuing and taking back")


class Signature(Strict):
    password = fields.String(required=True, load_only=True)


class Doubt(Strict):
    statement = fields.String(required=True)


class TakingBack(Signature):
    reason = fields.String(required=True)


class Revocation(TakingBack):
    invalid_since = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "since when nobody should have relied on it; absent: since its first day"},
    )


class CertificateLine(Schema):
    number = fields.String()
    status = fields.String()
    grade = fields.String()
    part_number = fields.String()
    issued_at = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
    review_id = fields.UUID()


class Issued(Schema):
    number = fields.String()
    grade = fields.String()
    valid_until = fields.AwareDateTime()


class Cause(Strict):
    cause = fields.String(required=True, validate=validate.OneOf(list(CAUSES)))
    subject = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": f"the members of each cause: {dict(CAUSES)}"},
    )
    action = fields.String(required=True, validate=validate.OneOf(withdrawal_cases.ACTIONS))


class NewCase(Cause):
    reason = fields.String(required=True)
    invalid_since = fields.AwareDateTime(load_default=None, allow_none=True)


class Case(Schema):
    id = fields.UUID()
    state = fields.String()
    cause = fields.String()
    subject = fields.Dict()
    action = fields.String()
    reason = fields.String()
    invalid_since = fields.AwareDateTime(allow_none=True)
    certificate_numbers = fields.List(fields.String(), attribute="numbers")
    proposed_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


@resources.get("/certificates")
@resources.doc(security=TOKEN)
@resources.arguments(PageQuery, location="query")
@resources.response(200, page_of(CertificateLine))
def issued(query: dict[str, Any]) -> Any:
    """Every certificate with its status now, newest first."""
    acting("issuer")
    with reading() as work:
        page = standing.page_of_certificates(work, query["cursor"], query["limit"])
        return {"items": [_line(work, one) for one in page.items], "next": page.next_cursor}


@resources.post("/reviews/<uuid:review_id>/certificate")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Signature)
@resources.response(201, Issued)
@limiter.limit("10/minute")
def issue(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Issue the certificate of an approved review.  Sent again, it answers with the same certificate."""
    actor = acting("issuer")
    office = installation().office
    with working() as work:
        require_match(review_tag(lists.held_review(work, actor, review_id)))
        intent = office.intend(work, actor, review_id, given["password"])
    return office.issue(installation().database, actor, intent.id)


@resources.post("/reviews/<uuid:review_id>/doubt")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Doubt)
@resources.response(201, Application)
@limiter.limit("10/minute")
def send_back(given: dict[str, Any], review_id: uuid.UUID) -> Any:
    """Instead of issuing: the application waits for a judgement again."""
    actor = acting("issuer")
    with working() as work:
        require_match(review_tag(lists.held_review(work, actor, review_id)))
        return doubting.send_back(work, actor, review_id, **given)


@resources.post("/certificates/<number>/suspension")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(TakingBack)
@resources.response(200, Issued)
@limiter.limit("10/minute")
def suspend(given: dict[str, Any], number: str) -> Any:
    """Take a certificate out of force for a while; the `ETag` is that of `GET /certificates/{number}`."""
    return _take_back(taking_back.suspend, number, given)


@resources.post("/certificates/<number>/reinstatement")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(TakingBack)
@resources.response(200, Issued)
@limiter.limit("10/minute")
def reinstate(given: dict[str, Any], number: str) -> Any:
    """Put a suspended certificate in force again."""
    return _take_back(taking_back.reinstate, number, given)


@resources.post("/certificates/<number>/revocation")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Revocation)
@resources.response(200, Issued)
@limiter.limit("10/minute")
def revoke(given: dict[str, Any], number: str) -> Any:
    """Take a certificate back for good; the `ETag` is that of `GET /certificates/{number}`."""
    return _take_back(taking_back.revoke, number, given)


@resources.post("/withdrawal-cases/preview")
@resources.doc(security=TOKEN)
@resources.arguments(Cause)
@resources.response(200, CertificateLine(many=True))
def preview(given: dict[str, Any]) -> Any:
    """Which certificates a cause would hit.  Nothing is recorded."""
    acting("issuer")
    with reading() as work:
        of = read_subject(work, given["cause"], given["subject"])
        hit = certificates_hit(work, installation().blobs, given["cause"], of, given["action"])
        return [_line(work, one) for one in hit]


@resources.get("/withdrawal-cases")
@resources.doc(security=TOKEN)
@resources.response(200, Case(many=True))
def cases() -> Any:
    """Every case, newest first."""
    acting("issuer")
    with reading() as work:
        return withdrawal_cases.cases(work)


@resources.post("/withdrawal-cases")
@resources.doc(security=TOKEN)
@resources.arguments(NewCase)
@resources.response(201, Case)
@limiter.limit("20/minute")
def propose(given: dict[str, Any]) -> Any:
    """Lay a case before a second issuer.  Nothing happens to any certificate yet."""
    actor = acting("issuer")
    with working() as work:
        return withdrawal_cases.propose(work, actor, installation().blobs, **given)


@resources.get("/withdrawal-cases/<uuid:case_id>")
@resources.doc(security=TOKEN)
@resources.response(200, Case)
def case(case_id: uuid.UUID) -> Any:
    """One case, with the certificates that it hit when it was proposed."""
    acting("issuer")
    with reading() as work:
        found = withdrawal_cases.case_by_id(work, case_id)
        return found, {"ETag": f'"{_case_tag(found)}"'}


@resources.post("/withdrawal-cases/<uuid:case_id>/confirmation")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.arguments(Signature)
@resources.response(200, Case)
@limiter.limit("10/minute")
def confirm(given: dict[str, Any], case_id: uuid.UUID) -> Any:
    """Carry a case out, by another issuer than who proposed it: every certificate of it, or none."""
    actor = acting("issuer")
    here = installation()
    with working() as work:
        require_match(_case_tag(withdrawal_cases.held_case(work, case_id)))
        return withdrawal_cases.confirm(work, actor, here.log, here.blobs, case_id, **given)


@resources.delete("/withdrawal-cases/<uuid:case_id>")
@resources.doc(security=TOKEN)
@resources.response(200, Case)
def drop(case_id: uuid.UUID) -> Any:
    """Put a case aside; it stays on record."""
    actor = acting("issuer")
    with working() as work:
        return withdrawal_cases.drop(work, actor, case_id)


def _take_back(verb: Callable[..., Certificate], number: str, given: dict[str, Any]) -> Certificate:
    actor = acting("issuer")
    with working() as work:
        found = standing.held_certificate(work, number)
        require_match(standing_tag(found, work.at))
        return verb(work, actor, installation().log, number, **given)


def _case_tag(found: WithdrawalCase) -> str:
    return entity_tag(found.id, found.state)


def _line(work: Work, one: Certificate) -> dict[str, Any]:
    return {
        "number": one.number,
        "status": standing.status_at(one, work.at),
        "grade": one.grade,
        "part_number": one.part.part_number,
        "issued_at": one.issued_at,
        "valid_until": one.valid_until,
        "review_id": one.intent.review_id,
    }
