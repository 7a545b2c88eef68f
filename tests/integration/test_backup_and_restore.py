"""A backup is of one instant, and an installation that is made of it is the same, verified and held back."""

import gzip
import io
import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from ratedparts.audit.models import AuditLine
from ratedparts.audit.service import first_broken_line
from ratedparts.backup import back_up, restore
from ratedparts.backup.manifest import MANIFEST
from ratedparts.catalogue.models import CatalogueState
from ratedparts.certificates.models import Certificate, LogEntry, StatusList
from ratedparts.certificates.releasing import release
from ratedparts.certificates.status_list import ask_for_status_list
from ratedparts.errors import RatedPartsError
from ratedparts.installation import Installation
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import enqueue
from ratedparts.mail import Letter
from ratedparts.settings import Settings
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.incoming import Incoming
from ratedparts.submissions.uploads import begin_upload, continue_upload
from tests.integration.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def elsewhere(databases, tmp_path):
    """Another place of the same kind, with nothing in it but the keys of the one that is given."""
    made = []

    def place(world, url=None):
        var = tmp_path / f"elsewhere-{len(made)}"
        (var / "keys").mkdir(parents=True)
        for key in (world.installation.settings.var / "keys").iterdir():
            (var / "keys" / key.name).write_bytes(key.read_bytes())
            (var / "keys" / key.name).chmod(0o600)
        new = World.at(
            url or (databases.new_url() if databases.kind == "postgresql" else in_sqlite(var)), var
        )
        new.clock.now, new.cast, new.facts = world.clock.now + HOUR, dict(world.cast), dict(world.facts)
        made.append(new)
        return new

    yield place
    for world in made:
        if "database" in vars(world.installation):
            world.database.dispose()
        if world.installation.settings.database_url.startswith("postgresql"):
            databases.forget(world.installation.settings.database_url)


def in_sqlite(var):
    return f"sqlite:///{var / 'ratedparts.sqlite'}"


def again(world):
    """The same installation, as a process that starts now sees it."""
    new = World(Installation(world.installation.settings, world.clock), world.clock, world.cast, world.facts)
    world.installation = new.installation
    return world


def rows_of(folder):
    return {path.name: gzip.decompress(path.read_bytes()) for path in sorted((folder / "rows").iterdir())}


def released(world, **more):
    options = {"statement": "nobody mirrors a test", **more}
    with world.work() as work:
        return release(work, origin=world.installation.log.origin, environment="test", **options)


def wholly_clean(world):
    report = verify_store(Store.of(world.installation))
    assert [(one.name, one.faults) for one in report.checks if one.faults] == []
    return report


def test_what_is_restored_is_verified_and_a_backup_of_it_has_the_same_rows(lived, elsewhere, tmp_path):
    manifest, copied = back_up(lived.installation, tmp_path / "backup")
    assert (copied.count, manifest.audit_broken_at) == (manifest.blobs, None)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    new = elsewhere(lived)
    assert restore(new.installation, tmp_path / "backup") == manifest
    wholly_clean(new)
    assert len(new.find()) == 1
    back_up(new.installation, tmp_path / "second")
    first, second = rows_of(tmp_path / "backup"), rows_of(tmp_path / "second")
    changed = {name for name in first if first[name] != second[name]}
    # What restoring itself has written down, and nothing else.
    assert changed <= {
        "audit_line.jsonl.gz",
        "catalogue_change.jsonl.gz",
        "catalogue_state.jsonl.gz",
        "restoration.jsonl.gz",
    }
    assert second["audit_line.jsonl.gz"].startswith(first["audit_line.jsonl.gz"])


