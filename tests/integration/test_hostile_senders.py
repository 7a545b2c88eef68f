"""Senders that do not keep to the rules: two at once, late, lying about lengths and checksums, cut off."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
import time
import tracemalloc
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.models import Evidence
from ratedparts.jobs.queue import SHORT_LEASE, run_one
from ratedparts.organisations import signing_in
from ratedparts.submissions import uploads
from ratedparts.submissions.incoming import Incoming
from ratedparts.submissions.models import Submission, Upload
from ratedparts.submissions.results import INLINE_BYTES
from ratedparts.submissions.upload_checking import UploadChecking
from tests.served import Site

from .sending import PIECE, VERSION, Stream, begin, body, count, found, metadata, piece, whole
from .world import MEASURED, World


class Interrupted(Incoming):
    """Something happens just before a file is opened."""

    def __init__(self, folder: Path, first: Callable[[], Any]) -> None:
        super().__init__(folder)
        self._first: Callable[[], Any] | None = first

    def path(self, number: str) -> Path:
        first, self._first = self._first, None
        if first is not None:
            first()
        return super().path(number)


def piece_after(world: World, number: str, offset: int, content: bytes, first: Callable[[], Any]) -> Upload:
    """A piece whose sender looked in time, and writes after something else has happened."""
    return uploads.continue_upload(
        world.database,
        world.cast["laboratory"],
        Interrupted(world.installation.settings.incoming, first),
        number,
        offset=offset,
        source=io.BytesIO(content),
    )


def cancel(world: World, number: str) -> None:
    with world.work() as work:
        uploads.cancel_upload(work, world.cast["laboratory"], number)


def accepted_bytes(world: World) -> bytes:
    with world.reading() as work:
        evidence = work.session.scalars(select(Evidence)).one()
    return world.installation.blobs.get(evidence.digest)


def left_behind(world: World) -> list[str]:
    return sorted(path.name for path in world.installation.settings.incoming.iterdir())


# --- two at once


def test_a_piece_that_comes_late_does_not_touch_what_the_row_tells_of(planned: World) -> None:
    content, number = planned.facts["content"], begin(planned)
    with pytest.raises(RatedPartsError, match="upload_offset"):
        piece_after(planned, number, 0, b"x" * 50, lambda: piece(planned, number, 0, content[:200]))
    piece(planned, number, 200, content[200:])
    planned.run_jobs()
    assert found(planned, number).state == "checked"
    assert accepted_bytes(planned) == content


def test_a_piece_that_comes_late_does_not_touch_a_file_that_is_to_be_checked(planned: World) -> None:
    content, number = planned.facts["content"], begin(planned)
    with pytest.raises(RatedPartsError, match="upload_ended"):
        piece_after(planned, number, 0, b"x" * 50, lambda: piece(planned, number, 0, content))
    planned.run_jobs()
    assert accepted_bytes(planned) == content


def test_a_second_sender_is_told_that_the_file_is_being_written(planned: World) -> None:
    content, number = planned.facts["content"], begin(planned)
    refusals: list[RatedPartsError] = []

    def second() -> None:
        with pytest.raises(RatedPartsError) as refusal:
            piece(planned, number, 0, content)
        refusals.append(refusal.value)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not refusals:
                second()
            return super().read(size)

    uploads.continue_upload(
        planned.database,
        planned.cast["laboratory"],
        planned.installation.incoming,
        number,
        offset=0,
        source=Slow(content),
    )
    assert [refusal.code for refusal in refusals] == ["upload_busy"]
    planned.run_jobs()
    assert accepted_bytes(planned) == content


@pytest.mark.parametrize("moment", ["before it is opened", "while it is written"])
def test_a_file_cancelled_under_its_sender_leaves_nothing(planned: World, moment: str) -> None:
    number = begin(planned)
    piece(planned, number, 0, planned.facts["content"][:100])

    def cancelled() -> None:
        cancel(planned, number)
        planned.run_jobs()

    def send() -> None:
        if moment == "before it is opened":
            piece_after(planned, number, 100, b"x" * 50, cancelled)
        else:
            source = io.BufferedReader(Stream(50, then=cancelled))
            there, by = planned.installation, planned.cast["laboratory"]
            uploads.continue_upload(there.database, by, there.incoming, number, offset=100, source=source)

    with pytest.raises(RatedPartsError, match="upload_ended"):
        send()
    planned.run_jobs()
    assert left_behind(planned) == []
    assert found(planned, number).received_bytes == 100


# --- what the disk lost, and what died


def test_bytes_that_the_disk_has_lost_are_missed_and_not_made_up(planned: World) -> None:
    content, number = planned.facts["content"], begin(planned)
    piece(planned, number, 0, content[:200])
    with planned.installation.incoming.path(number).open("r+b") as file:
        file.truncate(120)
    with pytest.raises(RatedPartsError, match="upload_bytes_lost"):
        piece(planned, number, 200, content[200:])
    upload = found(planned, number)
    assert (upload.state, (upload.error or {})["code"]) == ("failed", "upload_bytes_lost")


def test_a_file_that_lost_bytes_before_its_check_is_not_judged(planned: World) -> None:
    number = whole(planned)
    with planned.installation.incoming.path(number).open("r+b") as file:
        file.truncate(500)
    planned.run_jobs()
    upload = found(planned, number)
    assert (upload.state, (upload.error or {})["code"]) == ("failed", "upload_bytes_lost")
    assert count(planned, Submission) == 0


def test_a_worker_that_died_leaves_nothing_once_its_file_is_checked(planned: World) -> None:
    number = whole(planned)
    there = planned.installation
    # What a process leaves that is killed in the middle: nobody has cleared up behind it.
    litter: list[Path] = []

    class Dead(BaseException):
        pass

    class Dies(type(there.keeper)):  # type: ignore[misc]
        def columns_into(self, path: Path) -> Any:
            litter.append(path.parent)
            raise Dead

    checking = UploadChecking(planned.library, Dies(there.blobs, planned.library), there.incoming)
    with pytest.raises(Dead):
        run_one(planned.database, {"file_arrived": checking.handler})
    litter[0].mkdir()
    (litter[0] / "columns.parquet").write_bytes(b"half")
    planned.clock.now += SHORT_LEASE * 2
    planned.run_jobs()
    assert found(planned, number).state == "checked"
    assert left_behind(planned) == []


def test_the_check_hashes_a_file_once_and_outside_any_transaction(
    planned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = whole(planned)
    hashed: list[str] = []
    really = hashlib.file_digest

    def watched(file: IO[bytes], *arguments: Any) -> Any:
        hashed.append(Path(file.name).name)
        with planned.work() as work:  # waits, and fails, where somebody holds the one writer's place
            work.session.execute(select(Upload).where(Upload.number == number).with_for_update())
        return really(file, *arguments)

    monkeypatch.setattr(hashlib, "file_digest", watched)
    planned.run_jobs()
    assert found(planned, number).state == "checked"
    assert hashed.count(number) == 1


# --- checksums


def checksum(content: bytes, algorithm: str = "sha256") -> dict[str, str]:
    digest = hashlib.new(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


def test_a_piece_with_a_checksum_is_not_held_in_memory(planned: World, program: FlaskClient) -> None:
    size = 24 * 2**20
    content = b"1,2\n" * (size // 4)
    place = f"/api/v1/uploads/{begin(planned, 2 * size)}"
    headers = {**PIECE, "Upload-Offset": "0", **checksum(content)}
    del content
    tracemalloc.start()
    try:
        answer = program.patch(
            place, headers=headers, environ_overrides=body(io.BufferedReader(Stream(size)), size)
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(size))
    assert peak < 8 * 2**20


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_nothing_stays_of_a_piece_that_was_damaged_on_its_way(
    planned: World, program: FlaskClient, algorithm: str
) -> None:
    content, number = planned.facts["content"], begin(planned)
    place = f"/api/v1/uploads/{number}"
    piece(planned, number, 0, content[:100])
    damaged = content[100:200].replace(b"1", b"7")
    headers = {**PIECE, "Upload-Offset": "100", **checksum(content[100:200], algorithm)}
    refused = program.patch(place, data=damaged, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (460, "checksum_differs")
    assert refused.headers["Tus-Resumable"] == "1.0.0"
    assert planned.installation.incoming.path(number).stat().st_size == 100
    assert found(planned, number).received_bytes == 100
    assert program.patch(place, data=content[100:200], headers=headers).status_code == 204


@pytest.mark.parametrize("damaged", [b"x" * 70_000, b"," * 2_000, b"y\n" * 1_000])
def test_a_damaged_piece_that_breaks_a_limit_does_not_end_the_upload(
    planned: World, program: FlaskClient, damaged: bytes
) -> None:
    content, number = planned.facts["content"], begin(planned)
    headers = {**PIECE, "Upload-Offset": "0", **checksum(content)}
    assert program.patch(f"/api/v1/uploads/{number}", data=damaged, headers=headers).status_code == 460
    assert found(planned, number).state == "arriving"
    assert program.patch(f"/api/v1/uploads/{number}", data=content, headers=headers).status_code == 204


def test_a_piece_that_breaks_a_limit_as_its_sender_meant_it_ends_the_upload(
    planned: World, program: FlaskClient
) -> None:
    number, content = begin(planned, 2**20), b"x" * 70_000
    headers = {**PIECE, "Upload-Offset": "0", **checksum(content)}
    refused = program.patch(f"/api/v1/uploads/{number}", data=content, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "line_too_long")
    assert found(planned, number).state == "failed"


@pytest.mark.parametrize("announced", ["md5 rL0Y20zC+Fzt72VPzMSk2A==", "", "SHA256"])
def test_a_checksum_of_another_kind_is_a_bad_request(
    planned: World, program: FlaskClient, announced: str
) -> None:
    headers = {**PIECE, "Upload-Offset": "0", "Upload-Checksum": announced}
    answer = program.patch(f"/api/v1/uploads/{begin(planned)}", data=b"x", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "header_wrong")


@pytest.mark.parametrize("digest", ["", "é", "!!!", "AAAA", "A" * 10_000])
def test_a_checksum_that_is_none_agrees_with_nothing(
    planned: World, program: FlaskClient, digest: str
) -> None:
    headers = {**PIECE, "Upload-Offset": "0", "Upload-Checksum": f"sha256 {digest}"}
    answer = program.patch(f"/api/v1/uploads/{begin(planned)}", data=b"x", headers=headers)
    assert answer.status_code == 460


# --- what is told of a file


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "told",
    [
        "plan_id éé==",
        f"plan_id {encoded('PLAN' + chr(0))}",
        "PLAN,encoding " + encoded("utf-8\0"),
        "PLAN,encoding " + encoded("utf-16"),
        "PLAN,encoding " + encoded("../../etc/passwd"),
        "PLAN,file_name " + encoded("a\0.csv"),
        "PLAN,file_name " + base64.b64encode(b"\xff\xfe").decode(),
        "PLAN,plan_id " + encoded("twice"),
    ],
)
def test_odd_metadata_are_refused_and_never_our_error(
    planned: World, program: FlaskClient, told: str
) -> None:
    told = told.replace("PLAN", f"plan_id {encoded(planned.facts['plan'])}")
    headers = {**VERSION, "Upload-Length": "10", "Upload-Metadata": told.encode().decode("latin-1")}
    answer = program.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 422, answer.get_json()
    assert count(planned, Upload) == 0


def test_an_odd_name_of_a_file_is_only_ever_shown(planned: World, program: FlaskClient) -> None:
    plan = encoded(planned.facts["plan"])
    name = encoded("../../\u202egnp.exe" + "x" * 5_000)
    headers = {**VERSION, "Upload-Length": "10", "Upload-Metadata": f"plan_id {plan},file_name {name}"}
    answer = program.post("/api/v1/uploads", headers=headers)
    upload = found(planned, answer.headers["Location"].rsplit("/", 1)[-1])
    assert upload.file_name == ("../../gnp.exe" + "x" * 5_000)[:200]


# --- a file in one request


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/csv", ""])
@pytest.mark.parametrize("length", ["short", "long"])
def test_a_file_is_the_body_whatever_its_sender_calls_it(
    planned: World, program: FlaskClient, kind: str, length: str
) -> None:
    content = planned.facts["content"].replace(b",nF,", b",mF,", 1)
    if length == "long":
        content += content.splitlines(keepends=True)[1] * (INLINE_BYTES // 60)
    path = f"/api/v1/plans/{planned.facts['plan']}/results"
    answer = program.post(path, data=content, content_type=kind)
    if length == "short":
        assert (answer.status_code, answer.get_json()["code"]) == (422, "file_refused")
    else:
        assert answer.status_code == 202
        assert found(planned, answer.get_json()["id"]).received_bytes == len(content)


def test_a_request_that_breaks_off_keeps_no_place(planned: World, program: FlaskClient) -> None:
    path = f"/api/v1/plans/{planned.facts['plan']}/results"
    for _ in range(uploads.MOST_AT_ONCE + 1):
        broken = body(io.BytesIO(planned.facts["content"]), 2 * INLINE_BYTES)
        answer = program.post(path, content_type="text/csv", environ_overrides=broken)
        assert answer.status_code == 400
    with planned.reading() as work:
        assert {upload.state for upload in work.session.scalars(select(Upload))} == {"cancelled"}
    planned.run_jobs()
    assert left_behind(planned) == []


# --- through a real server


class Sender:
    """A script that speaks the protocol of pieces, or something like it."""

    def __init__(self, site: Site, by: str = "laboratory") -> None:
        self._host = urlsplit(site.address).netloc
        with site.world.work() as work:
            self._token = signing_in.create_access_token(work, site.world.cast[by], "hostile")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str]]:
        connection = HTTPConnection(self._host, timeout=30)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(
                method,
                path,
                body,
                {"Authorization": f"Bearer {self._token}", **PIECE, **told},
                encode_chunked=not isinstance(body, bytes | None) and "Transfer-Encoding" in told,
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status, dict(answer.headers)
        finally:
            connection.close()

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path)[1]["Upload-Offset"])


@pytest.fixture
def ready(site: Site, request: pytest.FixtureRequest) -> Site:
    site.world.facts["part_id"] = site.world.register_part(f"EX-{abs(hash(request.node.name)) % 10**9}")
    site.world.facts["plan"] = site.world.register_plan(units=2)
    site.world.facts["content"] = site.world.example("PAR-CPK", site.world.facts["plan"], 6)
    site.world.clock.now = MEASURED
    return site


def test_many_senders_of_one_file_at_once_send_it_whole(ready: Site) -> None:
    world, sender = ready.world, Sender(ready)
    content = world.facts["content"]
    _, told = sender.ask(
        "POST",
        "/api/v1/uploads",
        b"",
        Upload_Length=str(len(content)),
        Upload_Metadata=metadata(world),
    )
    path = urlsplit(told["Location"]).path
    statuses: set[int] = set()

    def send(step: int) -> None:
        while (offset := sender.offset(path)) < len(content):
            part = content[offset : offset + step]
            statuses.add(sender.ask("PATCH", path, part, Upload_Offset=str(offset))[0])

    threads = [threading.Thread(target=send, args=(step,)) for step in (40, 70, 110, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == {204, 409}
    number = path.rsplit("/", 1)[-1]
    with world.reading() as work:
        plan_id = uploads.visible_upload(work, world.cast["laboratory"], number).plan_id
    deadline = threading.Event()
    for _ in range(300):
        if found(world, number).ended:
            break
        deadline.wait(0.1)
    assert found(world, number).state == "checked"
    with world.reading() as work:
        evidence = work.session.scalars(select(Evidence).where(Evidence.plan_id == plan_id)).one()
    assert world.installation.blobs.get(evidence.digest) == content


def test_lengths_that_are_lies_leave_the_upload_where_it_was(ready: Site) -> None:
    world, sender = ready.world, Sender(ready)
    content = world.facts["content"]
    path = f"/api/v1/uploads/{begin(world)}"
    foreign = Sender(ready, "other_laboratory")
    for method in ("HEAD", "PATCH", "DELETE"):
        for place in (path, f"{path}X"):
            assert foreign.ask(method, place, Upload_Offset="0")[0] == 404
    connection = HTTPConnection(urlsplit(ready.address).netloc, timeout=30)
    connection.putrequest("PATCH", path)
    headers = {**PIECE, "Authorization": f"Bearer {sender._token}", "Upload-Offset": "0"}
    for name, value in {**headers, "Content-Length": "1000"}.items():
        connection.putheader(name, value)
    connection.endheaders(content[:300])
    connection.close()  # in the middle of the piece
    assert sender.offset(path) == 0
    for _ in range(200):  # whoever served the piece that was cut off holds the file until that is noticed
        chunks = iter([content[:100], content[100:300]])
        status, told = sender.ask("PATCH", path, chunks, Upload_Offset="0", Transfer_Encoding="chunked")
        if status != 409:
            break
        time.sleep(0.05)
    assert (status, told["Upload-Offset"]) == (204, "300"), "no length, and an end that is clear"
    assert sender.ask("PATCH", path, content[250:], Upload_Offset="250")[0] == 409
    assert sender.ask("PATCH", path, b"", Upload_Offset="300")[0] == 204
    assert sender.ask("PATCH", path, content[300:] + b"more", Upload_Offset="300")[0] == 413
    assert sender.ask("HEAD", path)[0] == 410
