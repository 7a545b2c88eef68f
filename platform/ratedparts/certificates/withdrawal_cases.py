"""Withdrawing by cause: one issuer sees who is hit and proposes, another confirms, all in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from ratedparts.blobs.store import BlobStore
from ratedparts.db import Work, held
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.evidence.service import withdraw_evidence
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.signing_in import confirm_password
from ratedparts.review.service import release

from .cases_and_issuing import while_nothing_is_issued
from .models import WithdrawalCase
from .standing import held_certificate
from .taking_back import required_past, required_reason, revoke_held, suspend_held
from .transparency_log import TransparencyLog
from .withdrawal_causes import certificates_hit, evidence_hit, read_subject

ACTIONS = ("suspend", "revoke")


def propose(
    work: Work,
    actor: Actor,
    blobs: BlobStore,
    *,
    cause: str,
    subject: Mapping[str, str],
    action: str,
    reason: str,
    invalid_since: datetime | None = None,
) -> WithdrawalCase:
    """Lay a case before a second issuer.  Nothing happens to any certificate yet.

    Raises
    ------
    RatedPartsError
        ``form_refused`` with every fault; ``reason_missing``; ``nobody_is_hit``.
    """
    actor.require("issuer")
    if action not in ACTIONS:
        known = {"expected": list(ACTIONS)}
        fault = Fault("not_a_choice", column="action", given=action[:80], parameters=known)
        raise RatedPartsError("form_refused", items=[fault])
    of = read_subject(work, cause, subject)
    text = required_reason(reason)
    since = required_past(work, invalid_since)
    hit = certificates_hit(work, blobs, cause, of, action)
    if not hit:
        raise RatedPartsError("nobody_is_hit", kind=Kind.CONFLICT)
    case = WithdrawalCase(
        id=work.new_id(),
        state="proposed",
        cause=cause,
        subject=of,
        action=action,
        reason=text,
        invalid_since=since,
        numbers=sorted(one.number for one in hit),
        proposed_by=actor.person_id,
        proposed_at=work.at,
    )
    work.session.add(case)
    work.session.flush()
    record_by(work, actor, "propose_withdrawal", "withdrawal_case", case.id, cause=cause, count=len(hit))
    return case


def confirm(
    work: Work, actor: Actor, log: TransparencyLog, blobs: BlobStore, case_id: uuid.UUID, *, password: str
) -> WithdrawalCase:
    """Carry the case out: every certificate of it, or none.

    After a revocation the evidence behind the cause counts no more for any part; where it was the key that
    was lost, the makers can apply again on evidence with which nothing is wrong.

    Raises
    ------
    RatedPartsError
        ``same_person``: two decide; ``case_decided``; ``case_outdated`` (more, fewer): the cause hits others
        than when it was proposed, so it has to be looked at again; ``password_wrong``.
    """
    actor.require("issuer")
    while_nothing_is_issued(work)
    case = _proposed(work, case_id)
    if actor.person_id == case.proposed_by:
        raise RatedPartsError("same_person", kind=Kind.FORBIDDEN)
    # Held before they are looked at, so that nobody issues, supersedes or revokes one of them meanwhile.
    held_ones = {number: held_certificate(work, number) for number in case.numbers}
    now = {one.number for one in certificates_hit(work, blobs, case.cause, case.subject, case.action)}
    if now != set(held_ones):
        more, fewer = len(now - set(held_ones)), len(set(held_ones) - now)
        raise RatedPartsError("case_outdated", kind=Kind.CONFLICT, more=more, fewer=fewer)
    confirm_password(work, actor, password)
    for certificate in held_ones.values():
        if case.action == "suspend":
            suspend_held(work, actor, log, certificate, case.reason, case.id)
        else:
            revoke_held(
                work,
                actor,
                log,
                certificate,
                case.reason,
                decided_at=case.proposed_at,
                invalid_since=case.invalid_since,
                case_id=case.id,
            )
            if case.cause == "key":
                release(work, actor, certificate.intent.review)
    if case.action == "revoke":
        found = evidence_hit(work, blobs, case.cause, case.subject)
        withdraw_evidence(work, found, case.id, case.reason)
    _decide(work, actor, case, "confirmed")
    return case


def drop(work: Work, actor: Actor, case_id: uuid.UUID) -> WithdrawalCase:
    """Put a case aside; whoever proposed it may do so as well."""
    actor.require("issuer")
    case = _proposed(work, case_id)
    _decide(work, actor, case, "dropped")
    return case


def cases(work: Work) -> list[WithdrawalCase]:
    """Every case, newest first."""
    return list(work.session.scalars(select(WithdrawalCase).order_by(WithdrawalCase.proposed_at.desc())))


def case_by_id(work: Work, case_id: uuid.UUID) -> WithdrawalCase:
    case = work.session.get(WithdrawalCase, case_id)
    if case is None:
        raise not_found("withdrawal_case", case_id)
    return case


def held_case(work: Work, case_id: uuid.UUID) -> WithdrawalCase:
    """The case, held until the end of the unit of work.  Raises ``not_found``."""
    case = held(work, WithdrawalCase, case_id)
    if case is None:
        raise not_found("withdrawal_case", case_id)
    return case


def _proposed(work: Work, case_id: uuid.UUID) -> WithdrawalCase:
    case = held_case(work, case_id)
    if case.state != "proposed":
        raise RatedPartsError("case_decided", kind=Kind.CONFLICT, state=case.state)
    return case


def _decide(work: Work, actor: Actor, case: WithdrawalCase, state: str) -> None:
    case.state, case.decided_by, case.decided_at = state, actor.person_id, work.at
    work.session.flush()
    record_by(work, actor, f"withdrawal_{state}", "withdrawal_case", case.id)
