"""A copy of the log that anybody keeps, and what it notices."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from ratedparts.app import create_app
from ratedparts.certificates.status_list import newest_status_list
from ratedparts.cli import main
from ratedparts.errors import RatedPartsError
from ratedparts.log_mirror import mirror_log, record_in, saved_checkpoint
from ratedparts.mirror_command import source
from ratedparts.proofs import canonical_bytes, parse_json, tiles_of
from ratedparts.status_mirror import mirror_status_list
from ratedparts.web.requests import EXTENSION
from tests.integration.loopback import answering
from tests.integration.test_life_of_a_certificate import take
from tests.integration.test_published_log import record, trust_of
from tests.integration.world import World


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address of the world's log, on a port of this machine."""
    app = create_app(world.installation.settings, world.clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with answering(server):
        yield f"http://127.0.0.1:{server.server_port}/log"
    app.extensions[EXTENSION].database.dispose()


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def copied(world: World, folder: Path) -> Path:
    with served(world) as address:
        mirror_log(source(address), folder, trust=trust_of(world))
    return folder


def refused(world: World, from_: Path, to: Path) -> str:
    before = files_in(to) if to.exists() else {}
    with pytest.raises(RatedPartsError) as caught:
        mirror_log(source(str(from_)), to, trust=trust_of(world))
    assert files_in(to) == before, "a refusal changes nothing"
    return caught.value.code


def test_a_copy_follows_the_log_and_is_a_source_itself(certified, tmp_path):
    trust, copy = trust_of(certified), tmp_path / "copy"
    record(certified, *("suspended",) * 255)
    with served(certified) as address:
        first = mirror_log(source(address), copy, trust=trust)
        assert (first.checkpoint.size, first.earlier, first.fetched) == (256, None, 3)
        record(certified, "revoked", "revoked", "revoked")
        second = mirror_log(source(address), copy, trust=trust)
        assert (second.checkpoint.size, second.earlier) == (259, first.checkpoint)
        assert second.fetched == 2  # full tiles are never fetched again, nor the one above that is as it was
        again = mirror_log(source(address), copy, trust=trust)
        assert (again.checkpoint, again.fetched) == (second.checkpoint, 0)
    assert set(files_in(copy)) == {"checkpoint", *(tile.path for tile in tiles_of(259))}
    mirror_log(source(str(copy)), tmp_path / "copy of it", trust=trust)
    assert files_in(tmp_path / "copy of it") == files_in(copy)


@pytest.mark.embedded_database
def test_a_copy_with_one_byte_changed_anywhere_is_refused(certified, tmp_path):
    record(certified, "suspended", "revoked")
    original = copied(certified, tmp_path / "original")
    codes = set()
    for name, content in files_in(original).items():
        for position in range(len(content)):
            other = bytearray(content)
            other[position] ^= 1 << position % 8
            (original / name).write_bytes(other)
            codes.add(refused(certified, original, tmp_path / "new"))
        for damaged in (content[:-1], content + b"\0"):
            (original / name).write_bytes(damaged)
            codes.add(refused(certified, original, tmp_path / "new"))
        (original / name).write_bytes(content)
    assert codes >= {"log_tile_malformed", "log_tile_differs", "log_signature_failed", "log_not_trusted"}
    assert mirror_log(source(str(original)), tmp_path / "new", trust=trust_of(certified)).fetched == 2


def test_a_log_that_goes_back_or_divides_is_found_out(certified, databases, tmp_path):
    other = databases.world("certified")
    try:
        before = copied(certified, tmp_path / "before")
        record(certified, "suspended", "revoked")
        mine = copied(certified, tmp_path / "mine")
        other.clock.now = certified.clock.now
        record(other, "superseded", "superseded")  # the same keys sign another history of the same length
        same_size = copied(other, tmp_path / "same size")
        record(other, "superseded")
        longer = copied(other, tmp_path / "longer")
    finally:
        other.database.dispose()
        databases.forget(other.database.url)
    assert refused(certified, before, mine) == "log_rolled_back"
    assert refused(certified, same_size, mine) == "log_forked"
    assert refused(certified, longer, mine) == "log_forked"
    assert mirror_log(source(str(longer)), before, trust=trust_of(certified)).checkpoint.size == 4


def test_a_copy_that_was_damaged_is_mended_from_the_log(certified, tmp_path):
    record(certified, *("suspended",) * 256)
    copy = copied(certified, tmp_path / "copy")
    whole = files_in(copy)
    for name in ("tile/0/000", "tile/entries/000", "tile/1/000.p/1"):
        (copy / name).write_bytes(whole[name][:-1] + bytes([whole[name][-1] ^ 1]))
        copied(certified, copy)
        assert files_in(copy) == whole


def test_the_log_of_somebody_else_is_not_mirrored(certified, tmp_path):
    copy = copied(certified, tmp_path / "copy")
    options = {"trust": trust_of(certified), "origin": "log.ratedparts.example/production"}
    with pytest.raises(RatedPartsError, match="log_other_origin"):
        mirror_log(source(str(copy)), tmp_path / "new", **options)
    with pytest.raises(RatedPartsError, match="log_other_origin"):
        saved_checkpoint(copy, **options)


def test_a_file_that_never_ends_is_not_read_to_its_end(certified, tmp_path):
    copy = copied(certified, tmp_path / "copy")
    (copy / "tile/0/000.p/1").write_bytes(b"x" * 100_000)
    assert refused(certified, copy, tmp_path / "new") == "log_file_too_large"
    (copy / "tile/0/000.p/1").unlink()
    assert refused(certified, copy, tmp_path / "new") == "log_source_silent"


def test_the_commands_copy_the_log_and_ask_the_copy(certified, tmp_path, capsys):
    trust, copy, file = tmp_path / "keys.json", tmp_path / "copy", tmp_path / "certificate.json"
    trust.write_text(json.dumps(trust_of(certified).to_json()))
    number = certified.facts["number"]
    with served(certified) as address:
        mirror = ["mirror-log", address, str(copy), "--trust", str(trust)]
        assert main([*mirror, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["size"] == 1
        page = create_app(certified.installation.settings, certified.clock)
        file.write_bytes(page.test_client().get(f"/api/v1/certificates/{number}/credential").data)
        bundle = tmp_path / "bundle.zip"
        bundle.write_bytes(page.test_client().get(f"/api/v1/certificates/{number}/bundle").data)
        page.extensions[EXTENSION].database.dispose()
        empty = tmp_path / "empty"
        shutil.copytree(copy, tmp_path / "older")
        verify = ["--language", "en", "verify", str(file), "--trust", str(trust), "--log", str(copy)]
        assert main(verify) == 0
        assert "[log_not_checked]" not in capsys.readouterr().out
        record(certified, "suspended")
        assert main(mirror) == 0
        assert "2 entries, continuing the 1 that were saved" in capsys.readouterr().out
        assert main(verify) == 1
        assert "[log_records_end]" in capsys.readouterr().out
        assert main(["verify", str(bundle), "--trust", str(trust), "--log", str(copy)]) == 1
        assert "[log_records_end]" in capsys.readouterr().out
    assert main(["verify", str(file), "--trust", str(trust), "--log", str(empty)]) == 2
    assert main(["verify", str(file), "--log", str(copy)]) == 2
    assert main(["mirror-log", str(empty), str(copy), "--trust", str(trust)]) == 3
    assert main(["mirror-log", str(tmp_path / "older"), str(copy), "--trust", str(trust)]) == 1
    assert main(["mirror-log", str(copy), str(empty), "--trust", str(file)]) == 2
    capsys.readouterr()


def test_the_status_list_is_kept_beside_the_log_and_never_goes_back(certified, tmp_path, capsys):
    trust, copy = tmp_path / "keys.json", tmp_path / "copy"
    trust.write_text(json.dumps(trust_of(certified).to_json()))
    kept, older = copy / "status-list.json", tmp_path / "older.json"
    with served(certified) as address:
        lists = address.removesuffix("/log") + "/status/list.json"
        mirror = ["mirror-log", address, str(copy), "--trust", str(trust), "--status"]
        assert main([*mirror, lists, "--json"]) == 0
        first = json.loads(capsys.readouterr().out)["status_list"]
        older.write_bytes(kept.read_bytes())
        take(certified, "suspend")
        certified.run_jobs()
        assert main([*mirror, lists]) == 0
        assert f"status list {first + 1} of " in capsys.readouterr().out
        newest = kept.read_bytes()
        assert main([*mirror, str(older), "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["code"] == "status_list_rolled_back"
        older.write_bytes(newest.replace(b"suspended", b"suspendet"))
        assert main([*mirror, str(older)]) == 1
        assert main([*mirror, str(tmp_path / "none.json")]) == 3
        capsys.readouterr()
    assert kept.read_bytes() == newest


def test_two_lists_of_one_number_are_a_sign_of_two_stories(certified, tmp_path):
    folder, trust = tmp_path, trust_of(certified)
    with certified.work() as work:
        first = newest_status_list(work)
        document = parse_json(first.document)
        del document["proof"]
        document["credentialSubject"]["log_size"] += 1
        other = canonical_bytes(certified.installation.office.records.sign(work, document))
        both = {"a": first.document.encode(), "b": other}
    mirror_status_list(lambda name, _: both[name], "a", folder, trust=trust)
    with pytest.raises(RatedPartsError, match="status_list_differs"):
        mirror_status_list(lambda name, _: both[name], "b", folder, trust=trust)
    assert (folder / "status-list.json").read_bytes() == both["a"]


def test_a_damaged_copy_says_nothing_of_a_certificate(certified, tmp_path):
    copy = copied(certified, tmp_path / "copy")
    head = saved_checkpoint(copy, trust=trust_of(certified))
    assert head is not None
    number = certified.facts["number"]
    assert record_in(copy, head, "CEG-NONE") is None
    found = record_in(copy, head, number)
    assert found is not None
    assert found.ended is None
    entries = copy / "tile/entries/000.p/1"
    entries.write_bytes(entries.read_bytes().replace(number.encode(), b"CEG-OTHER-OTHER"))
    with pytest.raises(RatedPartsError, match=r"log_root_differs|log_tile_malformed"):
        record_in(copy, head, number)
