"""The register: organisations, people, their roles and the laboratories' scopes."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from ratedparts.audit.service import record
from ratedparts.db import Work, held
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.wording.certificate_font import missing_glyphs

from .actor import Actor, not_found, record_by
from .email_addresses import usable_email
from .models import KINDS, OneTimeLink, Organisation, Person, Role, Scope
from .secrets_of_people import new_token, token_digest

ROLES_OF_KIND = {
    "maker": ("maker",),
    "laboratory": ("laboratory",),
    "authority": ("reviewer", "issuer", "administrator"),
}
LINK_LIFE = {"invitation": timedelta(days=14), "password_reset": timedelta(hours=1)}
LONGEST_NAME = 120


def first_administrator(
    work: Work, *, email: str, name: str, authority_en: str, authority_zh: str, example: bool
) -> str:
    """Make the authority and its first administrator; the token of the invitation.

    Refused once there is any person: from then on administrators invite.
    """
    if work.session.scalar(select(func.count()).select_from(Person)):
        raise RatedPartsError("administrator_exists", kind=Kind.CONFLICT)
    authority = _organisation(work, "authority", authority_en, authority_zh, example)
    person = _person(work, email, name)
    _grant(work, person, authority, "administrator")
    work.session.flush()
    record(work, "first_administrator", "person", person.id, actor_id=None, organisation_id=authority.id)
    return one_time_link(work, person, "invitation")


def register_organisation(
    work: Work, actor: Actor, *, kind: str, name_en: str, name_zh: str, example: bool = False
) -> Organisation:
    actor.require("administrator")
    new = _organisation(work, kind, name_en, name_zh, example)
    work.session.flush()
    record_by(work, actor, "register_organisation", "organisation", new.id, kind=kind)
    return new


def invite(
    work: Work, actor: Actor, *, email: str, name: str, organisation_id: uuid.UUID, roles: Sequence[str]
) -> tuple[Person, str]:
    """Add a person with roles in one organisation; the person and the token of the invitation."""
    actor.require("administrator")
    employer = organisation(work, organisation_id)
    allowed = ROLES_OF_KIND[employer.kind]
    if not roles or any(role not in allowed for role in roles):
        raise RatedPartsError("role_not_of_organisation", given=list(roles), allowed=list(allowed))
    if "reviewer" in roles and "issuer" in roles:
        raise RatedPartsError("reviewer_and_issuer", kind=Kind.CONFLICT)
    person = _person(work, email, name)
    for role in dict.fromkeys(roles):
        _grant(work, person, employer, role)
    work.session.flush()
    record_by(work, actor, "invite", "person", person.id, organisation=str(employer.id), roles=list(roles))
    return person, one_time_link(work, person, "invitation")


def end_role(work: Work, actor: Actor, role_id: uuid.UUID) -> Role:
    """Take a role away; it takes effect with the person's next request."""
    actor.require("administrator")
    role = held_role(work, role_id)
    if role.person_id == actor.person_id and role.name == "administrator":
        raise RatedPartsError("own_administrator_role", kind=Kind.CONFLICT)
    role.ended_at = work.at
    record_by(work, actor, "end_role", "role", role.id, person=str(role.person_id), role=role.name)
    return role


def register_scope(
    work: Work,
    actor: Actor,
    *,
    laboratory_id: uuid.UUID,
    protocol_id: str,
    accreditation: str,
    valid_from: date,
    valid_until: date,
) -> Scope:
    """A laboratory's accreditation for one protocol; both days included."""
    actor.require("administrator")
    laboratory(work, laboratory_id)
    if valid_until < valid_from:
        raise _refused(
            Fault(
                "date_order",
                column="valid_until",
                given=str(valid_until),
                parameters={"later_than": "valid_from"},
            )
        )
    scope = Scope(
        id=work.new_id(),
        laboratory_id=laboratory_id,
        protocol_id=protocol_id,
        accreditation=_text("accreditation", accreditation),
        valid_from=valid_from,
        valid_until=valid_until,
        registered_at=work.at,
    )
    work.session.add(scope)
    work.session.flush()
    record_by(
        work, actor, "register_scope", "scope", scope.id, protocol=protocol_id, laboratory=str(laboratory_id)
    )
    return scope


def scopes_of(work: Work, *laboratory_ids: uuid.UUID) -> list[Scope]:
    """What the laboratories are accredited for, ever: the caller looks at the days."""
    query = select(Scope).where(Scope.laboratory_id.in_(laboratory_ids))
    return list(work.session.scalars(query.order_by(Scope.protocol_id, Scope.valid_from)))


