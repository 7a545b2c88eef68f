"""Files in pieces: whole or not at all, once, taken up again, watched, cancelled, never half there."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.queue import SHORT_LEASE, run_one
from ratedparts.submissions import uploads
from ratedparts.submissions.models import Submission
from ratedparts.submissions.results import INLINE_BYTES
from ratedparts.submissions.upload_checking import UploadChecking

from .sending import PIECE, VERSION, begin, count, found, metadata, piece, whole
from .world import World


def test_a_file_in_two_pieces_becomes_one_submission_of_its_number(planned: World) -> None:
    number = whole(planned)
    assert found(planned, number).state == "arrived"
    assert count(planned, Submission) == 0
    planned.run_jobs()
    upload = found(planned, number)
    assert (upload.state, upload.progress) == ("checked", 1.0)
    assert upload.submission is not None
    assert (upload.submission.number, upload.submission.state) == (number, "accepted")
    with planned.reading() as work:
        evidence = work.session.scalars(select(Evidence)).one()
    assert planned.installation.blobs.get(evidence.digest) == planned.facts["content"]
    assert not planned.installation.incoming.path(number).exists()


def test_a_file_with_faults_is_refused_in_the_background_as_it_is_at_once(planned: World) -> None:
    content = planned.facts["content"].replace(b",nF,", b",mF,", 2)
    number = whole(planned, content)
    planned.run_jobs()
    submission = found(planned, number).submission
    assert submission is not None
    at_once = planned.submit(planned.facts["plan"], content)
    assert (submission.state, submission.faults) == ("refused", at_once.faults)
    assert count(planned, Evidence) == 0


def test_the_same_bytes_again_end_at_the_first_submission_and_others_are_refused(planned: World) -> None:
    first = planned.submit(planned.facts["plan"], planned.facts["content"])
    again = whole(planned)
    other = whole(planned, planned.facts["content"].replace(b"100.", b"101.", 1))
    planned.run_jobs()
    same = found(planned, again)
    assert same.submission is not None
    assert same.submission.number == first.number
    refused = found(planned, other)
    assert (refused.state, (refused.error or {})["code"]) == ("failed", "plan_has_results")
    assert count(planned, Evidence) == 1


def test_a_piece_that_was_cut_off_is_overwritten(planned: World) -> None:
    content = planned.facts["content"]
    number = begin(planned)
    piece(planned, number, 0, content[:100])
    with planned.installation.incoming.path(number).open("ab") as file:
        file.write(b"bytes of which no row knows")
    piece(planned, number, 100, content[100:])
    planned.run_jobs()
    assert found(planned, number).state == "checked"


def test_a_piece_goes_where_the_last_one_ended_and_nowhere_else(planned: World) -> None:
    content = planned.facts["content"]
    number = begin(planned)
    piece(planned, number, 0, content[:100])
    for offset in (0, 50, 200):
        with pytest.raises(RatedPartsError, match="upload_offset"):
            piece(planned, number, offset, content[offset : offset + 50])
    assert found(planned, number).received_bytes == 100
    piece(planned, number, 100, content[100:])
    with pytest.raises(RatedPartsError, match="upload_ended"):
        piece(planned, number, len(content), b"more")


def test_more_bytes_than_announced_end_the_upload(planned: World) -> None:
    number = begin(planned, 100)
    with pytest.raises(RatedPartsError, match="file_too_large"):
        piece(planned, number, 0, planned.facts["content"])
    assert found(planned, number).state == "failed"


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([b"a" * 2**20], "line_too_long"),
        ([b"a,b\n" + b"1" * 40_000, b"1" * 40_000], "line_too_long"),
        ([b"a," * 300 + b"\n"], "too_many_columns"),
        ([b"x\n" * 500_000, b"y" * 70_000], "line_too_long"),
    ],
)
def test_limits_hold_while_the_file_arrives(planned: World, pieces: list[bytes], code: str) -> None:
    number = begin(planned, 2**30)
    offset = 0
    for content in pieces[:-1]:
        piece(planned, number, offset, content)
        offset += len(content)
    with pytest.raises(RatedPartsError, match=code):
        piece(planned, number, offset, pieces[-1])
    upload = found(planned, number)
    assert (upload.state, (upload.error or {})["code"]) == ("failed", code)
    planned.run_jobs()
    assert not planned.installation.incoming.path(number).exists()


def test_the_line_of_a_limit_is_that_of_the_file(planned: World) -> None:
    number = begin(planned, 2**20)
    with pytest.raises(RatedPartsError) as refusal:
        piece(planned, number, 0, b"a,b\n" + b"1,2\n" * 40_000 + b"z" * 70_000)
    assert refusal.value.parameters["row"] == 40_002


def test_a_cancelled_upload_takes_nothing_more_and_leaves_nothing(planned: World) -> None:
    number = begin(planned)
    piece(planned, number, 0, planned.facts["content"][:100])
    with planned.work() as work:
        uploads.cancel_upload(work, planned.cast["laboratory"], number)
    with pytest.raises(RatedPartsError, match="upload_ended"):
        piece(planned, number, 100, planned.facts["content"][100:])
    planned.run_jobs()
    assert list(planned.installation.settings.incoming.iterdir()) == []
    assert count(planned, Submission) == 0


def cancelled_when(world: World, number: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody cancels just before the checker takes that step."""
    step = getattr(UploadChecking, moment)

    def cancel_first(*arguments: Any) -> Any:
        with world.work() as work:
            uploads.cancel_upload(work, world.cast["laboratory"], number)
        return step(*arguments)

    monkeypatch.setattr(UploadChecking, moment, cancel_first)
    world.run_jobs()


