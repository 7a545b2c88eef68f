"""The transparency log as programs ask it: checkpoint, tiles and proofs over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.certificates import standing
from ratedparts.certificates.log_proofs import log_size
from ratedparts.certificates.models import LogCheckpoint, LogEntry
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    Checkpoint,
    GrowingLog,
    LogEvidence,
    Tile,
    TrustedKeys,
    check_continues,
    parse_checkpoint,
    parse_log_leaf,
    parse_note,
    sign_document,
    tiles_of,
    verify_certificate,
    verify_checkpoint,
)
from ratedparts.proofs.tiles import read_entries, read_hashes
from ratedparts.web.requests import EXTENSION
from tests.integration.world import World

SUITE = ("suspended", "issued", "revoked")


@pytest.fixture
def client(certified: World) -> Iterator[FlaskClient]:
    app = create_app(certified.installation.settings, certified.clock)
    yield app.test_client()
    app.extensions[EXTENSION].database.dispose()


def record(world: World, *actions: str) -> None:
    """Entries about the world's certificate; what they do to its standing is not of interest here."""
    with world.work() as work:
        certificate = standing.certificate_by_number(work, world.facts["number"])
        for action in actions:
            world.installation.log.append(work, action, certificate)


def trust_of(world: World) -> TrustedKeys:
    with world.reading() as work:
        return published_keys(work)


def head_of(client: FlaskClient, trust: TrustedKeys) -> Checkpoint:
    return verify_checkpoint(
        client.get("/log/checkpoint").data, trust=trust, origin="log.ratedparts.example/test"
    )


def as_evidence(answer: dict[str, Any]) -> LogEvidence:
    inclusion = {name: answer[name] for name in ("leaf", "index", "size", "hashes")}
    return LogEvidence.from_files(answer["checkpoint"].encode(), json.dumps(inclusion).encode())


def test_the_published_checkpoint_is_signed_by_the_published_key(certified, client):
    answer = client.get("/log/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    keys = TrustedKeys.from_json(client.get("/api/v1/keys").get_json())
    assert verify_checkpoint(answer.data, trust=keys).size == 1
    told = client.get("/api/v1/log").get_json()
    assert (told["size"], told["checkpoint"], told["prefix"]) == (1, answer.text, "/log")
    assert told["origin"] == head_of(client, keys).origin


def test_an_empty_log_has_no_checkpoint_and_says_so(founded):
    app = create_app(founded.installation.settings, founded.clock)
    client = app.test_client()
    assert client.get("/log/checkpoint").status_code == 404
    told = client.get("/api/v1/log").get_json()
    assert (told["size"], told["checkpoint"]) == (0, None)
    assert client.get("/api/v1/log/inclusion?index=0").status_code == 404
    assert client.get("/log/tile/0/000").status_code == 404
    assert "mirror-log" not in client.get("/keys?lang=en").text
    app.extensions[EXTENSION].database.dispose()


def test_a_certificates_place_in_the_log_is_proved_at_every_size(certified, client):
    record(certified, *SUITE)
    number, trust = certified.facts["number"], trust_of(certified)
    secured = json.loads(client.get(f"/api/v1/certificates/{number}/credential").data)
    for size in (1, 2, 3, 4):
        answer = client.get(f"/api/v1/log/inclusion?certificate={number}&size={size}")
        evidence = as_evidence(answer.get_json())
        assert (evidence.index, evidence.size) == (0, size)
        verdict = verify_certificate(secured, trust=trust, at=certified.clock.now, log=evidence)
        assert verdict.verdict == "valid"
    newest = client.get(f"/api/v1/log/inclusion?certificate={number}&action=revoked").get_json()
    assert (newest["index"], newest["size"]) == (3, 4)
    assert parse_log_leaf(as_evidence(newest).leaf).action == "revoked"
    by_index = client.get("/api/v1/log/inclusion?index=3").get_json()
    assert by_index == newest
    # The entry of another thing that happened to it does not show that it was issued.
    verdict = verify_certificate(secured, trust=trust, at=certified.clock.now, log=as_evidence(newest))
    assert (verdict.verdict, verdict.codes[0]) == ("invalid", "log_records_other_action")


def test_any_two_sizes_of_the_log_are_shown_to_continue_each_other(certified, client):
    record(certified, *SUITE, *SUITE)
    trust = trust_of(certified)
    for old in range(1, 8):
        for new in range(old, 8):
            answer = client.get(f"/api/v1/log/consistency?from={old}&to={new}").get_json()
            heads = [verify_checkpoint(answer[f"{name}_checkpoint"], trust=trust) for name in ("from", "to")]
            assert [head.size for head in heads] == [old, new]
            check_continues(*heads, [bytes.fromhex(value) for value in answer["hashes"]])
    newest = client.get("/api/v1/log/consistency?from=3").get_json()
    assert newest["to"] == 7
    from_nothing = client.get("/api/v1/log/consistency?from=0").get_json()
    assert (from_nothing["hashes"], from_nothing["from_checkpoint"]) == ([], None)


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("inclusion?index=1", 422, "log_position"),
        ("inclusion?index=0&size=2", 404, "log_position"),
        ("inclusion?index=0&size=0", 404, "log_position"),
        ("inclusion?index=-1", 422, "request_refused"),
        ("inclusion?index=0&size=9223372036854775808", 422, "request_refused"),
        ("inclusion", 422, "request_refused"),
        ("inclusion?index=0&certificate=CEG-X", 422, "request_refused"),
        ("inclusion?certificate=CEG-NONE", 404, "not_in_log"),
        ("inclusion?index=0&action=undone", 422, "request_refused"),
        ("consistency?from=1&to=2", 404, "log_position"),
        ("consistency?from=2&to=1", 422, "log_position"),
        ("consistency", 422, "request_refused"),
    ],
)
def test_what_the_log_does_not_have_is_refused_by_name(client, address, status, code):
    answer = client.get(f"/api/v1/log/{address}")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_tiles_are_kept_by_everybody_for_ever_and_give_the_signed_root(certified, client):
    record(certified, *("suspended",) * 259)
    head = head_of(client, trust_of(certified))
    assert head.size == 260
    client.set_cookie("session", "anything")
    client.set_cookie("lang", "zh")
    answers = {tile: client.get(f"/log/{tile.path}") for tile in tiles_of(head.size)}
    assert {tile.path for tile in answers} == {
        "tile/entries/000",
        "tile/entries/001.p/4",
        "tile/0/000",
        "tile/0/001.p/4",
        "tile/1/000.p/1",
    }
    for answer in answers.values():
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "Vary" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    log = GrowingLog()
    hashes = []
    for tile in (Tile(None, 0), Tile(None, 1, 4)):
        for leaf in read_entries(tile, answers[tile].data):
            assert parse_log_leaf(leaf).log_origin == head.origin
            hashes += log.add(leaf)
    assert log.root() == head.root_hash
    for tile, content in [*hashes, *log.partial_tiles()]:
        assert answers[tile].data == content
        assert len(read_hashes(tile, content)) == tile.width
    for width in (1, 3, 255):  # what was partial once is still there
        assert client.get(f"/log/tile/0/000.p/{width}").data == answers[Tile(0, 0)].data[: 32 * width]