def test_a_backup_goes_from_either_database_into_the_other(lived, elsewhere, tmp_path, databases, request):
    server = request.getfixturevalue("postgresql_server")
    other = server.create() if databases.kind == "sqlite" else in_sqlite(tmp_path / "elsewhere-0")
    with lived.work() as work:  # to the bit; SQLite itself keeps no sign of zero
        for name, value in (("a", 0.1 + 0.2), ("b", 1e300 / 3), ("c", 5e-324)):
            lived.register_part_in(work, f"EXACT-{name}", design_life_hours=20000.0)
            work.session.execute(
                text("UPDATE part SET design_life_hours = :value WHERE part_number = :number"),
                {"value": value, "number": f"EXACT-{name}"},
            )
    back_up(lived.installation, tmp_path / "backup")
    new = elsewhere(lived, other)
    restore(new.installation, tmp_path / "backup")
    wholly_clean(new)
    back_up(new.installation, tmp_path / "second")
    first, second = rows_of(tmp_path / "backup"), rows_of(tmp_path / "second")
    for name in ("part", "evaluation", "certificate", "log_entry", "job", "person", "test_plan", "review"):
        assert first[f"{name}.jsonl.gz"] == second[f"{name}.jsonl.gz"], name
    with new.reading() as work:
        query = text(
            "SELECT design_life_hours FROM part WHERE part_number LIKE 'EXACT-%' ORDER BY part_number"
        )
        assert [value.hex() for value in work.session.scalars(query)] == [
            value.hex() for value in (0.1 + 0.2, 1e300 / 3, 5e-324)
        ]
    # What counts by itself goes on behind the last.
    with new.work() as work:
        situation = work.session.execute(text("SELECT max(id) FROM use_situation")).scalar_one()
        added = text("INSERT INTO use_situation (text) VALUES ('another') RETURNING id")
        assert work.session.execute(added).scalar_one() == situation + 1


def test_while_somebody_writes_all_rows_are_of_one_instant(certified, elsewhere, tmp_path):
    stop, failed = threading.Event(), []
    writing = World(
        Installation(certified.installation.settings, certified.clock),
        certified.clock,
        certified.cast,
        certified.facts,
    )

    def write():
        try:
            while not stop.is_set():
                writing.new_evidence()
        except Exception as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        manifests = [back_up(certified.installation, tmp_path / f"backup-{n}")[0] for n in (1, 2, 3)]
    finally:
        stop.set()
        writer.join()
        writing.database.dispose()
    assert failed == []
    lines = [manifest.audit_lines for manifest in manifests]
    assert lines[0] < lines[-1], "nobody has written meanwhile"
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup-3")
    wholly_clean(new)


def test_a_later_backup_copies_only_new_blobs(certified, elsewhere, tmp_path):
    first, _ = back_up(certified.installation, tmp_path / "first")
    certified.new_evidence()
    # Bit rot of one file of the earlier backup is not carried on.
    one = next((tmp_path / "first" / "blobs").rglob("??????*"))
    one.write_bytes(b"rotten")
    second, copied = back_up(certified.installation, tmp_path / "second", earlier=tmp_path / "first")
    assert copied.linked == first.blobs - 1
    assert second.blobs > first.blobs
    linked = [path for path in (tmp_path / "second" / "blobs").rglob("*") if path.is_file()]
    assert sum(path.stat().st_nlink == 2 for path in linked) == copied.linked
    restore(elsewhere(certified).installation, tmp_path / "second")


def test_a_blob_that_is_damaged_is_named_and_taken_from_an_earlier_backup(certified, tmp_path):
    back_up(certified.installation, tmp_path / "first")
    blobs = sorted(path for path in certified.installation.settings.blobs.rglob("*") if path.is_file())
    blobs[0].write_bytes(b"damaged")
    blobs[1].unlink()
    with pytest.raises(RatedPartsError) as refused:
        back_up(certified.installation, tmp_path / "second")
    assert {(one.code, one.parameters["digest"]) for one in refused.value.items} == {
        ("kept_blob_damaged", f"sha256:{blobs[0].name}"),
        ("kept_blob_missing", f"sha256:{blobs[1].name}"),
    }
    assert [path.name for path in tmp_path.iterdir() if "second" in path.name] == []
    _, copied = back_up(certified.installation, tmp_path / "third", earlier=tmp_path / "first")
    assert copied.linked == len(blobs)


