"""Another rule set over the register: what it finds, where it goes on, and that it changes nothing."""

from __future__ import annotations

import copy
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, func, select, text

from ratedparts.errors import RatedPartsError
from ratedparts.evaluations.models import (
    Evaluation,
    ShadowChunk,
    ShadowDifference,
    ShadowPiece,
    ShadowRun,
    ShadowRunEnd,
    StoredFigures,
)
from ratedparts.evaluations.shadow import pieces, regrading, starting
from ratedparts.evaluations.shadow.regrading import regrade_register
from ratedparts.evaluations.shadow.results import counts_of, progress_of
from ratedparts.evaluations.shadow.starting import request_shadow_run, start_shadow_run
from ratedparts.evaluations.stored_figures import engine_version
from ratedparts.grading import CEG_2026_1, judge, measure, read_dossier, read_rule_set, rule_set_as_json
from ratedparts.jobs.models import Job
from ratedparts.jobs.queue import run_one

STRICT_TARGETS = ["FR10", "FR9", "FR8", "FR7"]


def proposal(**changed):
    return copy.deepcopy(rule_set_as_json(CEG_2026_1)) | {"id": "CEG-2027.1-draft"} | changed


def stricter():
    """Nobody reaches these rates: what is a ceramic capacitor falls."""
    content = proposal()
    for target, level in zip(content["targets"]["passive"], STRICT_TARGETS, strict=True):
        target["level"] = level
    return content


def run(world, content, parts=pieces.PARTS):
    with world.work() as work:
        started = start_shadow_run(work, world.library, content)
    regrade_register(world.database, world.library, started.id, parts=parts)
    return started


def found(world, started):
    with world.reading() as work:
        query = select(ShadowDifference).where(ShadowDifference.run_id == started.id)
        return list(work.session.scalars(query.order_by(ShadowDifference.part_id)))


def another_rated_part(world, number):
    """A part with a lot sample alone: it has a grade, and no evidence for more."""
    part_id = world.register_part(number)
    plan = world.register_plan(part_id=part_id)
    assert world.submit(plan, world.example("PAR-CPK", plan)).state == "accepted"
    world.run_jobs()
    return part_id


def state_of(world):
    """All that a shadow run must not touch."""
    tables = "evaluation", "certificate", "certificate_standing", "published_part", "review", "evidence"
    with world.database.engine.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")).all())) for name in tables
        }


def test_a_tightened_limit_lets_a_part_fall_and_says_by_which_rule(certified):
    before = state_of(certified)
    started = run(certified, stricter())
    (one,) = found(certified, started)
    with certified.reading() as work:
        evaluation = work.session.get_one(Evaluation, one.evaluation_id)
    assert (one.direction, one.old_grade, one.family) == ("fallen", evaluation.grade, "mlcc_class2")
    target = next(rule for rule in one.rules if rule["code"] == "R_TARGET")
    assert (target["old"]["met"], target["new"]["met"]) == (True, False)
    assert target["old"]["number"] == target["new"]["number"] > target["new"]["limit"]
    assert target["new"]["limit"] < target["old"]["limit"]
    assert state_of(certified) == before


def test_the_released_rule_set_itself_differs_from_nothing(rated):
    started = run(rated, rule_set_as_json(CEG_2026_1))
    assert found(rated, started) == []
    with rated.reading() as work:
        assert counts_of(work, started.id) == {"mlcc_class2": {"unchanged": 1}}


def test_a_loosened_limit_lets_a_part_rise(rated):
    with rated.reading() as work:
        dossier = copy.deepcopy(work.session.scalars(select(Evaluation.dossier)).one())
    for test in dossier["tests"]:
        test["evidence_class"] = "E1"
    with changed_evaluation(rated, dossier=dossier, dossier_digest="of another dossier", grade="C"):
        (one,) = found(
            rated, run(rated, proposal(evidence_caps=dict.fromkeys(CEG_2026_1.evidence_caps, "A+")))
        )
    assert one.direction == "risen"
    (rule,) = one.rules
    assert (rule["code"], rule["old"]["parameters"]["cap"], rule["new"]["parameters"]["cap"]) == (
        "E_CLASS",
        "C",
        "A+",
    )


