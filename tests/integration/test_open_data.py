"""Open data: whole or not there, the same bytes for the same state, and every value back as it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from ratedparts.calendar_days import day_of, end_of
from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.open_data.checking import read_set
from ratedparts.catalogue.open_data.comparing import compare_with_database
from ratedparts.catalogue.open_data.exporting import export_set
from ratedparts.catalogue.open_data.manifest import FORMATS, MANIFEST, SUMS, Licence
from ratedparts.catalogue.open_data.mirrored import view_of
from ratedparts.catalogue.open_data.nightly import (
    EVENT,
    NIGHTS_KEPT,
    ask_for_next,
    begin_nights,
    kept_set,
    kept_sets,
    nightly_export,
)
from ratedparts.catalogue.publishing import change_everything, note_change
from ratedparts.catalogue.question import Question
from ratedparts.catalogue.searching import search
from ratedparts.catalogue.service import in_force
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.standing import status_at
from ratedparts.demonstration.generated_parts import generate
from ratedparts.disk import UNFINISHED
from ratedparts.errors import RatedPartsError
from ratedparts.grading.at_use import NUMBERS, Phase, UseQuestion, UseResponse, numbers_of
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import ATTEMPTS, run_all, run_one
from ratedparts.settings import Settings
from ratedparts.web.catalogue_query import microseconds
from tests.integration.world import World

LETTERS = {"R": "rests_on", "L": "life", "Q": "quality", "E": "evidence_class"}


def export(world: World, folder: Path, **more: Any) -> Path:
    here = world.installation
    export_set(here.database, here.library, here.publisher, folder, **more)
    return folder


@pytest.fixture
def varied(certified: World) -> World:
    """A rated part, one that is only analysed, with odd texts, and made-up ones."""
    generate(certified.database, certified.library, 300, lambda _: None)
    with certified.work() as work:
        rated = work.session.scalars(select(PublishedPart).where(PublishedPart.kind == "rated")).one()
        odd = work.session.get_one(PublishedPart, certified.facts["part_id"])
        assert odd is rated
        change_everything(work)
    return certified


def tables(folder: Path, form: str = "parquet") -> dict[str, pl.DataFrame]:
    found = read_set(folder)
    return {name: found.frame(name, form) for name in found.tables}


def rows_of(world: World) -> dict[str, PublishedPart]:
    with world.reading() as work:
        rows = work.session.scalars(select(PublishedPart).where(in_force(work.at)))
        return {str(row.part_id): row for row in rows}


# --- what a set holds


@pytest.mark.parametrize("form", FORMATS)
def test_every_value_of_every_part_is_that_of_the_database(varied: World, tmp_path: Path, form: str) -> None:
    found = tables(export(varied, tmp_path / "set", made_up=True), form)
    rows = rows_of(varied)
    situations = {one["use_situation_id"] for one in found["use_situations"].iter_rows(named=True)}
    seen = set()
    for name, frame in found.items():
        if not name.startswith("parts_"):
            continue
        family = varied.library.family(name.removeprefix("parts_"))
        for line in frame.iter_rows(named=True):
            row = rows[line["part_id"]]
            seen.add(line["part_id"])
            plain = ("kind", "part_number", "maker_en", "maker_zh", "series", "family", "grade")
            for column in (*plain, "certificate_number", "source", "example", "valid_until", "published_at"):
                assert line[column] == getattr(row, column)
            assert line["maker_id"] == str(row.maker_id)
            assert {one.name for one in family.attributes} >= set(row.attributes)
            for one in family.attributes:
                assert exactly(line[one.name], row.attributes.get(one.name))
            assert set(row.vector) <= {*LETTERS, "use_condition"}
            for letter, column in {**LETTERS, "use_condition": "use_condition"}.items():
                assert line[column] == row.vector.get(letter)
            assert set(row.figures) <= set(frame.columns)
            for column in [
                one for one in frame.columns if one.startswith(("failure", "b1", "unit", "rated_f"))
            ]:
                assert exactly(line[column], row.figures.get(column))
            for number in NUMBERS:
                assert exactly(line[f"use_{number}"], row.use_numbers.get(number))
            assert line["use_situation_id"] == row.situation_id
            assert row.situation_id is None or row.situation_id in situations
            assert line["certificate_status"] == ("valid" if row.kind == "rated" else None)
    assert seen == set(rows)


def exactly(one: Any, other: Any) -> bool:
    """A whole number in JSON is the double of that value."""
    if isinstance(one, float) and type(other) in (int, float):
        return one.hex() == float(other).hex()
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_searches_find_the_same(varied: World, tmp_path: Path, form: str) -> None:
    found = read_set(export(varied, tmp_path / "set", made_up=True))
    mirrored = view_of(found, varied.library, form)
    questions: list[dict[str, Any]] = [
        {},
        {"text": "EX-06"},
        {"text": "陶瓷"},
        {"grade": "B"},
        {"chosen": {"family": frozenset({"mlcc_class2"})}, "sort": "capacitance_nf", "descending": True},
        {"sort": "failure_rate_90"},
        {"sort": "rate_at_use", "use": UseQuestion((Phase(1.0, 60.0, 0.5),))},
        {"sort": "part_number", "descending": True, "limit": 7},
    ]
    with varied.reading() as work:
        ours = varied.installation.read_model.view(work)
        for question in questions:
            asked = Question(**question)
            expected = search(ours, asked, varied.library, microseconds(work.at), facets=True)
            assert expected.total
            assert search(mirrored, asked, varied.library, microseconds(found.at), facets=True) == expected


def test_the_numbers_of_a_use_are_those_of_the_response(certified: World, tmp_path: Path) -> None:
    frame = tables(export(certified, tmp_path / "set"))["parts_mlcc_class2"]
    (row,) = rows_of(certified).values()
    assert row.use_response is not None
    for name, value in numbers_of(UseResponse.from_json(row.use_response)).items():
        assert exactly(frame[f"use_{name}"][0], value)


def test_made_up_parts_are_nobodys_data(varied: World, tmp_path: Path) -> None:
    found = tables(export(varied, tmp_path / "set"))
    kinds = pl.concat([frame["kind"] for name, frame in found.items() if name.startswith("parts_")])
    assert kinds.to_list() == ["rated"]
    assert found["families"]["parts"].sum() == 1


def test_certificates_have_their_standing_and_their_three_dates(certified: World, tmp_path: Path) -> None:
    number = certified.facts["number"]
    first = tables(export(certified, tmp_path / "valid"))["certificates"].row(0, named=True)
    assert (first["certificate_number"], first["status"], first["revoked_at"]) == (number, "valid", None)
    assert first["log_index"] == 0
    certified.clock.now += timedelta(hours=1)
    certified.take_back(reason="laboratory_error")
    folder = export(certified, tmp_path / "revoked")
    found = tables(folder)
    last = found["certificates"].row(0, named=True)
    with certified.reading() as work:
        certificate = work.session.get_one(Certificate, number)
        assert last["status"] == status_at(certificate, work.at) == "revoked"
        for name in ("decided_at", "revoked_at", "invalid_since", "revocation_reason"):
            assert last[name] == getattr(certificate.standing, name) is not None
        for name in ("grade", "issued_at", "valid_from", "valid_until", "payload_digest"):
            assert last[name] == getattr(certificate, name)
        note = certified.installation.log.checkpoint(work)
    assert (folder / "checkpoint.txt").read_text(encoding="utf-8") == note
    assert "parts_mlcc_class2" not in found  # a part whose certificate is taken back is not found either


def test_a_certificate_that_has_expired_is_listed_and_its_part_is_not(
    certified: World, tmp_path: Path
) -> None:
    certified.clock.now += timedelta(days=2000)
    found = tables(export(certified, tmp_path / "set"))
    assert found["certificates"]["status"].to_list() == ["expired"]
    assert not any(name.startswith("parts_") for name in found)


def test_the_attributes_say_their_units(certified: World, tmp_path: Path) -> None:
    found = tables(export(certified, tmp_path / "set"))["attributes"]
    line = found.filter(pl.col("family") == "mlcc_class2", pl.col("attribute") == "capacitance_nf")
    assert line.row(0, named=True)["unit"] == "nF"
    assert (line["si_unit"][0], line["si_power_of_ten"][0]) == ("F", -9)
    families = found.n_unique("family")
    assert families == len(certified.library.families)


# --- the folder


def test_the_same_state_makes_the_same_bytes(varied: World, tmp_path: Path) -> None:
    first, second = (export(varied, tmp_path / name, made_up=True) for name in ("first", "second"))
    names = sorted(one.name for one in first.iterdir())
    assert names == sorted(one.name for one in second.iterdir())
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_the_digests_are_those_that_sha256sum_finds(certified: World, tmp_path: Path) -> None:
    folder = export(certified, tmp_path / "set")
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, text=True, check=True
    )
    files = {one.name for one in folder.iterdir()} - {SUMS}
    assert {line.partition(":")[0] for line in checked.stdout.splitlines()} == files


def test_the_manifest_is_a_data_package(certified: World, tmp_path: Path) -> None:
    folder = export(certified, tmp_path / "set")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["$schema"].endswith("datapackage.json")
    assert manifest["licenses"] == [{"name": "LicenseRef-not-stated"}]
    own = manifest["ratedparts"]
    assert (own["environment"], own["made_up_parts"], own["log"]["size"]) == ("test", False, 1)
    names = [one["name"] for one in manifest["resources"]]
    assert len(set(names)) == len(names)
    for one in manifest["resources"]:
        content = (folder / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        if one.get("type") == "table":
            schema = json.loads((folder / one["schema"]).read_text(encoding="utf-8"))
            assert all(field["description"] and field["description_zh"] for field in schema["fields"])
            for key in schema.get("foreignKeys", []):
                assert key["reference"]["resource"] in names


def test_a_licence_of_the_settings_stands_in_it(certified: World, tmp_path: Path) -> None:
    here = certified.installation
    publisher = replace(here.publisher, licence=Licence("CC-BY-4.0", "https://example.org/by"))
    export_set(here.database, here.library, publisher, tmp_path / "set")
    manifest = json.loads((tmp_path / "set" / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["licenses"] == [{"name": "CC-BY-4.0", "path": "https://example.org/by"}]


@pytest.mark.embedded_database
def test_the_licence_is_read_from_the_environment_and_refused_where_it_is_none() -> None:
    read = Settings.read({"OPEN_DATA_LICENCE": "CC-BY-4.0", "OPEN_DATA_LICENCE_URL": "https://example.org"})
    assert (read.open_data_licence, read.open_data_licence_url) == ("CC-BY-4.0", "https://example.org")
    with pytest.raises(RatedPartsError) as refusal:
        Settings.read({"OPEN_DATA_LICENCE": "as you like", "OPEN_DATA_LICENCE_URL": "javascript:alert(1)"})
    assert [one.code for one in refusal.value.items] == ["licence_name_refused", "licence_url_refused"]


def test_a_folder_with_something_in_it_is_left_alone(certified: World, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(RatedPartsError) as refusal:
        export(certified, tmp_path)
    assert [one.code for one in refusal.value.items] == ["folder_not_empty"]
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_a_set_that_is_interrupted_anywhere_is_not_there(certified: World, tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    def stop_at(count: int) -> Callable[[], None]:
        left = iter(range(count))

        def alive() -> None:
            if next(left, None) is None:
                raise Interrupted

        return alive

    stops = 0
    while True:
        try:
            export(certified, tmp_path / "set", alive=stop_at(stops))
        except Interrupted:
            assert list(tmp_path.iterdir()) == []
            stops += 1
        else:
            break
    assert stops > 10
    read_set(tmp_path / "set")


def test_all_tables_are_of_one_moment(certified: World, tmp_path: Path) -> None:
    """What is changed while the set is written is in none of its tables."""
    number = certified.facts["number"]
    changed = []

    def revoke_in_the_middle() -> None:
        if not changed:
            changed.append(number)
            certified.take_back()

    found = read_set(export(certified, tmp_path / "set", alive=revoke_in_the_middle))
    assert changed
    assert found.frame("parts_mlcc_class2").height == 1
    assert found.frame("certificates")["status"].to_list() == ["valid"]
    assert found.manifest["ratedparts"]["log"]["size"] == 1


# --- reading a set back


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, databases: Any) -> Iterator[Path]:
    world = databases.world("certified")
    yield export(world, tmp_path_factory.mktemp("good") / "set")
    world.database.dispose()
    databases.forget(world.database.url)


def faults_of(folder: Path) -> set[tuple[str, str | None]]:
    with pytest.raises(RatedPartsError) as refusal:
        read_set(folder)
    assert refusal.value.code == "open_data_refused"
    return {(one.code, one.column) for one in refusal.value.items}


@pytest.mark.embedded_database
def test_every_fault_is_named_at_once(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "set"))
    (folder / "families.csv").unlink()
    (folder / "attributes.jsonl").write_bytes((folder / "attributes.jsonl").read_bytes() + b"\n")
    (folder / "more.csv").write_text("x")
    assert faults_of(folder) == {
        ("open_data_file_missing", "families.csv"),
        ("open_data_file_differs", "attributes.jsonl"),
        ("open_data_file_not_listed", "more.csv"),
    }


@pytest.mark.embedded_database
def test_a_bit_changed_in_any_file_is_noticed(good: Path, tmp_path: Path) -> None:
    for name in sorted(one.name for one in good.iterdir()):
        folder = Path(shutil.copytree(good, tmp_path / name))
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        assert faults_of(folder), name


def forge(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file and every digest of it, as somebody would who wants it to pass."""
    content = change((folder / name).read_bytes())
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for one in manifest["resources"]:
        if one["path"] == name:
            one |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    names = [one["path"] for one in manifest["resources"]] + [MANIFEST]
    sums = "".join(f"{hashlib.sha256((folder / one).read_bytes()).hexdigest()}  {one}\n" for one in names)
    (folder / SUMS).write_text(sums)


