"""The columns that searches are answered from, and the database that they follow."""

from __future__ import annotations

import shutil
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.catalogue import read_model as reading_columns
from ratedparts.catalogue.models import CatalogueChange, PublishedPart
from ratedparts.catalogue.publishing import change_everything, note_change
from ratedparts.catalogue.read_model import ReadModel, View, position_now
from ratedparts.catalogue.snapshot import MANIFEST, read_snapshot
from ratedparts.installation import Installation
from ratedparts.submissions.models import Part

from .test_life_of_a_certificate import take


def model(world):
    return world.installation.read_model


def seen(view: View):
    return sorted(number for segment in view.segments for number in segment.plain()["part_number"])


def viewed(world, columns: ReadModel | None = None):
    with world.reading() as work:
        return seen((columns or model(world)).view(work))


def another_process(world) -> ReadModel:
    return Installation(world.installation.settings, world.clock).read_model


def publish(world, number: str, count: int = 1) -> list[uuid.UUID]:
    """Further analysed parts, laid beside the certified one: only what the columns are made of."""
    made = []
    with world.work() as work:
        first = work.session.scalars(select(PublishedPart)).first()
        part = work.session.get_one(Part, first.part_id)
        for place in range(count):
            name = f"{number}-{place}"
            copied = {column.key: getattr(part, column.key) for column in Part.__table__.columns}
            twin = Part(**{**copied, "id": work.new_id(), "part_number": name})
            work.session.add(twin)
            work.session.flush()
            row = {column.key: getattr(first, column.key) for column in PublishedPart.__table__.columns}
            empty = dict.fromkeys(("grade", "certificate_number", "valid_until"))
            changed = {"part_id": twin.id, "part_number": name, "kind": "analysed"}
            work.session.add(PublishedPart(**{**row, **empty, **changed}))
            work.session.flush()
            note_change(work, twin.id)
            made.append(twin.id)
    return made


def test_a_publication_is_found_by_the_next_search_of_every_process(certified):
    other = another_process(certified)
    assert viewed(certified) == viewed(certified, other) == ["EX-0603X7R104K"]
    publish(certified, "NEW")
    assert viewed(certified) == viewed(certified, other) == ["EX-0603X7R104K", "NEW-0"]


def test_what_is_taken_away_is_gone_and_what_changed_is_there_once(certified):
    (part_id,) = publish(certified, "NEW")
    assert viewed(certified) == ["EX-0603X7R104K", "NEW-0"]
    with certified.work() as work:
        work.session.get_one(PublishedPart, part_id).part_number = "NEWER"
        note_change(work, part_id)
    assert viewed(certified) == ["EX-0603X7R104K", "NEWER"]
    with certified.work() as work:
        work.session.delete(work.session.get_one(PublishedPart, part_id))
        note_change(work, part_id)
    assert viewed(certified) == viewed(certified, another_process(certified)) == ["EX-0603X7R104K"]