def test_a_check_that_is_cancelled_stops_and_keeps_nothing(
    planned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = whole(planned)
    cancelled_when(planned, number, "_prepare", monkeypatch)
    assert found(planned, number).state == "cancelled"
    assert (count(planned, Submission), count(planned, Evidence)) == (0, 0)


def test_a_check_is_stopped_in_the_middle_of_its_file(planned: World) -> None:
    number = whole(planned)
    cancelled = False

    class Watching(UploadChecking):
        pass

    def look(read: int) -> None:
        nonlocal cancelled
        if read and not cancelled:
            cancelled = True
            with planned.work() as work:
                uploads.cancel_upload(work, planned.cast["laboratory"], number)

    class Keeper(type(planned.installation.keeper)):  # type: ignore[misc]
        def columns_into(self, path: Any) -> Any:
            look(1)  # the reading has begun
            return super().columns_into(path)

    found_there = planned.installation
    checking = Watching(planned.library, Keeper(found_there.blobs, planned.library), found_there.incoming)
    run_one(planned.database, {"file_arrived": checking.handler})
    assert cancelled
    assert found(planned, number).state == "cancelled"
    assert (count(planned, Submission), count(planned, Evidence)) == (0, 0)


def test_a_worker_that_dies_in_the_middle_is_taken_over_within_the_short_lease(planned: World) -> None:
    number = whole(planned)

    class Dead(BaseException):
        pass

    class Dies(type(planned.installation.keeper)):  # type: ignore[misc]
        def columns_into(self, path: Any) -> Any:
            raise Dead

    there = planned.installation
    checking = UploadChecking(planned.library, Dies(there.blobs, planned.library), there.incoming)
    with pytest.raises(Dead):
        run_one(planned.database, {"file_arrived": checking.handler})
    assert found(planned, number).state == "checking"
    assert planned.run_jobs() == 0, "the lease still holds"
    planned.clock.now += SHORT_LEASE + timedelta(seconds=1)
    assert planned.run_jobs() > 0
    assert found(planned, number).state == "checked"
    assert (count(planned, Submission), count(planned, Evidence)) == (1, 1)


def test_a_check_that_fails_again_and_again_is_given_up_and_says_so(planned: World) -> None:
    number = whole(planned)

    class Broken(type(planned.installation.keeper)):  # type: ignore[misc]
        def columns_into(self, path: Any) -> Any:
            raise ValueError("broken")

    there = planned.installation
    checking = UploadChecking(planned.library, Broken(there.blobs, planned.library), there.incoming)
    for _ in range(5):
        run_one(planned.database, {"file_arrived": checking.handler})
        planned.clock.now += timedelta(minutes=5)
    upload = found(planned, number)
    assert (upload.state, (upload.error or {})["code"]) == ("failed", "check_failed")


def test_an_upload_left_alone_expires_when_another_begins(planned: World) -> None:
    left = begin(planned)
    planned.clock.now += timedelta(days=1, seconds=1)
    begin(planned)
    assert found(planned, left).state == "expired"


def test_a_laboratory_has_only_so_many_on_the_way(planned: World) -> None:
    for _ in range(uploads.MOST_AT_ONCE):
        last = begin(planned)
    with pytest.raises(RatedPartsError, match="too_many_uploads"):
        begin(planned)
    with planned.work() as work:
        uploads.cancel_upload(work, planned.cast["laboratory"], last)
    begin(planned)


@pytest.mark.parametrize("who", ["other_laboratory", "maker", "reviewer"])
def test_nobody_else_sends_or_cancels(planned: World, who: str) -> None:
    number = begin(planned)
    with pytest.raises(RatedPartsError, match=r"not_found|role_needed"):
        piece(planned, number, 0, b"x", by=who)
    with (
        pytest.raises(RatedPartsError, match=r"not_found|role_needed"),
        planned.work() as work,
    ):
        uploads.cancel_upload(work, planned.cast[who], number)
    with pytest.raises(RatedPartsError, match=r"not_found|role_needed"):
        begin(planned, by=who)


# --- over HTTP


def test_a_program_sends_pieces_with_checksums_and_asks_where_it_was(
    planned: World, program: FlaskClient
) -> None:
    content = planned.facts["content"]
    headers = {**VERSION, "Upload-Length": str(len(content)), "Upload-Metadata": metadata(planned)}
    answer = program.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 201
    place = answer.headers["Location"]
    digest = base64.b64encode(hashlib.sha256(content[:70]).digest()).decode()
    wrong = {**PIECE, "Upload-Offset": "0", "Upload-Checksum": f"sha256 {digest}"}
    assert program.patch(place, data=content[:71], headers=wrong).status_code == 460
    assert program.patch(place, data=content[:70], headers=wrong).status_code == 204
    head = program.head(place, headers=VERSION)
    assert (head.headers["Upload-Offset"], head.headers["Cache-Control"]) == ("70", "no-store")
    conflict = program.patch(place, data=b"x", headers={**PIECE, "Upload-Offset": "0"})
    assert conflict.status_code == 409
    rest = program.patch(place, data=content[70:], headers={**PIECE, "Upload-Offset": "70"})
    assert rest.headers["Upload-Offset"] == str(len(content))
    number = place.rsplit("/", 1)[-1]
    before = program.get(f"/api/v1/submissions/{number}").get_json()
    assert (before["state"], before["progress"]) == ("arrived", 0.5)
    planned.run_jobs()
    after = program.get(f"/api/v1/submissions/{number}").get_json()
    assert (after["id"], after["state"], after["progress"]) == (number, "evaluated", 1.0)


def test_what_the_protocol_of_pieces_asks_for_is_answered(planned: World, program: FlaskClient) -> None:
    able = program.options("/api/v1/uploads")
    assert able.headers["Tus-Version"] == "1.0.0"
    assert "checksum" in able.headers["Tus-Extension"]
    assert program.post("/api/v1/uploads", headers={"Upload-Length": "5"}).status_code == 412
    lengths = [{}, {"Upload-Length": "-1"}, {"Upload-Length": "many"}, {"Upload-Length": "9" * 15}]
    for length in lengths:
        headers = {**VERSION, **length, "Upload-Metadata": metadata(planned)}
        assert program.post("/api/v1/uploads", headers=headers).status_code in (413, 422)
    bad = {**VERSION, "Upload-Length": "5", "Upload-Metadata": "plan_id %%%"}
    assert program.post("/api/v1/uploads", headers=bad).status_code == 422
    place = f"/api/v1/uploads/{begin(planned)}"
    as_text = {**VERSION, "Content-Type": "text/csv", "Upload-Offset": "0"}
    assert program.patch(place, data=b"x", headers=as_text).status_code == 415
    assert program.delete(place, headers=VERSION).status_code == 204
    assert program.head(place, headers=VERSION).status_code == 410
    assert program.head("/api/v1/uploads/SUB-NONE", headers=VERSION).status_code == 404


def test_a_long_file_in_one_request_is_checked_in_the_background(
    planned: World, program: FlaskClient
) -> None:
    content = planned.facts["content"]
    lines = content.splitlines(keepends=True)
    long = content + b"".join(lines[1:2]) * (INLINE_BYTES // len(lines[1]) + 1)
    answer = program.post(
        f"/api/v1/plans/{planned.facts['plan']}/results", data=long, content_type="text/csv"
    )
    assert answer.status_code == 202
    place = answer.headers["Location"]
    assert program.get(place).get_json()["state"] == "arrived"
    planned.run_jobs()
    told = program.get(place).get_json()
    assert told["state"] == "refused"
    assert told["error_count"] > 1000
    assert len(told["errors"]) == 1000


def test_a_program_cancels(planned: World, program: FlaskClient) -> None:
    number = whole(planned)
    answer = program.post(f"/api/v1/submissions/{number}/cancel")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    again = program.post(f"/api/v1/submissions/{number}/cancel")
    assert (again.status_code, again.get_json()["code"]) == (409, "upload_ended")


def test_the_same_bytes_again_are_said_to_be_the_same(planned: World, program: FlaskClient) -> None:
    path = f"/api/v1/plans/{planned.facts['plan']}/results"
    first = program.post(path, data=planned.facts["content"], content_type="text/csv")
    second = program.post(path, data=planned.facts["content"], content_type="text/csv")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