def test_until_it_is_released_it_signs_nothing_and_then_log_and_audit_chain_go_on(
    certified, elsewhere, tmp_path
):
    back_up(certified.installation, tmp_path / "backup")
    with certified.reading() as work:
        outside = certified.installation.log.checkpoint(work)
        lists = work.session.scalar(select(func.max(StatusList.sequence)))
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup")
    assert new.installation.held_back()
    new.new_evidence()
    review_id = new.apply()
    with pytest.raises(RatedPartsError, match="restored_not_released"):
        new.judge(review_id)
    with pytest.raises(RatedPartsError, match="restored_not_released"):
        new.take_back("suspend")
    with pytest.raises(RatedPartsError, match="release_says_nothing"):
        released(new, statement="  ")
    released(new, checkpoint=outside.encode(), statement="")
    assert not new.installation.held_back()
    new.judge(review_id)
    number = new.issue(review_id)
    with new.work() as work:
        ask_for_status_list(work)
    new.run_jobs()
    with new.reading() as work:
        assert first_broken_line(work) is None
        assert number != certified.facts["number"]
        positions = list(work.session.scalars(select(LogEntry.position).order_by(LogEntry.position)))
        assert positions == list(range(len(positions)))
        # A list that the world has seen since the backup is never taken for one of these.
        assert work.session.scalar(select(func.max(StatusList.sequence))) > (lists or 0) + 99_999
        verbs = list(
            work.session.scalars(select(AuditLine.verb).where(AuditLine.subject_kind == "restoration"))
        )
        assert verbs == ["restore", "release_restored"]
    wholly_clean(new)
    with pytest.raises(RatedPartsError, match="nothing_to_release"):
        released(new)


def test_a_log_that_is_behind_what_the_world_has_seen_stays_held_back(certified, elsewhere, tmp_path):
    back_up(certified.installation, tmp_path / "backup")
    certified.take_back("suspend")
    with certified.reading() as work:
        seen = certified.installation.log.checkpoint(work)
        ours = certified.installation.log.size(work)
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup")
    with pytest.raises(RatedPartsError) as refused:
        released(new, checkpoint=seen.encode(), statement="")
    assert refused.value.code == "log_behind_outside"
    assert refused.value.parameters == {"ours": ours - 1, "outside": ours}
    assert new.installation.held_back()


def test_a_log_that_went_another_way_stays_held_back(certified, elsewhere, tmp_path):
    back_up(certified.installation, tmp_path / "before")
    certified.take_back("suspend")
    back_up(certified.installation, tmp_path / "after")
    fork, new = elsewhere(certified), elsewhere(certified)
    restore(fork.installation, tmp_path / "before")
    released(fork)
    fork.take_back("revoke")
    with fork.reading() as work:
        other = fork.installation.log.checkpoint(work)
    restore(new.installation, tmp_path / "after")
    with pytest.raises(RatedPartsError, match="log_inconsistent"):
        released(new, checkpoint=other.encode(), statement="")
    assert new.installation.held_back()


def test_numbers_are_drawn_and_not_counted_so_none_comes_twice(rated, elsewhere, tmp_path):
    """What was issued after the backup has a number that the copy knows nothing of, and does not meet."""
    back_up(rated.installation, tmp_path / "backup")
    lost = {rated.issue(rated.approve()), rated.register_plan(), rated.register_plan()}
    for _ in range(2):
        new = elsewhere(rated)
        restore(new.installation, tmp_path / "backup")
        released(new)
        drawn = {new.issue(new.approve()), new.register_plan(), new.register_plan()}
        assert not drawn & lost
        lost |= drawn