def test_what_was_rolled_back_is_never_seen(certified):
    before = viewed(certified)

    def change_and_fail() -> None:
        with certified.work() as work:
            row = work.session.scalars(select(PublishedPart)).one()
            row.part_number = "NEVER"
            note_change(work, row.part_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert viewed(certified) == before


def test_a_revoked_part_leaves_the_columns_with_its_job_and_the_page_at_once(certified):
    assert viewed(certified) == ["EX-0603X7R104K"]
    take(certified, "suspend")
    assert certified.find() == []
    certified.run_jobs()
    assert viewed(certified) == []


def test_an_expired_certificate_is_not_found_though_nothing_was_published(certified):
    assert len(certified.find()) == 1
    certified.clock.now += timedelta(days=800)
    assert certified.find() == []
    assert viewed(certified) == ["EX-0603X7R104K"], "it is the search that knows the day"


def test_columns_built_anew_are_those_that_were_kept_up(certified):
    publish(certified, "A", 3)
    kept_up = viewed(certified)
    with certified.reading() as work:
        rebuilt = model(certified).rebuild(work)
    assert seen(rebuilt) == kept_up


def test_many_changes_are_folded_into_the_columns(certified, monkeypatch):
    monkeypatch.setattr(reading_columns, "RECENT_PARTS", 3)
    assert viewed(certified) == ["EX-0603X7R104K"]
    publish(certified, "A", 5)
    with certified.reading() as work:
        view = model(certified).view(work)
        assert len(view.segments) == 1
        assert seen(view) == ["A-0", "A-1", "A-2", "A-3", "A-4", "EX-0603X7R104K"]
        assert view.segments[0].plain()["number_rank"].to_list() == [6, 1, 2, 3, 4, 5], "graded first"


def test_a_change_of_everything_is_read_anew(certified):
    assert viewed(certified) == ["EX-0603X7R104K"]
    with certified.work() as work:
        work.session.scalars(select(PublishedPart)).one().part_number = "IN-BULK"
        change_everything(work)
    assert viewed(certified) == viewed(certified, another_process(certified)) == ["IN-BULK"]
    with certified.reading() as work:
        assert work.session.scalars(select(CatalogueChange)).all() == []


@pytest.mark.embedded_database
@pytest.mark.parametrize(
    "harm",
    [
        "gone",
        "no manifest",
        "cut off",
        "of another form",
        "a file missing",
        "columns cut off",
        "numbers cut off",
    ],
)
def test_damaged_columns_are_made_again_from_the_database(certified, harm):
    publish(certified, "A", 2)
    whole = viewed(certified)
    folder = certified.installation.settings.catalogue
    (kept,) = folder.iterdir()
    sizes = {file.name: file.stat().st_size for file in kept.iterdir() if file.name != MANIFEST}
    if harm == "gone":
        shutil.rmtree(folder)
    elif harm == "no manifest":
        (kept / MANIFEST).unlink()
    elif harm == "cut off":
        (kept / MANIFEST).write_text('{"form": 1, "fami', encoding="utf-8")
    elif harm == "of another form":
        (kept / MANIFEST).write_text('{"form": 0}', encoding="utf-8")
    elif harm == "a file missing":
        next(kept.glob("*.arrow")).unlink()
    else:
        file = next(kept.glob("*.arrow" if harm == "columns cut off" else "*.numbers"))
        file.write_bytes(file.read_bytes()[:-5])
    assert viewed(certified, another_process(certified)) == whole
    with certified.reading() as work:
        position = position_now(work)
    assert read_snapshot(folder, position.generation) is not None, "and stand whole on the disk again"
    (again,) = folder.iterdir()
    found = {file.name: file.stat().st_size for file in again.iterdir() if file.name != MANIFEST}
    # Made of the database as it is now, so nothing of it is smaller than what was there.
    assert found.keys() == sizes.keys()
    assert all(found[name] >= size for name, size in sizes.items())


def test_columns_of_a_later_day_than_the_database_are_not_believed(certified):
    """A backup was laid back: its revisions are fewer than those of the columns on the disk."""
    publish(certified, "LOST", 2)
    with certified.reading() as work:
        model(certified).rebuild(work)
        after = position_now(work)
    with certified.work() as work:
        for row in work.session.scalars(select(PublishedPart).where(PublishedPart.part_number.like("LOST%"))):
            work.session.delete(row)
        from ratedparts.catalogue.models import CatalogueState

        work.session.get_one(CatalogueState, 1).revision = after.revision - 1
    assert viewed(certified, another_process(certified)) == ["EX-0603X7R104K"]


def test_searches_while_parts_are_published_see_each_part_once(certified):
    wrong: list[list[str]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found = viewed(certified)
            if len(found) != len(set(found)) or "EX-0603X7R104K" not in found:
                wrong.append(found)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    for round_ in range(8):
        publish(certified, f"R{round_}", 2)
    done.set()
    for looker in lookers:
        looker.join()
    assert wrong == []
    assert len(viewed(certified)) == 17