def role_in_force(work: Work, role_id: uuid.UUID) -> Role:
    role = work.session.get(Role, role_id)
    if role is None or role.ended_at is not None:
        raise not_found("role", role_id)
    return role


def held_role(work: Work, role_id: uuid.UUID) -> Role:
    """A role in force that nobody else ends until the end of the unit of work."""
    held(work, Role, role_id)
    return role_in_force(work, role_id)


def laboratory(work: Work, laboratory_id: uuid.UUID) -> Organisation:
    found = work.session.get(Organisation, laboratory_id)
    if found is None or found.kind != "laboratory":
        raise not_found("laboratory", laboratory_id)
    return found


def organisation(work: Work, organisation_id: uuid.UUID) -> Organisation:
    found = work.session.get(Organisation, organisation_id)
    if found is None:
        raise not_found("organisation", organisation_id)
    return found


def organisations(work: Work, kind: str | None = None) -> list[Organisation]:
    query = select(Organisation).order_by(Organisation.kind, Organisation.name_en)
    return list(work.session.scalars(query.where(Organisation.kind == kind) if kind else query))


def people(work: Work) -> list[tuple[Person, list[Role]]]:
    """Every person with the roles that are in force."""
    found: dict[uuid.UUID, tuple[Person, list[Role]]] = {
        person.id: (person, []) for person in work.session.scalars(select(Person).order_by(Person.email))
    }
    for role in work.session.scalars(select(Role).where(Role.ended_at.is_(None))):
        found[role.person_id][1].append(role)
    return list(found.values())


def people_in(work: Work, organisation_id: uuid.UUID, *roles: str) -> list[Person]:
    """Who has one of the roles in an organisation now, and may sign in."""
    holders = select(Role.person_id).where(
        Role.organisation_id == organisation_id, Role.name.in_(roles), Role.ended_at.is_(None)
    )
    query = select(Person).where(Person.id.in_(holders), Person.disabled_at.is_(None))
    return list(work.session.scalars(query.order_by(Person.email)))


def _organisation(work: Work, kind: str, name_en: str, name_zh: str, example: bool) -> Organisation:
    faults = []
    if kind not in KINDS:
        faults.append(Fault("not_a_choice", column="kind", given=kind, parameters={"expected": list(KINDS)}))
    names = {}
    for column, given in (("name_en", name_en), ("name_zh", name_zh)):
        try:
            names[column] = _text(column, given)
        except RatedPartsError as error:
            faults += error.items
            continue
        # A certificate must show the name: better refused here than when one is to be issued.
        lacking = missing_glyphs(names[column])
        taken = select(Organisation.id).where(getattr(Organisation, column) == names[column])
        if lacking:
            faults.append(
                Fault("glyph_missing", column=column, given=given, parameters={"characters": lacking})
            )
        elif work.session.scalar(taken) is not None:
            faults.append(Fault("name_taken", column=column, given=given))
    if faults:
        raise RatedPartsError("form_refused", items=faults)
    new = Organisation(id=work.new_id(), kind=kind, example=example, registered_at=work.at, **names)
    work.session.add(new)
    return new


def _person(work: Work, email: str, name: str) -> Person:
    address = usable_email(email)
    if address is None:
        raise _refused(Fault("email_not_usable", column="email", given=email))
    if work.session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise _refused(Fault("email_taken", column="email", given=email))
    person = Person(id=work.new_id(), email=address, name=_text("name", name), registered_at=work.at)
    work.session.add(person)
    return person


def _grant(work: Work, person: Person, organisation: Organisation, role: str) -> None:
    work.session.add(
        Role(id=work.new_id(), person=person, organisation=organisation, name=role, granted_at=work.at)
    )


def one_time_link(work: Work, person: Person, purpose: str) -> str:
    """The token of a new link to choose a password."""
    token = new_token("rpl")
    work.session.add(
        OneTimeLink(
            id=work.new_id(),
            person_id=person.id,
            purpose=purpose,
            token_digest=token_digest(token),
            created_at=work.at,
            expires_at=work.at + LINK_LIFE[purpose],
        )
    )
    return token


def _text(column: str, given: str) -> str:
    text = unicodedata.normalize("NFC", given).strip()
    if not text or len(text) > LONGEST_NAME:
        raise _refused(
            Fault("text_length", column=column, given=given[:80], parameters={"longest": LONGEST_NAME})
        )
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in text):
        raise _refused(Fault("control_character", column=column, given=ascii(given[:80])))
    return text


def _refused(fault: Fault) -> RatedPartsError:
    return RatedPartsError("form_refused", items=[fault])
