"""`verify-store` on an installation in which everything agrees: it says so, and changes nothing."""

import json
import shutil
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ratedparts import cli
from ratedparts.certificates import key_rotation
from ratedparts.db.migrating import downgrade
from ratedparts.store_verification import Store, verify_store
from ratedparts.store_verification.verifying import CHECKS, LONG
from ratedparts.wording import LANGUAGES, word


def verified(world, **more):
    return verify_store(Store.of(world.installation), **more)


def files(folder):
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".sqlite-wal", ".sqlite-shm")
    }


def test_after_the_whole_way_everything_agrees_and_everything_was_looked_at(lived):
    report = verified(lived)
    assert [(one.name, one.faults) for one in report.checks if one.faults] == []
    assert [(one.name, one.remarks) for one in report.checks if one.remarks] == []
    assert report.clean
    assert (tuple(one.name for one in report.checks), report.not_made) == (tuple(CHECKS), ())
    empty = {one.name for one in report.checks if not one.looked_at}
    assert empty == {"uploads"}


@pytest.mark.parametrize("stage", ["founded", "rated"])
def test_at_every_stage_everything_agrees(databases, stage):
    world = databases.world(stage)
    assert verified(world).codes == ()
    world.database.dispose()
    databases.forget(world.database.url)


def test_a_key_that_was_revoked_contradicts_nothing(lived):
    with lived.work() as work:
        for purpose in ("certificates", "log", "documents"):
            key = lived.installation.keys.current(work, purpose).id
            key_rotation.revoke(work, key, work.at, "a laptop was stolen")
    assert verified(lived).codes == ()
    with lived.work() as work:
        for purpose in ("certificates", "log", "documents"):
            key_rotation.rotate(work, lived.installation.keys, purpose, None)
    lived.clock.now += timedelta(hours=1)
    lived.new_evidence()
    lived.issue(lived.approve())
    lived.run_jobs()
    assert verified(lived).codes == ()


def test_nothing_is_written(lived):
    lived.database.dispose()
    var = lived.installation.settings.var
    before = files(var)
    assert verified(lived).clean
    lived.database.dispose()
    assert files(var) == before


def test_its_unit_of_work_refuses_every_change(lived):
    with Store.of(lived.installation).reading() as work, pytest.raises(DBAPIError):
        work.session.execute(text("UPDATE person SET name = 'x'"))
    with lived.work() as work:
        work.session.execute(text("UPDATE person SET name = 'x'"))


def test_it_runs_beside_somebody_who_writes(lived):
    with lived.work() as work:
        work.session.execute(text("UPDATE person SET name = 'x'"))
        assert verified(lived, quick=True).codes == ()
    lived.new_evidence()
    assert verified(lived).codes == ()


def test_what_a_job_is_about_to_do_is_no_fault(lived):
    """Evidence is accepted, and not yet evaluated; a certificate has changed, and is not yet published."""
    number = lived.register_plan(units=2)
    lived.submit(number, lived.example("PAR-CPK", number, 6))
    report = verified(lived)
    assert report.codes == ()
    told = {found.code for one in report.checks for found in one.remarks}
    assert told == {"part_waits_for_job"}


def test_quick_leaves_out_what_is_computed_again(lived):
    report = verified(lived, quick=True)
    assert report.not_made == LONG
    assert {one.name for one in report.checks} == set(CHECKS) - set(LONG)


def test_progress_is_told_check_by_check(lived):
    told = []
    verified(lived, progress=lambda share, name: told.append((name, share)))
    assert list(dict.fromkeys(name for name, _ in told)) == list(CHECKS)
    assert all(0 <= share <= 1 for _, share in told)
    assert max(share for name, share in told if name == "evidence") == 1


def test_what_another_engine_decided_is_told_and_not_compared(lived):
    with lived.work() as work:
        work.session.execute(text("UPDATE evaluation SET engine_version = 'ratedparts 0.0; numpy 1'"))
    report = verified(lived, only=["decisions"])
    (decisions,) = (one for one in report.checks if one.name == "decisions")
    assert decisions.faults == ()
    assert [(one.code, one.parameters["many"]) for one in decisions.remarks] == [
        ("decided_by_another_engine", 2)
    ]


def test_a_blob_that_no_row_names_is_a_remark(lived):
    digest = lived.installation.blobs.put(b"litter")
    report = verified(lived, only=["blobs"])
    assert report.clean
    assert [one.place for one in report.checks[-1].remarks] == [f"blob {digest}"]


def test_of_a_database_of_another_program_nothing_else_is_said(founded):
    downgrade(founded.database.engine, "0012")
    report = verified(founded)
    assert report.codes == ("schema_other_revision",)
    assert report.not_made == tuple(name for name in CHECKS if name != "schema")


def test_without_its_folder_every_blob_is_missing_and_none_is_made(lived):
    shutil.rmtree(lived.installation.settings.blobs)
    report = verified(lived, only=["blobs"])
    assert set(report.codes) == {"kept_blob_missing"}
    assert not lived.installation.settings.blobs.exists()


# --- the command


def as_environment(world, monkeypatch):
    settings = world.installation.settings
    world.database.dispose()
    monkeypatch.setenv("RATEDPARTS_ENVIRONMENT", settings.environment.value)
    monkeypatch.setenv("RATEDPARTS_VAR", str(settings.var))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)


def test_the_command_says_that_all_agrees(lived, monkeypatch, capsys):
    as_environment(lived, monkeypatch)
    assert cli.main(["verify-store", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["clean"], told["fault_count"], told["not_made"]) == (True, 0, [])
    assert [one["name"] for one in told["checks"]] == list(CHECKS)


def test_the_command_names_faults_in_both_languages(lived, monkeypatch, capsys):
    shutil.rmtree(lived.installation.settings.blobs)
    as_environment(lived, monkeypatch)
    for language in LANGUAGES:
        assert cli.main(["--language", language, "verify-store", "--quick"]) == 1
        told = capsys.readouterr().out
        assert word("check_blobs", language) in told
        assert "[kept_blob_missing]" in told
        assert "?" not in told
    assert cli.main(["verify-store", "--quick", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (blobs,) = (one for one in told["checks"] if one["faults"])
    assert blobs["name"] == "blobs"
    assert told["fault_count"] == blobs["fault_count"] == len(blobs["faults"])
    assert set(blobs["faults"][0]) == {"code", "place", "parameters", "text"}


@pytest.mark.embedded_database
def test_where_there_is_no_database_none_is_made(founded, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RATEDPARTS_VAR", str(tmp_path / "nothing"))
    assert cli.main(["verify-store"]) == 2
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(SystemExit) as leaving:
        cli.main(["verify-store", "--gently"])
    assert leaving.value.code == 2
    capsys.readouterr()


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_a_title(name, language):
    assert word(f"check_{name}", language) != f"check_{name}"
