"""Findings reach the reviewer and the issuer, nobody else, and no decision."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ratedparts.app import create_app
from ratedparts.blobs.store import ObjectBlobs
from ratedparts.db.migrating import downgrade, upgrade
from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.models import Evaluation
from ratedparts.evidence.advisory.shown import findings_of
from ratedparts.evidence.models import AdvisoryFinding, AdvisoryLook, Evidence
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import ATTEMPTS, enqueue
from ratedparts.organisations import signing_in
from ratedparts.protocols import example_file
from ratedparts.web.requests import EXTENSION
from tests.integration.world import PASSWORD, World

TITLE = "Findings to look at"


@pytest.fixture
def application(rated: World) -> Iterator[Any]:
    app = create_app(rated.installation.settings, rated.clock)
    yield app
    app.extensions[EXTENSION].database.dispose()


def program(application: Any, world: World, who: str) -> FlaskClient:
    with world.work() as work:
        token = signing_in.create_access_token(work, world.cast[who], "test")
    client: FlaskClient = application.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def count(world: World, table: Any) -> int:
    with world.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def codes_by_protocol(world: World) -> dict[str, list[str]]:
    with world.reading() as work:
        evidence = {one.id: one for one in work.session.scalars(select(Evidence).order_by(Evidence.id))}
        looked = findings_of(work, evidence)
        assert all(one.look for one in looked.values())
        found: dict[str, list[str]] = {}
        for key, one in looked.items():
            found.setdefault(evidence[key].protocol, []).extend(finding.code for finding in one.findings)
        return found


def test_what_the_example_files_give(rated: World) -> None:
    found = codes_by_protocol(rated)
    curves = {protocol: codes.count("finding_one_curve") for protocol, codes in found.items()}
    # They are computed, and show it: in every life test all units are on one curve (two tests are MLCC-BH).
    assert curves == {"MLCC-HTL@1": 1, "MLCC-BH@1": 2, "SEMI-TC@1": 1, "PAR-CPK@2": 0}
    # And the three of ceramic capacitors hold the same first readings: the later one of each two tells it.
    others = [code for codes in found.values() for code in codes if code != "finding_one_curve"]
    assert others == ["finding_same_units_elsewhere"] * 3


def test_the_reviewer_and_the_issuer_are_told_by_the_interface(rated: World, application: Any) -> None:
    review_id = rated.apply()
    for who in ("reviewer", "issuer"):
        answer = program(application, rated, who).get(f"/api/v1/reviews/{review_id}")
        by_protocol = {one["protocol"]: one for one in answer.json["evidence"]}
        assert by_protocol["PAR-CPK@2"]["findings"] == []
        assert by_protocol["PAR-CPK@2"]["looked_at"] is not None
        finding = by_protocol["MLCC-HTL@1"]["findings"][0]
        assert finding["code"] == "finding_one_curve"
        assert finding["parameters"]["units"] == 231
        assert "cap_nF" in finding["message"]


@pytest.mark.parametrize("who", ["maker", "laboratory", "other_maker", "other_laboratory", "administrator"])
def test_nobody_else_is_told(rated: World, application: Any, who: str) -> None:
    review_id = rated.apply()
    client = program(application, rated, who)
    assert client.get(f"/api/v1/reviews/{review_id}").status_code in (403, 404)
    addresses = [
        f"/api/v1/parts/{rated.facts['part_id']}",
        f"/api/v1/plans/{rated.facts['plans']['MLCC-HTL']}",
    ]
    for address in addresses:
        assert b"finding_" not in client.get(address).data


def signed_in(application: Any, who: str) -> FlaskClient:
    client: FlaskClient = application.test_client()
    page = client.get("/sign-in?lang=en").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"csrf_token": token, "email": f"{who}@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=given).status_code == 302
    return client


def test_the_page_shows_them_to_the_reviewer_and_to_nobody_else(rated: World, application: Any) -> None:
    review_id = rated.apply()
    page = signed_in(application, "reviewer").get(f"/reviews/{review_id}").get_data(as_text=True)
    assert TITLE in page
    assert page.count("by one exact fraction of their whole change") == 4
    assert "Nothing found." in page
    for who in ("maker", "laboratory"):
        client = signed_in(application, who)
        for address in (f"/reviews/{review_id}", "/maker/", "/laboratory/"):
            assert TITLE not in client.get(address, follow_redirects=True).get_data(as_text=True)


def test_that_nobody_has_looked_is_not_shown_as_nothing_found(rated: World, application: Any) -> None:
    number = rated.register_plan(units=2)
    assert rated.submit(number, rated.example("PAR-CPK", number, 6)).state == "accepted"
    review_id = rated.apply()
    answer = program(application, rated, "reviewer").get(f"/api/v1/reviews/{review_id}")
    assert [one["looked_at"] for one in answer.json["evidence"] if one["plan_id"] == number] == [None]
    page = signed_in(application, "reviewer").get(f"/reviews/{review_id}").get_data(as_text=True)
    assert "These data have not been looked at yet." in page


def test_looking_again_finds_nothing_new_and_says_nothing_twice(rated: World) -> None:
    before = [count(rated, table) for table in (AdvisoryLook, AdvisoryFinding)]
    with rated.work() as work:
        for one in work.session.scalars(select(Evidence)):
            enqueue(work, "evidence_to_look_at", evidence_id=str(one.id))
    assert rated.run_jobs() == 5
    assert [count(rated, table) for table in (AdvisoryLook, AdvisoryFinding)] == before


def test_evidence_of_before_is_looked_at_after_the_upgrade(rated: World) -> None:
    before = codes_by_protocol(rated)
    rated.database.dispose()
    downgrade(rated.database.engine, "0004_registers")
    upgrade(rated.database.engine)
    rated.clock.now = max(rated.clock.now, rated.clock.now.replace(year=2100))  # the upgrade has a real clock
    assert rated.run_jobs() == 5
    after = codes_by_protocol(rated)
    # Which of two tests is looked at later is as it comes.
    assert sorted(chain(*after.values())) == sorted(chain(*before.values()))


def _decided(world: World) -> list[tuple[str | None, str, Any]]:
    with world.reading() as work:
        rows = work.session.scalars(select(Evaluation).order_by(Evaluation.evaluated_at))
        return [(one.grade, one.dossier_digest, one.decision) for one in rows]


class Broken(ObjectBlobs):
    """Blobs of which not one can be copied into a file, which is what looking needs."""

    def copy_into(self, digest: str, path: object) -> None:
        raise RatedPartsError("blob_missing", subject=digest)


def test_a_look_that_fails_leaves_the_decision_as_it_is(founded: World) -> None:
    store = ObjectBlobs.in_folder(founded.installation.settings.blobs)._store
    founded.installation.__dict__["blobs"] = Broken(store)
    founded.rate()
    broken = _decided(founded)
    for _ in range(ATTEMPTS):
        founded.clock.now = founded.clock.now.replace(month=founded.clock.now.month + 1)
        founded.run_jobs()
    assert _decided(founded) == broken
    assert len(broken) == 1
    with founded.reading() as work:
        failed = {job.event for job in work.session.scalars(select(Job).where(Job.state == "failed"))}
    assert failed == {"evidence_to_look_at"}
    assert count(founded, AdvisoryLook) == 0


def test_findings_change_no_grade_and_no_dossier(rated: World) -> None:
    with rated.reading() as work:
        evaluation = work.session.scalars(select(Evaluation)).one()
        assert "finding_" not in str(evaluation.dossier) + str(evaluation.decision) + str(evaluation.analysis)
        assert evaluation.grade is not None
        grade, part_id = evaluation.grade, evaluation.part_id
    with rated.work() as work:
        enqueue(work, "evidence_accepted", part_id=str(part_id))
    rated.run_jobs()
    assert [one[0] for one in _decided(rated)] == [grade]


def test_a_blob_that_was_altered_is_not_copied(rated: World, tmp_path: Any) -> None:
    blobs = rated.installation.blobs
    digest = blobs.put(example_file(rated.library.protocol("RES-LL70@1")))
    blobs.copy_into(digest, tmp_path / "copy")
    assert blobs.put_file(tmp_path / "copy") == digest
    name = digest.removeprefix("sha256:")
    kept = rated.installation.settings.blobs / name[:2] / name
    kept.chmod(0o644)
    kept.write_bytes(b"another")
    with pytest.raises(RatedPartsError) as refusal:
        blobs.copy_into(digest, tmp_path / "copy")
    assert refusal.value.code == "blob_damaged"
    with pytest.raises(RatedPartsError) as refusal:
        blobs.copy_into(f"sha256:{uuid.uuid4().hex * 2}", tmp_path / "copy")
    assert refusal.value.code == "blob_missing"