@pytest.mark.embedded_database
def test_what_its_schema_does_not_allow_is_refused_though_the_digests_fit(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "set"))
    forge(
        folder,
        "families.csv",
        lambda content: content.replace(b"MLCC", b"MLCC", 1) + content.split(b"\r\n")[1],
    )
    forge(folder, "attributes.jsonl", lambda content: content.replace(b'"required":true', b'"required":1', 1))
    forge(folder, "certificates.csv", lambda content: content.replace(b",mlcc_class2,", b",unheard_of,", 1))
    forge(folder, "parts_mlcc_class2.csv", lambda content: content.replace(b",EX-0603X7R104K,", b",,", 1))
    assert faults_of(folder) == {
        ("open_data_rows_differ", "families.csv"),
        ("open_data_key_repeated", "families.csv"),
        ("open_data_value_not_read", "attributes.jsonl"),
        ("open_data_reference_missing", "certificates.csv"),
        ("open_data_value_missing", "parts_mlcc_class2.csv"),
    }


@pytest.mark.embedded_database
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "open_data_manifest_unreadable"),
        (b"[]", "open_data_manifest_unreadable"),
        (b"[" * 10000, "open_data_manifest_unreadable"),
        (b'{"ratedparts": {"form": 2}}', "open_data_manifest_unreadable"),
    ],
)
def test_what_is_no_set_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    assert faults_of(tmp_path) == {(code, MANIFEST)}


