"""The verbs by which an issuer takes a certificate back: suspend, reinstate, revoke.  Each shows at once."""

from __future__ import annotations

import uuid
from datetime import datetime

from ratedparts.calendar_days import day_of
from ratedparts.db import Work
from ratedparts.errors import Fault, RatedPartsError
from ratedparts.jobs.queue import enqueue
from ratedparts.organisations.actor import Actor, record_by
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.proofs import format_instant

from .models import Certificate
from .notices import EVENT as NOTICE
from .standing import held_certificate, status_at
from .standing_states import LOGGED, state_after
from .transparency_log import TransparencyLog

LONGEST_REASON = 2000


def suspend(
    work: Work, actor: Actor, log: TransparencyLog, number: str, *, reason: str, password: str
) -> Certificate:
    """Take a certificate out of force until it is looked into, with a reason that the public reads."""
    actor.require("issuer")
    certificate = held_certificate(work, number)
    state_after(status_at(certificate, work.at), "suspend")
    text = required_reason(reason)
    confirm_password(work, actor, password)
    suspend_held(work, actor, log, certificate, text)
    return certificate


def reinstate(
    work: Work, actor: Actor, log: TransparencyLog, number: str, *, reason: str, password: str
) -> Certificate:
    """Put a suspended certificate in force again; why stands in the audit log."""
    actor.require("issuer")
    certificate = held_certificate(work, number)
    after = state_after(status_at(certificate, work.at), "reinstate")
    text = required_reason(reason)
    confirm_password(work, actor, password)
    standing = certificate.standing
    standing.state = after
    standing.suspended_at = standing.suspended_by = standing.suspension_reason = None
    standing.case_id = None
    _tell(work, actor, log, certificate, "reinstate", reason=text)
    return certificate


def revoke(
    work: Work,
    actor: Actor,
    log: TransparencyLog,
    number: str,
    *,
    reason: str,
    password: str,
    invalid_since: datetime | None = None,
) -> Certificate:
    """Take a certificate back for good, with a reason that the public reads.

    ``invalid_since``: since when nobody should have relied on it; None: since its first day.  Raises
    ``standing_step_impossible``, ``reason_missing``, ``password_wrong``, ``form_refused``.
    """
    actor.require("issuer")
    certificate = held_certificate(work, number)
    state_after(status_at(certificate, work.at), "revoke")
    text = required_reason(reason)
    since = required_past(work, invalid_since)
    confirm_password(work, actor, password)
    revoke_held(work, actor, log, certificate, text, decided_at=work.at, invalid_since=since)
    return certificate


def suspend_held(
    work: Work,
    actor: Actor,
    log: TransparencyLog,
    certificate: Certificate,
    reason: str,
    case_id: uuid.UUID | None = None,
) -> None:
    standing = certificate.standing
    standing.state = state_after(status_at(certificate, work.at), "suspend")
    standing.suspended_at, standing.suspended_by, standing.suspension_reason = (
        work.at,
        actor.person_id,
        reason,
    )
    standing.case_id = case_id
    _tell(work, actor, log, certificate, "suspend", reason=reason)


def revoke_held(
    work: Work,
    actor: Actor,
    log: TransparencyLog,
    certificate: Certificate,
    reason: str,
    *,
    decided_at: datetime,
    invalid_since: datetime | None,
    case_id: uuid.UUID | None = None,
) -> None:
    standing = certificate.standing
    standing.state = state_after(status_at(certificate, work.at), "revoke")
    standing.suspended_at = standing.suspended_by = standing.suspension_reason = None
    standing.decided_at, standing.revoked_at, standing.revoked_by = decided_at, work.at, actor.person_id
    since = max(invalid_since or certificate.valid_from, certificate.valid_from)
    standing.invalid_since = min(since, work.at)  # the first day of one not yet valid is still to come
    standing.revocation_reason, standing.case_id = reason, case_id
    told = format_instant(standing.invalid_since)
    _tell(work, actor, log, certificate, "revoke", reason=reason, invalid_since=told)


def required_reason(given: str) -> str:
    """Raises ``reason_missing``, ``statement_too_long``."""
    text = given.strip()
    if not text:
        raise RatedPartsError("reason_missing")
    if len(text) > LONGEST_REASON:
        raise RatedPartsError("statement_too_long", longest=LONGEST_REASON)
    return text


def required_past(work: Work, invalid_since: datetime | None) -> datetime | None:
    """An instant that has been.  Raises ``form_refused`` (``day_in_the_future``)."""
    if invalid_since is not None and invalid_since > work.at:
        given = day_of(invalid_since).isoformat()
        raise RatedPartsError(
            "form_refused", items=[Fault("day_in_the_future", column="invalid_since", given=given)]
        )
    return invalid_since


def _tell(
    work: Work, actor: Actor, log: TransparencyLog, certificate: Certificate, verb: str, **facts: object
) -> None:
    """Into the log, the audit chain and the jobs, in the transaction of the change."""
    work.session.flush()
    log.append(work, LOGGED[verb], certificate)
    record_by(work, actor, verb, "certificate", certificate.number, **facts)
    enqueue(work, "certificate_changed", part_id=str(certificate.part_id))
    enqueue(work, NOTICE, number=certificate.number, verb=verb)