def test_stored_figures_answer_what_the_evidence_answers(rated):
    another_rated_part(rated, "EX-OTHER")
    from_store = run(rated, stricter())
    with rated.work() as work:
        assert work.session.scalar(select(func.count()).select_from(StoredFigures)) > 1
        work.session.execute(delete(StoredFigures))
    from_evidence = run(rated, stricter())
    told = [
        [(one.part_id, one.new_grade, one.direction, one.rules) for one in found(rated, started)]
        for started in (from_store, from_evidence)
    ]
    assert told[0] == told[1] != []
    with rated.reading() as work:
        recomputed = [progress_of(work, started).recomputed for started in (from_store, from_evidence)]
        assert recomputed == [0, 2]
    again = run(rated, stricter())  # what was computed has been stored
    with rated.reading() as work:
        assert progress_of(work, again).recomputed == 0


def test_a_rule_set_that_measures_otherwise_is_decided_on_figures_of_its_own(rated):
    content = stricter() | {"life_confidence": 0.95}
    (one,) = found(rated, run(rated, content))
    with rated.reading() as work:
        assert work.session.scalar(select(func.count()).select_from(StoredFigures)) == 2
        dossier = read_dossier(work.session.get_one(Evaluation, one.evaluation_id).dossier)
    rule_set = read_rule_set(content, rated.library)
    assert judge(measure(dossier, rated.library, rule_set), rule_set).grade == one.new_grade


def test_figures_of_another_engine_are_not_used(rated):
    with rated.work() as work:
        row = work.session.scalars(select(StoredFigures)).one()
        work.session.delete(row)
        work.session.flush()
        work.session.add(
            StoredFigures(
                dossier_digest=row.dossier_digest,
                measuring_digest=row.measuring_digest,
                engine_version="ratedparts 0",
                figures="not read",
                computed_at=row.computed_at,
            )
        )
    started = run(rated, stricter())
    with rated.reading() as work:
        assert progress_of(work, started).recomputed == 1


def test_a_run_that_was_killed_goes_on_where_it_stood(rated, monkeypatch):
    parts = [another_rated_part(rated, f"EX-{n}") for n in range(3)]
    kept = regrading._keep
    done = []

    class Killed(BaseException):
        pass

    def keep_or_die(*arguments):
        if len(done) == 2:
            raise Killed
        done.append(arguments[2])
        return kept(*arguments)

    monkeypatch.setattr(regrading, "_keep", keep_or_die)
    with pytest.raises(Killed):
        run(rated, stricter(), parts=1)
    monkeypatch.setattr(regrading, "_keep", kept)
    with rated.reading() as work:
        first = work.session.scalars(select(ShadowRun)).one()
        progress = progress_of(work, first)
        assert (progress.done, progress.parts, progress.ended_at) == (2, 4, None)
        assert progress.share == 0.5
    started = run(rated, stricter(), parts=1)
    assert started.id == first.id
    with rated.reading() as work:
        chunks = work.session.scalars(select(ShadowChunk).order_by(ShadowChunk.place)).all()
        assert [(one.place, one.parts) for one in chunks] == [(0, 1), (1, 1), (2, 1), (3, 1)]
        ends = work.session.scalars(select(ShadowPiece.last_part_id).order_by(ShadowPiece.place)).all()
        assert ends == [*sorted({*parts, rated.facts["part_id"]})[:3], None]
        assert progress_of(work, started).share == 1.0
        assert sum(sum(counts.values()) for counts in counts_of(work, started.id).values()) == 4


def test_after_its_end_a_rule_set_is_run_anew(rated):
    first, second = run(rated, stricter()), run(rated, stricter())
    assert (first.attempt, second.attempt) == (1, 2)