@pytest.mark.embedded_database
def test_a_set_of_another_form_is_refused(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "set"))
    forge(folder, MANIFEST, lambda content: content.replace(b'"form": 1', b'"form": 2'))
    assert faults_of(folder) == {("open_data_form_unknown", MANIFEST)}


@pytest.mark.embedded_database
def test_a_manifest_leads_nowhere_outside_its_folder(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "set"))
    (tmp_path / "outside.csv").write_text("x")
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text(text.replace('"families.csv"', '"../outside.csv"'), encoding="utf-8")
    assert ("open_data_file_missing", "../outside.csv") in faults_of(folder)


# --- beside the database


@pytest.mark.parametrize("form", FORMATS)
def test_a_set_is_the_same_as_its_database_until_that_changes(
    varied: World, tmp_path: Path, form: str
) -> None:
    found = read_set(export(varied, tmp_path / "set", made_up=True))
    varied.clock.now += timedelta(days=3000)  # its terms count as they did at its instant
    compared = compare_with_database(found, varied.database, varied.library, form)
    assert (compared.differences, compared.position) == ((), found.position)
    assert compared.rows > 300
    changed = uuid.UUID(int=0)
    with varied.work() as work:
        row = work.session.scalars(select(PublishedPart).where(PublishedPart.kind == "rated")).one()
        changed = row.part_id
        rate = row.figures["failure_rate_90"]
        row.figures = {**row.figures, "failure_rate_90": rate * (1 + 2**-52)}
        note_change(work, changed)
    compared = compare_with_database(found, varied.database, varied.library, form)
    assert [(one.table, one.column, one.keys) for one in compared.differences] == [
        ("parts_mlcc_class2", "failure_rate_90", (str(changed),))
    ]
    assert compared.position != found.position


