"""From a registered part to a certificate that a stranger verifies, and to its revocation."""

import json
from datetime import timedelta

from sqlalchemy import func, select

from ratedparts.audit.service import first_broken_line
from ratedparts.catalogue import service as catalogue
from ratedparts.certificates import standing
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.evaluations.service import current_evaluation
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.models import Job
from ratedparts.proofs import TrustedKeys, verify_certificate, verify_file

from .world import MEASURED


def _count(work, table, *conditions):
    return work.session.scalar(select(func.count()).select_from(table).where(*conditions))


def _found(world):
    return [(row.part_number, row.certificate_number) for row in world.find(text="x7r")]


def test_a_part_goes_all_the_way_and_a_stranger_can_verify_it(founded):
    world = founded
    world.facts["part_id"] = world.register_part()
    plan = world.register_plan(slot="MLCC-HTL")
    world.clock.now = MEASURED

    good = world.example("MLCC-HTL", plan)
    bad = good.replace(b",100.959,", b',"100,959",').replace(b"L1-001,500,ok", b"L1-001,500,fine")
    refused = world.submit(plan, bad)
    assert refused.state == "refused"
    assert refused.fault_count == 2
    assert [(fault["code"], fault["row"], fault["column"]) for fault in refused.faults] == [
        ("number_format", 2, "cap_nF"),
        ("not_a_choice", 4, "status"),
    ]
    with world.reading() as work:
        assert _count(work, Evidence) == 0
        assert _count(work, Job) == 0
    assert world.run_jobs() == 0

    world.clock.now = MEASURED - timedelta(days=148)
    for slot in ("MLCC-BH:rated", "MLCC-BH:low", "SEMI-TC", "PAR-CPK"):
        number = world.register_plan(slot=slot)
        world.clock.now = MEASURED
        assert world.submit(number, world.example(slot, number)).state == "accepted"
        world.clock.now = MEASURED - timedelta(days=148)
    world.clock.now = MEASURED
    assert world.submit(plan, good).state == "accepted"
    # Five times evidence, decided on and looked at, and one evaluation that changed anything and is drawn.
    assert world.run_jobs() == 12

    with world.reading() as work:
        evaluation = current_evaluation(work, world.facts["part_id"])
        assert evaluation.grade == "A+"
        assert _count(work, Job, Job.state != "done") == 0
    assert _found(world) == []

    number = world.issue(world.approve())
    world.run_jobs()
    assert _found(world) == [("EX-0603X7R104K", number)]

    with world.reading() as work:
        certificate = standing.certificate_by_number(work, number)
        assert standing.status_at(certificate, work.at) == "valid"
        # The stranger has the published list and the certificate, and nothing else.
        keys = TrustedKeys.from_json(json.loads(json.dumps(published_keys(work).to_json())))
        log = world.installation.log.evidence_of_issue(work, number)
        content = certificate.credential.encode()
    verdict = verify_file(content, trust=keys, at=MEASURED + timedelta(days=1))
    assert verdict.verdict == "valid"
    with_log = verify_certificate(json.loads(content), trust=keys, at=MEASURED, log=log)
    assert with_log.verdict == "valid"
    assert verify_file(content.replace(b'"A+"', b'"A"'), trust=keys, at=MEASURED).verdict == "invalid"

    world.take_back(number=number)
    assert _found(world) == []  # at once: no job has run yet
    with world.reading() as work:
        assert standing.status_at(standing.certificate_by_number(work, number), work.at) == "revoked"
    world.run_jobs()
    with world.reading() as work:
        assert catalogue.published_part(work, world.facts["part_id"]) is None
        assert first_broken_line(work) is None
