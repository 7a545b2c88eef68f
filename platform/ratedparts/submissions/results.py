"""Receiving a results file: checked whole, then accepted as evidence or refused with every fault."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from ratedparts.calendar_days import day_of
from ratedparts.db import Page, Work, lock, newest_first, public_number
from ratedparts.errors import Fault, Kind, RatedPartsError
from ratedparts.organisations.actor import Actor, not_found, record_by
from ratedparts.organisations.instruments import calibrations_of
from ratedparts.organisations.register import scopes_of
from ratedparts.proofs import digest_of
from ratedparts.protocols import ProtocolLibrary, require_agreeing_name

from .checked_file import CheckedFile, EvidenceKeeper, check_results_file
from .models import Submission, TestPlan
from .plans import may_see, require_party, visible_plan
from .withdrawals import require_not_withdrawn

LARGEST_BYTES = 2**31 - 1
INLINE_BYTES = 2**20  # a longer file is checked in the background, see `uploads`


def submit_results(
    work: Work,
    actor: Actor,
    library: ProtocolLibrary,
    keeper: EvidenceKeeper,
    *,
    plan_number: str,
    file_name: str,
    content: bytes,
    encoding: str = "utf-8",
) -> Submission:
    """Check a laboratory's file and keep it as evidence, or keep nothing but the refusal.

    The same bytes for the same plan a second time are answered with the first submission.
    """
    plan = visible_plan(work, actor, plan_number)
    require_party(actor, plan)
    lock(work, plan)  # the same bytes twice at once: the second waits, and finds the first
    require_agreeing_name(file_name, content)
    digest = digest_of(content)
    earlier = earlier_submission(work, plan, digest)
    if earlier is not None:
        return earlier
    with TemporaryDirectory() as folder:
        file = Path(folder) / "results"
        file.write_bytes(content)
        checked = check_results_file(
            file,
            library,
            keeper,
            digest=digest,
            protocol=plan.protocol,
            part=part_as_json(plan),
            plan=plan_as_json(work, plan),
            encoding=encoding,
        )
    return record_results(
        work, actor, keeper, plan, checked, number=public_number("SUB"), file_name=file_name
    )


def earlier_submission(work: Work, plan: TestPlan, digest: str) -> Submission | None:
    """The submission of the same bytes, if they were accepted; ``plan_has_results`` if others were.

    Another file for the same units would count them twice; another test is another plan.
    """
    accepted = select(Submission).where(Submission.plan_id == plan.id, Submission.state == "accepted")
    found = work.session.scalars(accepted).first()
    if found is None:
        require_not_withdrawn(work, plan)
    if found is not None and found.evidence_digest != digest:
        raise RatedPartsError("plan_has_results", kind=Kind.CONFLICT, plan=plan.number)
    return found


def record_results(
    work: Work,
    actor: Actor,
    keeper: EvidenceKeeper,
    plan: TestPlan,
    checked: CheckedFile,
    *,
    number: str,
    file_name: str,
) -> Submission:
    """The submission of a file that has been checked, with everything that follows from it."""
    report = checked.report
    submission = Submission(
        id=work.new_id(),
        number=number,
        plan=plan,
        submitted_by=actor.person_id,
        submitted_at=work.at,
        file_name=printable(file_name),
        size_bytes=checked.size_bytes,
        file_digest=checked.digest,
        encoding=report.encoding[:40],
        state="accepted" if report.accepted else "refused",
        rows=report.rows,
        units=report.units,
        fault_count=report.fault_count,
        faults=[fault_as_record(fault) for fault in report.faults],
        evidence_digest=checked.digest if report.accepted else None,
    )
    work.session.add(submission)
    work.session.flush()
    record_by(
        work,
        actor,
        "accept_results" if report.accepted else "refuse_results",
        "submission",
        submission.id,
        number=submission.number,
        digest=checked.digest,
        faults=report.fault_count,
    )
    if checked.stored is not None:
        keeper.accept(work, submission, checked.stored, report)
    return submission


def printable(file_name: str) -> str:
    """A sender's name of a file, to be shown and never to be used as a path."""
    return "".join(character for character in file_name if character.isprintable())[:200]


def visible_submission(work: Work, actor: Actor, number: str) -> Submission:
    """A submission of a plan that the actor may see; otherwise it does not exist."""
    submission = work.session.scalars(select(Submission).where(Submission.number == number)).first()
    if submission is None or not may_see(actor, submission.plan):
        raise not_found("submission", number)
    return submission


def submissions_of(work: Work, plan_ids: list[uuid.UUID]) -> list[Submission]:
    query = (
        select(Submission).where(Submission.plan_id.in_(plan_ids)).order_by(Submission.submitted_at.desc())
    )
    return list(work.session.scalars(query))


def submission_ids(work: Work, plan_number: str) -> set[uuid.UUID]:
    """What has been handed in for a plan so far."""
    query = select(Submission.id).join(TestPlan).where(TestPlan.number == plan_number)
    return set(work.session.scalars(query))


def page_of_submissions(work: Work, plan: TestPlan, cursor: str | None, limit: int) -> Page[Submission]:
    """What was handed in for a plan, newest first."""
    query = select(Submission).where(Submission.plan_id == plan.id)
    return newest_first(work, query, Submission.id, cursor, limit)


def part_as_json(plan: TestPlan) -> dict[str, Any]:
    """The part as the checker takes it."""
    part = plan.part
    return {
        "part_number": part.part_number,
        "maker": part.maker.name_en,
        "family": part.family,
        "attributes": part.attributes,
        "limits": part.limits,
    }


def plan_as_json(work: Work, plan: TestPlan) -> dict[str, Any]:
    """The plan as the checker takes it.

    A laboratory with a scope for the protocol must have been inside it on every day of measurement, with
    instruments whose calibration is on the register; one without any is taken as not accredited, which
    lowers the evidence class and refuses nothing.
    """
    protocol_id = plan.protocol.partition("@")[0]
    value: dict[str, Any] = {"plan_id": plan.number, "protocol": plan.protocol, "lots": plan.lots}
    value["ended_on"] = day_of(work.at).isoformat()  # nothing can have been measured in the future
    scopes = [one for one in scopes_of(work, plan.laboratory_id) if one.protocol_id == protocol_id]
    if scopes:
        value["scope"] = [
            {
                "protocol": protocol_id,
                "valid_from": scope.valid_from.isoformat(),
                "valid_until": scope.valid_until.isoformat(),
            }
            for scope in scopes
        ]
        value["instruments"] = [
            {
                "instrument_id": one.instrument_id,
                "calibrated_on": one.calibrated_on.isoformat(),
                "calibration_due_on": one.calibration_due_on.isoformat(),
            }
            for one in calibrations_of(work, plan.laboratory_id)
        ]
    if plan.starts_on is not None:
        value["started_on"] = min(plan.starts_on, day_of(work.at)).isoformat()
    return value


def fault_as_record(fault: Fault) -> dict[str, Any]:
    """A fault as it is stored: a code with its parameters, no prose."""
    return {
        "code": fault.code,
        "row": fault.row,
        "column": fault.column,
        "given": fault.given,
        "parameters": dict(fault.parameters),
    }


def fault_from_record(value: dict[str, Any]) -> Fault:
    return Fault(value["code"], value["row"], value["column"], value["given"], value["parameters"])