# --- each night


def nights(world: World) -> list[Job]:
    with world.reading() as work:
        return list(work.session.scalars(select(Job).where(Job.event == EVENT, Job.state != "done")))


def run(world: World) -> int:
    return run_all(world.database, world.installation.handlers)


def test_a_set_is_made_each_night_and_one_chain_of_jobs_goes_on(certified: World) -> None:
    here, folder = certified.installation, certified.installation.settings.open_data
    for _ in range(3):
        here.begin_rounds()
    assert len(nights(certified)) == 1
    run(certified)
    first = day_of(certified.clock.now)
    assert [one.day for one in kept_sets(folder)] == [first.isoformat()]
    (job,) = nights(certified)
    assert job.not_before == end_of(first)
    for night in range(1, NIGHTS_KEPT + 3):
        here.begin_rounds()
        certified.clock.now = end_of(first) + timedelta(days=night - 1, seconds=1)
        run(certified)
        assert len(nights(certified)) == 1
    days = [(first + timedelta(days=night)).isoformat() for night in range(3, NIGHTS_KEPT + 3)]
    assert [one.day for one in kept_sets(folder)] == days[::-1]
    assert sorted(one.name for one in folder.iterdir()) == days


def test_a_set_that_was_lost_is_made_at_the_next_start(certified: World) -> None:
    here, folder = certified.installation, certified.installation.settings.open_data
    here.begin_rounds()
    run(certified)
    shutil.rmtree(folder)
    here.begin_rounds()
    run(certified)
    assert [one.day for one in kept_sets(folder)] == [day_of(certified.clock.now).isoformat()]
    assert [one.not_before for one in nights(certified)] == [end_of(day_of(certified.clock.now))]


