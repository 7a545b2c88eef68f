"""No organisation sees or touches another's: what is not theirs does not exist for them."""

import uuid

import pytest
from sqlalchemy import select

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.review import lists
from ratedparts.review import service as reviews
from ratedparts.submissions import parts, plans, results
from ratedparts.submissions.models import Part, Submission

NOTHING = uuid.UUID(int=0)


@pytest.fixture(scope="module")
def reported(databases):
    """A rated world that nothing here changes."""
    world = databases.world("rated")
    with world.reading() as work:
        world.facts["submission"] = work.session.scalars(select(Submission)).first().number
        world.facts["series_id"] = work.session.get_one(Part, world.facts["part_id"]).series_id
        world.facts["plan"] = world.facts["plans"]["MLCC-HTL"]
    yield world
    world.database.dispose()
    databases.forget(world.database.url)


LOOKS = {  # what is looked at → with what, and what there is nothing of
    "series": ("series_id", NOTHING, parts.own_series),
    "part": ("part_id", NOTHING, parts.own_part),
    "plan": ("plan", "PLAN-AAAAA-AAAAA", plans.visible_plan),
    "submission": ("submission", "SUB-AAAAA-AAAAA", results.visible_submission),
}
STRANGERS = {
    "series": ("other_maker", "laboratory", "other_laboratory", "administrator"),
    "part": ("other_maker", "laboratory", "other_laboratory", "administrator"),
    "plan": ("other_maker", "other_laboratory", "administrator"),
    "submission": ("other_maker", "other_laboratory", "administrator"),
}
PARTIES = {
    "series": ("maker",),
    "part": ("maker",),
    "plan": ("maker", "laboratory", "reviewer", "issuer"),
    "submission": ("maker", "laboratory", "reviewer", "issuer"),
}


def _pairs(names_of):
    return [(look, name) for look, names in names_of.items() for name in names]


def _answer(world, look, actor, given):
    with world.reading() as work, pytest.raises(RatedPartsError) as refusal:
        LOOKS[look][2](work, actor, given)
    error = refusal.value
    return error.code, error.kind, error.subject, set(error.parameters)


@pytest.mark.parametrize(("look", "name"), _pairs(STRANGERS))
def test_a_stranger_gets_the_answer_for_what_does_not_exist(reported, look, name):
    key, nothing, _ = LOOKS[look]
    real = _answer(reported, look, reported.cast[name], reported.facts[key])
    assert real == _answer(reported, look, reported.cast[name], nothing)
    assert real[:2] == ("not_found", Kind.NOT_FOUND)


@pytest.mark.parametrize(("look", "name"), _pairs(PARTIES))
def test_a_party_sees_it(reported, look, name):
    key, _, verb = LOOKS[look]
    with reported.reading() as work:
        assert verb(work, reported.cast[name], reported.facts[key])


def test_lists_hold_only_ones_own(reported):
    with reported.reading() as work:
        for name in ("other_maker", "other_laboratory"):
            actor = reported.cast[name]
            assert parts.series_of(work, actor) == []
            assert parts.parts_of(work, actor) == []
            assert plans.plans_of(work, actor) == []
        assert len(plans.plans_of(work, reported.cast["maker"])) == 5
        assert len(plans.plans_of(work, reported.cast["laboratory"])) == 5


def test_a_maker_does_nothing_with_another_makers_series_or_part(reported):
    with pytest.raises(RatedPartsError) as refusal:
        reported.register_plan(part_id=reported.facts["part_id"], by="other_maker")
    assert refusal.value.code == "not_found"
    with reported.reading() as work:
        with pytest.raises(RatedPartsError) as refusal:
            reviews.apply(work, reported.cast["other_maker"], reported.facts["part_id"])
        assert refusal.value.code == "not_found"
        with pytest.raises(RatedPartsError) as refusal:
            parts.register_part(
                work,
                reported.cast["other_maker"],
                reported.library,
                series_id=reported.facts["series_id"],
                part_number="STOLEN-1",
                attributes={},
                use_condition="UC-A",
            )
        assert refusal.value.code == "not_found"


def test_two_makers_may_have_the_same_part_number_and_one_maker_only_once(founded):
    assert founded.register_part("SAME-1") != founded.register_part("SAME-1", by="other_maker")
    with pytest.raises(RatedPartsError) as refusal:
        founded.register_part("SAME-1")
    assert [fault.code for fault in refusal.value.items] == ["part_number_taken"]


@pytest.mark.parametrize("name", ["maker", "laboratory", "administrator"])
def test_reviews_are_the_authoritys(reported, name):
    with reported.reading() as work, pytest.raises(RatedPartsError) as refusal:
        lists.visible_review(work, reported.cast[name], NOTHING)
    assert refusal.value.code == "role_needed"