def test_what_was_done_is_not_done_again_and_what_waited_waits(certified, elsewhere, tmp_path):
    here = certified.installation
    sent = here.outbox.put(Letter("a@example.org", "sent", "."), certified.clock.now)
    sent.unlink()
    here.outbox.put(Letter("a@example.org", "waits", "."), certified.clock.now)
    with certified.reading() as work:
        letters = {path.name: path.read_bytes() for path in here.outbox.waiting()}
        done = dict(work.session.execute(select(Job.id, Job.finished_at).where(Job.state == "done")).all())
    with certified.work() as work:
        waits = enqueue(work, "evidence_accepted", part_id=str(certified.facts["part_id"])).id
        running = enqueue(work, "series_changed", part_id=str(certified.facts["part_id"])).id
        job = work.session.get_one(Job, running)
        job.state, job.attempts, job.lease_until = "running", 1, work.at + timedelta(minutes=10)
    back_up(here, tmp_path / "backup")
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup")
    held = {path.name: path.read_bytes() for path in (new.installation.settings.outbox / "held").iterdir()}
    assert held == letters
    assert list(new.installation.settings.outbox.glob("*.eml")) == []
    released(new)
    new.installation.begin_rounds()
    assert {path.name for path in new.installation.settings.outbox.glob("*.eml")} == set(letters)
    new.run_jobs()
    with new.reading() as work:
        assert work.session.get_one(Job, waits).state == "done"
        assert work.session.get_one(Job, running).state == "done", "its lease ran out, and it was taken over"
        for job_id, finished_at in done.items():
            assert work.session.get_one(Job, job_id).finished_at == finished_at
    assert {path.name for path in new.installation.settings.outbox.glob("*.eml")} == set(letters)


def test_a_notice_that_is_on_its_way_out_is_waited_for(certified, tmp_path):
    with certified.work() as work:
        job = enqueue(work, "review_step_taken", review_id="x", place=1)
        job.state, job.attempts, job.lease_until = "running", 1, work.at + timedelta(minutes=10)
    ending = threading.Timer(0.5, _finish, (certified,))
    ending.start()
    manifest, _ = back_up(certified.installation, tmp_path / "backup", patience_seconds=60)
    ending.join()
    assert "running" not in manifest.jobs


def _finish(world):
    with world.work() as work:
        job = work.session.scalars(select(Job).where(Job.state == "running")).one()
        job.state, job.lease_until, job.finished_at = "done", None, work.at


def test_what_has_arrived_of_an_upload_goes_on_elsewhere(certified, elsewhere, tmp_path):
    plan = certified.register_plan(units=2)
    content = certified.example("PAR-CPK", plan, 6)
    with certified.work() as work:
        number = begin_upload(
            work, certified.cast["laboratory"], plan_number=plan, file_name="r.csv", size_bytes=len(content)
        ).number
    _continue(certified, number, 0, content[:700])
    # Bytes of a piece that was cut off belong to no row.
    with (certified.installation.settings.incoming / number).open("ab") as file:
        file.write(b"cut off")
    back_up(certified.installation, tmp_path / "backup")
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup")
    assert (new.installation.settings.incoming / number).read_bytes() == content[:700]
    wholly_clean(new)
    _continue(new, number, 700, content[700:])
    released(new)
    new.run_jobs()
    with new.reading() as work:
        query = text("SELECT state FROM submission WHERE number = :number")
        assert work.session.execute(query, {"number": number}).scalar_one() == "accepted"


def _continue(world, number, offset, piece):
    continue_upload(
        world.database,
        world.cast["laboratory"],
        Incoming(world.installation.settings.incoming),
        number,
        offset=offset,
        source=io.BytesIO(piece),
    )