def test_two_chains_become_one(certified: World) -> None:
    with certified.work() as work:
        ask_for_next(work, work.at)
        work.session.flush()
        work.session.add(
            Job(
                id=work.new_id(),
                event=EVENT,
                parameters={},
                state="queued",
                attempts=0,
                created_at=work.at,
                not_before=work.at,
            )
        )
    assert len(nights(certified)) == 2
    run(certified)
    assert len(nights(certified)) == 1


def test_a_start_while_the_job_runs_begins_no_second_chain(certified: World) -> None:
    here = certified.installation
    here.begin_rounds()
    seen = []

    def look(*_: Any) -> Any:
        here.begin_rounds()
        seen.append([one.state for one in nights(certified)])
        return lambda work, parameters: None

    run_one(certified.database, {EVENT: replace(nightly(certified), prepare=look)})
    assert seen == [["running"]]


def nightly(world: World) -> Any:
    return nightly_export(world.library, world.installation.publisher, world.installation.settings.open_data)


def test_a_night_that_fails_for_good_does_not_end_the_chain(certified: World) -> None:
    folder = certified.installation.settings.open_data
    folder.write_text("no folder can be here")
    with certified.work() as work:
        begin_nights(work, folder)
    for _ in range(ATTEMPTS):
        run_one(certified.database, certified.installation.handlers)
        certified.clock.now += timedelta(minutes=10)
    states = sorted(one.state for one in nights(certified))
    assert states == ["failed", "queued"]
    folder.unlink()
    certified.clock.now += timedelta(days=1)
    run(certified)
    assert len(kept_sets(folder)) == 1


def test_what_a_dead_worker_left_behind_is_cleared_away(certified: World) -> None:
    folder = certified.installation.settings.open_data
    (folder / f"{UNFINISHED}2026-01-01-00").mkdir(parents=True)
    certified.installation.begin_rounds()
    run(certified)
    assert [one.name for one in folder.iterdir()] == [day_of(certified.clock.now).isoformat()]


def test_a_set_that_is_there_is_never_made_anew(certified: World) -> None:
    folder = certified.installation.settings.open_data
    certified.installation.begin_rounds()
    run(certified)
    before = {one: one.stat().st_mtime_ns for one in folder.rglob("*")}
    with certified.work() as work:
        ask_for_next(work, work.at, besides=())
    run(certified)
    assert {one: one.stat().st_mtime_ns for one in folder.rglob("*")} == before


@pytest.mark.embedded_database
@pytest.mark.parametrize("day", ["", "..", "2026-01-01", "2026-1-1", ".unfinished-x", "2026-01-01/.."])
def test_only_days_are_looked_up(tmp_path: Path, day: str) -> None:
    assert kept_set(tmp_path, day) is None
