"""The register for administrators: organisations, people and roles, scopes, the audit log."""

from __future__ import annotations

import uuid
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from ratedparts.audit import service as audit
from ratedparts.organisations import register
from ratedparts.organisations.models import KINDS

from ..conditional import entity_tag, require_match
from ..invitations import send_invitation
from ..requests import acting, reading, working
from .reviews import IF_MATCH
from .shapes import TOKEN, Strict

resources = Blueprint("administration", __name__, url_prefix="/api/v1", description="The register")


class NewOrganisation(Strict):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name_en = fields.String(required=True)
    name_zh = fields.String(required=True)


class OrganisationLine(NewOrganisation):
    id = fields.UUID()


class NewPerson(Strict):
    email = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.UUID(required=True)
    roles = fields.List(fields.String(), required=True, validate=validate.Length(min=1))


class HeldRole(Schema):
    id = fields.UUID()
    name = fields.String()
    organisation_id = fields.UUID()


class InvitedPerson(Schema):
    id = fields.UUID()
    email = fields.String()
    name = fields.String()


class PersonLine(InvitedPerson):
    roles = fields.List(fields.Nested(HeldRole))


class NewScope(Strict):
    protocol_id = fields.String(required=True)
    accreditation = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)


class ScopeLine(NewScope):
    id = fields.UUID()


class AuditQuery(Schema):
    before = fields.Integer(load_default=None, validate=validate.Range(1, 2**53))


class AuditLineShape(Schema):
    sequence = fields.Integer()
    at = fields.AwareDateTime()
    actor_id = fields.UUID(allow_none=True)
    organisation_id = fields.UUID(allow_none=True)
    verb = fields.String()
    subject_kind = fields.String()
    subject_id = fields.String()
    facts = fields.Dict()
    line_digest = fields.String()


class AuditChain(Schema):
    lines = fields.Integer()
    first_broken = fields.Integer(
        allow_none=True, metadata={"description": "its sequence; null: the chain holds"}
    )


@resources.get("/organisations")
@resources.doc(security=TOKEN)
@resources.response(200, OrganisationLine(many=True))
def organisations() -> Any:
    """Every organisation."""
    acting("administrator")
    with reading() as work:
        return register.organisations(work)


@resources.post("/organisations")
@resources.doc(security=TOKEN)
@resources.arguments(NewOrganisation)
@resources.response(201, OrganisationLine)
def new_organisation(new: dict[str, Any]) -> Any:
    """Register a maker, a laboratory or another authority."""
    actor = acting("administrator")
    with working() as work:
        return register.register_organisation(work, actor, **new)


@resources.get("/people")
@resources.doc(security=TOKEN)
@resources.response(200, PersonLine(many=True))
def people() -> Any:
    """Everyone, with the roles that are in force."""
    acting("administrator")
    with reading() as work:
        return [
            {"id": person.id, "email": person.email, "name": person.name, "roles": roles}
            for person, roles in register.people(work)
        ]


@resources.post("/people")
@resources.doc(security=TOKEN)
@resources.arguments(NewPerson)
@resources.response(201, InvitedPerson)
def invite(new: dict[str, Any]) -> Any:
    """Invite a person; the letter with the link to choose a password goes out by mail."""
    actor = acting("administrator")
    with working() as work:
        person, token = register.invite(work, actor, **new)
        send_invitation(person.email, token, work.at)
        return person


@resources.get("/roles/<uuid:role_id>")
@resources.doc(security=TOKEN)
@resources.response(200, HeldRole)
def role(role_id: uuid.UUID) -> Any:
    """A role in force.  Its `ETag` goes with its end."""
    acting("administrator")
    with reading() as work:
        found = register.role_in_force(work, role_id)
        told = {"id": found.id, "name": found.name, "organisation_id": found.organisation_id}
        return told, {"ETag": f'"{entity_tag(found.id, found.ended_at)}"'}


@resources.delete("/roles/<uuid:role_id>")
@resources.doc(security=TOKEN, parameters=[IF_MATCH])
@resources.response(204)
def end_role(role_id: uuid.UUID) -> None:
    """Take a role away, from the person's next request on."""
    actor = acting("administrator")
    with working() as work:
        found = register.held_role(work, role_id)
        require_match(entity_tag(found.id, found.ended_at))
        register.end_role(work, actor, role_id)


@resources.get("/laboratories/<uuid:laboratory_id>/scopes")
@resources.response(200, ScopeLine(many=True))
def scopes(laboratory_id: uuid.UUID) -> Any:
    """What a laboratory is accredited for: public, as certificates rest on it."""
    with reading() as work:
        register.laboratory(work, laboratory_id)
        return register.scopes_of(work, laboratory_id)


@resources.post("/laboratories/<uuid:laboratory_id>/scopes")
@resources.doc(security=TOKEN)
@resources.arguments(NewScope)
@resources.response(201, ScopeLine)
def new_scope(new: dict[str, Any], laboratory_id: uuid.UUID) -> Any:
    """Accredit a laboratory for a protocol; both days included."""
    actor = acting("administrator")
    with working() as work:
        return register.register_scope(work, actor, laboratory_id=laboratory_id, **new)


@resources.get("/audit")
@resources.doc(security=TOKEN)
@resources.arguments(AuditQuery, location="query")
@resources.response(200, AuditLineShape(many=True))
def audit_lines(query: dict[str, Any]) -> Any:
    """A hundred lines, newest first; `before`: older than that sequence."""
    acting("administrator")
    with reading() as work:
        return audit.newest_lines(work, before=query["before"])


@resources.get("/audit/chain")
@resources.doc(security=TOKEN)
@resources.response(200, AuditChain)
def audit_chain() -> Any:
    """Whether every line of the audit log still follows from the one before it."""
    acting("administrator")
    with reading() as work:
        return {"lines": audit.length(work), "first_broken": audit.first_broken_line(work)}
