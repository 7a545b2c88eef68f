"""Proficiency rounds: entered by the administrator, checked whole, scored, and never changed."""

from __future__ import annotations

from datetime import date

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.organisations.proficiency.entered import GivenResult, results_from_csv
from ratedparts.organisations.proficiency.scores import scored
from ratedparts.organisations.proficiency.service import (
    own_rounds,
    publish_round,
    round_by_number,
    superseded_by,
)
from ratedparts.organisations.register import register_organisation

CSV = "laboratory,value,expanded_uncertainty\nLaboratory,100.2,0.4\nOther Laboratory,101.9,0.5\n"
ROUND = {
    "measurand": "Capacitance at 1 kHz",
    "unit": "nF",
    "assigned_by": "reference",
    "reference_value": 100.0,
    "reference_expanded": 0.2,
    "sigma_pt": 0.5,
    "held_on": date(2026, 1, 2),
    "known_protocols": ("PAR-CPK",),
}


def publish(world, by="administrator", **changed):
    told = ROUND | {"results": results_from_csv(CSV)} | changed
    with world.work() as work:
        return publish_round(work, world.cast[by], **told)


def scores_of(world, number):
    with world.reading() as work:
        return scored(round_by_number(work, number))


def test_scores_against_a_reference_value(founded):
    round_ = publish(founded)
    found = scores_of(founded, round_.number)
    by_name = {one.result.laboratory.name_en: one for one in found.scores}
    good, bad = by_name["Laboratory"], by_name["Other Laboratory"]
    assert good.z == pytest.approx(0.4)
    assert good.e_n == pytest.approx(0.2 / (0.4**2 + 0.2**2) ** 0.5)
    assert (good.z_verdict, good.e_n_verdict) == ("satisfactory", "satisfactory")
    assert bad.z == pytest.approx(3.8)
    assert (bad.z_verdict, bad.e_n_verdict) == ("unsatisfactory", "unsatisfactory")
    assert not found.primed
    assert good.result.value_given == "100.2"


def test_by_consensus_one_far_off_does_not_move_the_value(founded):
    with founded.work() as work:
        for number in range(6):
            name = {"name_en": f"Extra {number}", "name_zh": f"外加{number}"}
            register_organisation(work, founded.cast["administrator"], kind="laboratory", **name)
    lines = ["laboratory,value,expanded_uncertainty", "Laboratory,100.0,0.3", "Other Laboratory,140.0,0.3"]
    lines += [f"外加{number},{99.8 + 0.1 * number:.1f},0.3" for number in range(6)]
    round_ = publish(
        founded,
        assigned_by="consensus",
        reference_value=None,
        reference_expanded=None,
        results=results_from_csv("\n".join(lines)),
    )
    found = scores_of(founded, round_.number)
    assert found.assigned.value == pytest.approx(100.1, abs=0.15)
    far = next(one for one in found.scores if one.result.laboratory.name_en == "Other Laboratory")
    assert far.z_verdict == "unsatisfactory"


def test_an_uncertain_assigned_value_counts_in_the_score(founded):
    found = scores_of(founded, publish(founded, reference_expanded=0.6).number)
    assert found.primed
    assert {abs(one.z) < abs(one.difference / 0.5) for one in found.scores} == {True}


def test_every_fault_is_named_at_once(founded):
    lines = 'laboratory,value,expanded_uncertainty\nNobody,1,1\nLaboratory,"12,5",0\nLaboratory,1,1\n'
    with pytest.raises(RatedPartsError) as refused:
        publish(
            founded,
            measurand=" ",
            unit="",
            sigma_pt=0.0,
            held_on=date(2030, 1, 1),
            protocol_id="NONE",
            supersedes="PT-00000-00000",
            reference_value=None,
            results=results_from_csv(lines),
        )
    assert refused.value.code == "form_refused"
    found = {(item.code, item.row, item.column) for item in refused.value.items}
    assert found == {
        ("text_length", None, "measurand"),
        ("text_length", None, "unit"),
        ("out_of_range", None, "sigma_pt"),
        ("day_in_the_future", None, "held_on"),
        ("not_a_choice", None, "protocol_id"),
        ("unknown_round", None, "supersedes"),
        ("missing_value", None, "reference_value"),
        ("unknown_laboratory", 2, "laboratory"),
        ("number_format", 3, "value"),
        ("out_of_range", 3, "expanded_uncertainty"),
        ("laboratory_twice", 4, "laboratory"),
    }


@pytest.mark.parametrize("content", ["", "laboratory;value\n", "laboratory,value\nA,1\n", b"\xff\xfe"])
def test_other_columns_are_refused(content):
    with pytest.raises(RatedPartsError) as refused:
        results_from_csv(content)
    assert refused.value.items


def test_columns_stand_in_any_order_and_a_mark_at_the_start_is_no_fault():
    (one,) = results_from_csv("\ufeffvalue,laboratory,expanded_uncertainty\r\n1.5,A,0.1\r\n".encode())
    assert one == GivenResult("A", "1.5", "0.1", 2)


def test_a_correction_is_another_round_and_there_is_one_of_it(founded):
    first = publish(founded)
    second = publish(founded, supersedes=first.number)
    with founded.reading() as work:
        found = superseded_by(work, round_by_number(work, first.number))
        assert found is not None
        assert found.number == second.number
    with pytest.raises(RatedPartsError) as refused:
        publish(founded, supersedes=first.number)
    assert [item.code for item in refused.value.items] == ["round_superseded"]


def test_only_the_administrator_publishes(founded):
    with pytest.raises(RatedPartsError) as refused:
        publish(founded, by="laboratory")
    assert refused.value.code == "role_needed"


def test_a_laboratory_knows_its_own_code_and_no_other(founded):
    round_ = publish(founded)
    with founded.reading() as work:
        (mine,) = own_rounds(work, founded.cast["laboratory"])
        (other,) = own_rounds(work, founded.cast["other_laboratory"])
        assert own_rounds(work, founded.cast["maker"]) == []
    assert {mine[1], other[1]} == {"L01", "L02"}
    assert mine[0].number == other[0].number == round_.number