@pytest.mark.parametrize(
    "place",
    ["0/001.p/1", "0/000.p/2", "0/000", "1/000.p/1", "entries/001.p/1", "63/000", "0/0", "x", "9/x/1"],
)
def test_a_tile_that_is_not_there_is_not_found(client, place):
    assert client.get(f"/log/tile/{place}").status_code == 404
    assert client.get("/log/tile/0/000.p/1").status_code == 200


def test_a_certificate_that_the_log_does_not_have_is_not_valid(certified, client):
    """Whoever steals the key can sign; what they sign is in no log."""
    number, key = certified.facts["number"], certified.installation.keys.certificates
    secured = json.loads(client.get(f"/api/v1/certificates/{number}/credential").data)

    def verdict_of(document: dict[str, Any]) -> tuple[str, str]:
        answer = client.post("/api/v1/certificates/verify", json=document).get_json()
        return answer["verdict"], answer["reasons"][0]["code"]

    assert verdict_of(secured)[0] == "valid"
    forged = {name: value for name, value in secured.items() if name != "proof"}
    forged["credentialSubject"] = {**forged["credentialSubject"], "number": "CEG-FORGE-D2222"}
    forged["id"] = "urn:ratedparts:certificate:CEG-FORGE-D2222"
    signed = sign_document(forged, key.private, verification_method=key.id, created=certified.clock.now)
    assert verdict_of(signed) == ("cannot_tell", "not_in_log")
    # Nor may another document borrow the number of one that is there.
    again = {name: value for name, value in secured.items() if name != "proof"}
    again["credentialSubject"] = {**again["credentialSubject"], "grade": "A+"}
    signed = sign_document(again, key.private, verification_method=key.id, created=certified.clock.now)
    assert verdict_of(signed) == ("invalid", "log_other_certificate")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_lead_to_the_log(certified, client, lang):
    number = certified.facts["number"]
    page = client.get(f"/certificates/{number}?lang={lang}").text
    assert f"/api/v1/log/inclusion?certificate={number}" in page
    keys = client.get(f"/keys?lang={lang}").text
    assert 'href="/log/checkpoint"' in keys
    assert "ratedparts mirror-log http://" in keys


def test_an_action_that_no_verifier_knows_is_not_recorded(certified):
    with certified.work() as work:
        certificate = standing.certificate_by_number(work, certified.facts["number"])
        with pytest.raises(RatedPartsError, match="log_leaf_malformed"):
            certified.installation.log.append(work, "forgiven", certificate)
        with pytest.raises(RatedPartsError, match="log_entry_too_long"):
            certified.installation.log.append(work, "revoked", certificate, "x" * 70_000)
        assert log_size(work) == 1


def test_entries_that_are_added_at_once_make_one_tree(certified):
    each, together = 6, threading.Barrier(3)
    errors: list[BaseException] = []

    def add(action: str) -> None:
        try:
            together.wait()
            for _ in range(each):
                record(certified, action)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=[action]) for action in SUITE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    log = GrowingLog()
    with certified.reading() as work:
        entries = list(work.session.scalars(select(LogEntry).order_by(LogEntry.position)))
        notes = list(work.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)))
    assert [entry.position for entry in entries] == list(range(1 + 3 * each))
    assert [note.size for note in notes] == list(range(1, 2 + 3 * each))
    assert {entry.action for entry in entries} == set(SUITE)
    for entry, note in zip(entries, notes, strict=True):
        log.add(entry.leaf.encode())
        head = parse_checkpoint(parse_note(note.note).text)
        assert (head.size, head.root_hash) == (log.size, log.root())
    assert all(one.note != other.note for one, other in pairwise(notes))