def test_of_two_who_do_the_same_run_no_part_is_counted_twice(rated, monkeypatch):
    for n in range(3):
        another_rated_part(rated, f"EX-{n}")
    with rated.work() as work:
        started = start_shadow_run(work, rated.library, stricter())
        assert start_shadow_run(work, rated.library, stricter()).id == started.id
    both = threading.Barrier(2, timeout=30)
    met = threading.local()
    regraded = regrading._Shadow.regraded

    def together(*arguments):
        answer = regraded(*arguments)
        if not getattr(met, "once", False):
            met.once = True
            both.wait()
        return answer

    monkeypatch.setattr(regrading._Shadow, "regraded", together)
    refusals = []

    def do():
        try:
            regrade_register(rated.database, rated.library, started.id, parts=1)
        except RatedPartsError as error:
            refusals.append(error.code)

    threads = [threading.Thread(target=do) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == []
    with rated.reading() as work:
        progress = progress_of(work, started)
        assert (progress.done, progress.share) == (4, 1.0)


def shadow_jobs(world):
    with world.reading() as work:
        query = select(Job.event, Job.state).where(Job.event.startswith("shadow"))
        return sorted(map(tuple, work.session.execute(query)))


def test_a_run_is_paused_and_gone_on_with_and_comes_to_what_an_undisturbed_one_does(rated, monkeypatch):
    for n in range(3):
        another_rated_part(rated, f"EX-{n}")
    undisturbed = run(rated, stricter(), parts=4)
    monkeypatch.setattr(regrading, "cut", lambda work, run_id: pieces.cut(work, run_id, 1))

    def request():
        with rated.work() as work:
            return request_shadow_run(work, rated.cast["administrator"], rated.library, stricter())

    started = request()
    handlers = rated.installation.handlers
    assert run_one(rated.database, handlers), "the register is cut"
    assert run_one(rated.database, handlers), "one piece is done"
    with rated.work() as work:
        assert pieces.pause(work, started.id) == 3
    assert rated.run_jobs() == 0
    with rated.reading() as work:
        assert progress_of(work, started).share == 0.25
    assert request().id == started.id
    assert request().id == started.id, "asked twice"
    assert rated.run_jobs() == 2 + 3, "no piece is asked for twice"
    with rated.reading() as work:
        assert progress_of(work, started).share == 1.0
        assert counts_of(work, started.id) == counts_of(work, undisturbed.id)
    told = [
        [(one.part_id, one.new_grade, one.direction, one.rules) for one in found(rated, one_run)]
        for one_run in (undisturbed, started)
    ]
    assert told[0] == told[1] != []
    assert {state for _, state in shadow_jobs(rated)} == {"done"}


def test_a_part_that_comes_while_a_run_is_under_way_belongs_to_its_last_piece(rated):
    another_rated_part(rated, "EX-1")
    with rated.work() as work:
        started = start_shadow_run(work, rated.library, stricter())
        pieces.cut(work, started.id, 1)
    another_rated_part(rated, "EX-2")
    regrade_register(rated.database, rated.library, started.id)
    with rated.reading() as work:
        assert [
            one.parts for one in work.session.scalars(select(ShadowChunk).order_by(ShadowChunk.place))
        ] == [
            1,
            2,
        ]


def test_a_run_begun_by_another_program_is_not_mixed_with_this_one(rated, monkeypatch):
    with rated.work() as work:
        monkeypatch.setattr(starting, "engine_version", lambda: "ratedparts 0")
        old = start_shadow_run(work, rated.library, stricter())
        monkeypatch.setattr(starting, "engine_version", engine_version)
    with pytest.raises(RatedPartsError) as caught:
        regrade_register(rated.database, rated.library, old.id)
    assert caught.value.code == "shadow_of_another_engine"
    assert run(rated, stricter()).id != old.id


def test_a_grade_that_this_engine_no_longer_decides_is_not_compared(rated):
    with changed_evaluation(rated, grade="C"):
        (one,) = found(rated, run(rated, stricter()))
    assert (one.direction, one.problem) == ("not_regraded", "engine_decides_otherwise")
    assert one.new_grade is None


def test_a_part_under_a_rule_set_that_is_gone_is_counted_as_not_regraded(rated):
    with changed_evaluation(rated, rule_set="CEG-1999"):
        (one,) = found(rated, run(rated, stricter()))
    assert one.problem == "unknown_rule_set"


@contextmanager
def changed_evaluation(world, **values):
    with world.work() as work:
        evaluation = work.session.scalars(select(Evaluation)).one()
        for name, value in values.items():
            setattr(evaluation, name, value)
    yield


def test_a_rule_set_that_is_not_understood_begins_nothing(rated):
    content = stricter()
    del content["minimum_units"]
    with pytest.raises(RatedPartsError) as caught, rated.work() as work:
        start_shadow_run(work, rated.library, content)
    assert [(fault.column, fault.code) for fault in caught.value.items] == [("minimum_units", "key_missing")]
    with rated.reading() as work:
        assert work.session.scalar(select(func.count()).select_from(ShadowRun)) == 0


def test_an_administrator_has_the_worker_do_it_and_nobody_else_may(rated):
    with pytest.raises(RatedPartsError) as caught, rated.work() as work:
        request_shadow_run(work, rated.cast["reviewer"], rated.library, stricter())
    assert caught.value.code == "role_needed"
    with rated.work() as work:
        administrator = rated.cast["administrator"]
        started = request_shadow_run(work, administrator, rated.library, stricter())
    assert rated.run_jobs() == 2, "the cut, and its one piece"
    with rated.reading() as work:
        assert work.session.get(ShadowRunEnd, started.id).parts == 1
        assert started.started_by == administrator.person_id


def test_an_empty_register_has_a_run_with_its_end(founded):
    started = run(founded, stricter())
    with founded.reading() as work:
        assert progress_of(work, started).share == 1.0
        assert counts_of(work, started.id) == {}