def test_triggers_stand_and_no_stale_columns_are_believed(certified, elsewhere, tmp_path):
    back_up(certified.installation, tmp_path / "backup")
    new = elsewhere(certified)
    restore(new.installation, tmp_path / "backup")
    for statement in ("UPDATE audit_line SET verb = 'x'", "DELETE FROM certificate"):
        with pytest.raises((DBAPIError, RatedPartsError)), new.work() as work:
            work.session.execute(text(statement))
    with certified.reading() as work, new.reading() as restored:
        before = work.session.scalar(select(CatalogueState.generation))
        assert restored.session.scalar(select(CatalogueState.generation)) > before + 999
        assert restored.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_only_an_empty_installation_of_the_same_environment_is_filled(certified, elsewhere, tmp_path):
    back_up(certified.installation, tmp_path / "backup")
    digests = [
        (path, path.stat().st_mtime_ns) for path in sorted(certified.installation.settings.var.rglob("*.*"))
    ]
    with pytest.raises(RatedPartsError) as refused:
        restore(certified.installation, tmp_path / "backup")
    assert {one.code for one in refused.value.items} == {"installation_not_empty"}
    assert digests == [
        (path, path.stat().st_mtime_ns) for path in sorted(certified.installation.settings.var.rglob("*.*"))
    ]
    new = elsewhere(certified)
    environ = {
        "RATEDPARTS_ENVIRONMENT": "demonstration",
        "RATEDPARTS_VAR": str(new.installation.settings.var),
        "DATABASE_URL": new.installation.settings.database_url,
    }
    with pytest.raises(RatedPartsError) as refused:
        restore(replace(new.installation, settings=Settings.read(environ)), tmp_path / "backup")
    assert [one.code for one in refused.value.items] == ["backup_of_another_environment"]
    assert [path.name for path in new.installation.settings.var.iterdir()] == ["keys"]


def test_a_folder_with_something_in_it_is_not_written_to(certified, tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine").write_text("x")
    with pytest.raises(RatedPartsError, match="backup_refused"):
        back_up(certified.installation, tmp_path / "backup")
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["mine"]


@pytest.fixture
def damageable(certified, tmp_path):
    """A backup with a file of every kind."""
    plan = certified.register_plan(units=2)
    with certified.work() as work:
        number = begin_upload(
            work, certified.cast["laboratory"], plan_number=plan, file_name="r.csv", size_bytes=900
        ).number
    _continue(certified, number, 0, b"x" * 100)
    certified.installation.outbox.put(Letter("a@example.org", "s", "t"), certified.clock.now)
    back_up(certified.installation, tmp_path / "backup")
    return tmp_path / "backup"


def _files_of_each_kind(folder):
    return [
        folder / MANIFEST,
        folder / "blobs.txt",
        folder / "rows" / "certificate.jsonl.gz",
        next(path for path in (folder / "blobs").rglob("*") if path.is_file()),
        next((folder / "outbox").iterdir()),
        next((folder / "incoming").iterdir()),
    ]


def test_a_file_that_is_not_what_was_written_is_named(certified, elsewhere, damageable):
    new = elsewhere(certified)
    for path in _files_of_each_kind(damageable):
        content = path.read_bytes()
        changed = bytearray(content)
        changed[len(content) // 2] ^= 1
        for damage in (bytes(changed), content[:-1], None):
            path.unlink()
            if damage is not None:
                path.write_bytes(damage)
            with pytest.raises(RatedPartsError) as refused:
                restore(new.installation, damageable)
            assert refused.value.code == "backup_damaged"
            assert path.relative_to(damageable).as_posix() in {one.column for one in refused.value.items}
            path.write_bytes(content)
    assert [path.name for path in new.installation.settings.var.iterdir()] == ["keys"]
    restore(new.installation, damageable)


def test_every_file_that_is_damaged_is_named_at_once(certified, elsewhere, damageable):
    wrong = _files_of_each_kind(damageable)[2:]
    for path in wrong:
        path.write_bytes(b"")
    with pytest.raises(RatedPartsError) as refused:
        restore(elsewhere(certified).installation, damageable)
    assert {one.column for one in refused.value.items} == {
        path.relative_to(damageable).as_posix() for path in wrong
    }


def test_a_manifest_that_was_changed_does_not_hold_though_its_digests_do(certified, elsewhere, damageable):
    said = json.loads((damageable / MANIFEST).read_text())
    said["instant"] = "2026-01-01T00:00:00Z"
    (damageable / MANIFEST).write_text(json.dumps(said))
    with pytest.raises(RatedPartsError, match="backup_damaged"):
        restore(elsewhere(certified).installation, damageable)
