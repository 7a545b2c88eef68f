"""Who is acting: one person, in one role, for one organisation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from ratedparts.audit.service import record
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError


@dataclass(frozen=True)
class Actor:
    person_id: uuid.UUID
    person_name: str
    organisation_id: uuid.UUID
    organisation_kind: str
    role: str

    def require(self, *roles: str) -> None:
        """Raise ``role_needed`` unless the actor has one of the roles."""
        if self.role not in roles:
            raise RatedPartsError("role_needed", kind=Kind.FORBIDDEN, needed=list(roles), role=self.role)


def not_found(kind: str, given: object) -> RatedPartsError:
    """The one answer for what does not exist and for what is not the actor's business."""
    return RatedPartsError("not_found", subject=kind, kind=Kind.NOT_FOUND, given=str(given))


def record_by(work: Work, actor: Actor, verb: str, kind: str, subject: object, /, **facts: object) -> None:
    """The audit line of what the actor did, in the transaction in which it is done."""
    record(
        work, verb, kind, subject, actor_id=actor.person_id, organisation_id=actor.organisation_id, **facts
    )
