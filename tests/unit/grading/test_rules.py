"""Each rule on both sides of its limit."""

import json

import pytest

from ratedparts.grading import LEVELS, level_of

from .conftest import codes


def units(count, lower, upper=None, **more):
    return {"count": count, "lower": lower, "upper": upper, **more}


def with_lots(test, *lots):
    test["lots"] = [{"lot_code": f"L{i}", "units": groups} for i, groups in enumerate(lots, 1)]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.code)
def test_a_level_is_granted_exactly_at_its_limit_and_not_beyond_the_band(level):
    assert level_of(level.maximum) == level
    assert level_of(level.maximum * (1 + 1e-10)) == level
    beyond = level_of(level.maximum * (1 + 1e-8))
    assert beyond is None or beyond.maximum > level.maximum


def test_too_few_hours_state_what_is_missing(g1, decided):
    with_lots(g1["tests"][0], [units(22, 1)])
    decision = decided(g1)
    assert decision.grade == "U-INSUFFICIENT"
    missing = next(reason for reason in decision.reasons if reason.code == "R_HOURS")
    assert missing.parameters["missing_unit_hours"] == pytest.approx(91_629.07 - 22 * 1659.1592, rel=1e-4)


def test_a_small_sample_is_not_enough_however_long(g1, decided):
    with_lots(g1["tests"][0], [units(21, 1000)])
    decision = decided(g1)
    assert decision.caps["R"] == "U"
    assert next(reason for reason in decision.reasons if reason.code == "R_SAMPLE").met is False


def test_lots_that_differ_are_graded_by_the_worst(g3, decided):
    with_lots(g3["tests"][0], [units(77, 1000)], [units(77, 1000)], [units(72, 1000), units(5, 500, 1000)])
    decision = decided(g3)
    hetero = next(reason for reason in decision.reasons if reason.code == "R_HETERO")
    assert hetero.number == pytest.approx(3 / 243)
    assert hetero.parameters["worst"] == "L3"
    assert decision.figures["failures"] == 5
    assert decision.figures["unit_hours"] == pytest.approx(77.645382 * (72 * 1000 + 5 * 500), rel=1e-6)


def test_three_failures_in_one_lot_of_three_do_not_make_lots_differ(g3, decided):
    with_lots(g3["tests"][0], [units(77, 1000)], [units(77, 1000)], [units(74, 1000), units(3, 500, 1000)])
    decision = decided(g3)
    alike = next(reason for reason in decision.reasons if reason.code == "R_LOTS_ALIKE")
    assert alike.number == pytest.approx(1 / 9, abs=5e-3)
    assert decision.figures["failures"] == 3


def test_wear_out_inside_the_declared_life_lowers_the_level(g3, decided):
    g3["tests"][0]["ended_on"] = "2026-04-20"
    with_lots(g3["tests"][0], [units(200, 2000), units(4, 500, 1000), units(27, 1000, 2000)])
    decision = decided(g3)
    shape = next(reason for reason in decision.reasons if reason.code == "R_SHAPE").parameters
    assert shape["hazard"] == "wearout"
    assert "wearout_failure_rate_90" in decision.figures


def test_a_screened_part_with_a_falling_rate_is_not_capped(g5, decided):
    g5["part"]["screened"] = True
    g5["tests"][0]["screened_units"] = True
    assert decided(g5).caps["flags"] == "C", "a screen without its document is no screen"
    g5["tests"][0]["screen_document"] = "SCR-1"
    assert decided(g5).caps["flags"] == "A+"


def test_a_unit_removed_without_proof_counts_as_failed(g1, decided):
    with_lots(g1["tests"][0], [units(230, 1000), units(1, 500, removed="unknown")])
    assert decided(g1).figures["failures"] == 1
    with_lots(g1["tests"][0], [units(230, 1000), units(1, 500, removed="external")])
    assert decided(g1).figures["failures"] == 0


def test_a_test_stopped_early_is_capped_at_b(g1, decided):
    g1["tests"][0]["planned"] = {"lots": 3, "units_per_lot": 77, "duration": 2000, "accept": 0}
    decision = decided(g1)
    assert decision.grade == "B"
    assert decision.binding == ("flags",)
    assert "PLAN_INCOMPLETE" in codes(decision)


def test_acceleration_beyond_the_protocols_maximum_is_cut_and_said(g1, decided):
    g1["part"]["use_condition"] = "UC-C"
    decision = decided(g1)
    assert decision.figures["acceleration_factor"] == 20_000
    assert "AF_CAPPED" in codes(decision)


@pytest.mark.parametrize(("evidence_class", "cap"), [("E3", "A+"), ("E2", "A"), ("E1", "C"), ("E0", "U")])
def test_the_weakest_report_sets_the_evidence_class(g1, decided, evidence_class, cap):
    g1["tests"][-1]["evidence_class"] = evidence_class
    decision = decided(g1)
    assert decision.vector["E"] == evidence_class
    assert decision.caps["E"] == cap


def test_a_missing_mandatory_test_is_named(g1, decided):
    del g1["tests"][3]
    decision = decided(g1)
    assert decision.grade == "U-INSUFFICIENT"
    assert "Q_MISSING:SEMI-TC" in codes(decision)


def test_a_failed_environmental_test_is_not_conforming(g1, decided):
    with_lots(g1["tests"][3], [units(67, 1000), units(10, 500, 1000)])
    decision = decided(g1)
    assert decision.grade == "U-NONCONFORMING"
    assert "Q_FAIL:SEMI-TC" in codes(decision)


def test_a_low_capability_holds_the_part_and_is_named(g1, decided):
    for one in g1["tests"][-1]["capability"]:
        one["standard_deviation"] = 2.1  # Cpk 1.587
    decision = decided(g1)
    assert decision.vector["Q"] == "Q2"
    assert "CPK_LOW:cap_nF" in codes(decision)


def test_without_part_average_testing_quality_stops_at_q2(g1, decided):
    g1["tests"][-1]["part_average_testing"] = False
    assert decided(g1).vector["Q"] == "Q2"


def test_a_unit_outside_its_limits_is_not_conforming(g1, decided):
    g1["tests"][-1]["capability"][0]["outside_limits"] = 1
    decision = decided(g1)
    assert decision.grade == "U-NONCONFORMING"
    assert "Q_FAIL:cap_nF" in codes(decision)


@pytest.mark.parametrize(
    ("conformity", "quality"),
    [
        ({"sampled": 230, "nonconforming": 0}, "Q3"),
        ({"sampled": 388, "nonconforming": 1}, "Q3"),
        ({"sampled": 229, "nonconforming": 0}, "Q2"),
        ({"sampled": 76, "nonconforming": 0}, "Q2"),
        ({"sampled": 125, "nonconforming": 2, "lot_size": 3000, "level": "II", "aql": 0.65}, "Q2"),
        ({"sampled": 125, "nonconforming": 3, "lot_size": 3000, "level": "II", "aql": 1.0}, "Q1"),
        ({"sampled": 125, "nonconforming": 4, "lot_size": 3000, "level": "II", "aql": 1.0}, "Q0"),
        ({"sampled": 20, "nonconforming": 0}, "Q0"),
    ],
)
def test_the_lot_sample_is_judged_by_what_it_excludes(g1, decided, conformity, quality):
    g1["tests"][-1]["conformity"] = conformity
    assert decided(g1).vector["Q"] == quality


def test_a_change_of_the_part_voids_what_was_tested_before(g1, decided):
    g1["change_notices"] = [{"effective_on": "2026-02-01"}]
    assert decided(g1).grade == "U-PCN"
    g1["change_notices"][0]["delta_qualification"] = True
    assert decided(g1).grade == "A+"
    g1["change_notices"] = [{"effective_on": "2026-01-01"}]
    assert decided(g1).grade == "A+", "a change before the start was tested"


def test_exactly_monitored_failures_are_bounded_by_calibration(g3, decided):
    exact = [units(1, at, at) for at in (400, 520, 610, 700, 780, 850, 930)]
    with_lots(g3["tests"][0], [units(224, 1000), *exact])
    life = next(reason for reason in decided(g3).reasons if reason.code == "L_LIFE")
    assert life.parameters["method"] == "calibrated"


def exact(*times):
    return [units(1, at, at) for at in times]


def test_exact_times_with_several_ends_of_test_have_a_calibrated_bound(g3, decided):
    with_lots(
        g3["tests"][0],
        [units(100, 1000), units(31, 800), units(93, 950), *exact(400, 520, 610, 700, 780, 850, 930)],
    )
    life = next(reason for reason in decided(g3).reasons if reason.code == "L_LIFE")
    assert life.parameters["method"] == "calibrated"


@pytest.mark.parametrize("planned", [{"lots": 10}, {"units_per_lot": 100}, {"duration": 1001}])
def test_fewer_lots_units_or_hours_than_planned_cap_at_b(g1, decided, planned):
    g1["tests"][0]["planned"] = planned
    decision = decided(g1)
    assert decision.caps["flags"] == "B"
    assert "PLAN_INCOMPLETE" in codes(decision)


def test_one_unit_that_runs_on_does_not_complete_the_plan_of_the_others(g1, decided):
    g1["tests"][0]["planned"] = {"duration": 1000}
    with_lots(g1["tests"][0], [units(230, 168), units(1, 1000)])
    assert "PLAN_INCOMPLETE" in codes(decided(g1))


def test_units_that_left_for_an_external_cause_show_nothing_about_quality(g1, decided):
    with_lots(g1["tests"][3], *[[units(76, 1, removed="external"), units(1, 1000)] for _ in range(3)])
    decision = decided(g1)
    assert decision.grade == "U-INSUFFICIENT"
    assert "Q_MISSING:SEMI-TC" in codes(decision)


def test_a_lot_that_was_never_on_test_does_not_hide_that_lots_differ(g3, decided):
    lots = [[units(77, 1000)], [units(77, 1000)], [units(71, 1000), units(6, 500, 1000)]]
    with_lots(g3["tests"][0], *lots)
    plain = decided(g3)
    with_lots(g3["tests"][0], *lots, [units(1, 0, removed="external")])
    padded = decided(g3)
    assert "R_HETERO" in codes(plain) & codes(padded)
    assert padded.vector["R"] == plain.vector["R"]
    assert padded.grade == plain.grade


def test_there_is_one_first_year_for_all_lots(g3, decided):
    early = exact(3, 5, 8, 11, 15, 21, 30)
    with_lots(g3["tests"][0], [units(70, 1000), *early], [units(77, 1000)], [units(77, 1000)])
    split = decided(g3).figures["first_year_failure_rate_90"]
    with_lots(g3["tests"][0], [units(224, 1000), *early])
    whole = decided(g3).figures["first_year_failure_rate_90"]
    assert split >= whole * (1 - 1e-12)


def test_a_bad_lot_sample_counts_even_without_registration(g1, decided):
    further = {**g1["tests"][4], "registered_on": None}
    further["conformity"] = {"plan": "LTPD 1 %", "sampled": 230, "nonconforming": 100}
    g1["tests"].append(further)
    assert decided(g1).grade == "U-NONCONFORMING"


def test_the_minimum_sample_is_asked_of_all_the_evidence(g3, decided):
    with_lots(g3["tests"][0], [units(77, 1000)], [units(77, 1000)], [units(7, 1000), units(6, 500, 1000)])
    decision = decided(g3)
    assert "R_HETERO" in codes(decision)
    assert next(reason for reason in decision.reasons if reason.code == "R_SAMPLE").met


def test_an_announced_change_ends_the_validity_and_voids_nothing_yet(g1, decided):
    g1["change_notices"] = [{"effective_on": "2026-12-24"}]
    decision = decided(g1)
    assert decision.grade == "A+"
    assert decision.valid_until.isoformat() == "2026-12-23"


def test_bounds_that_exclude_nothing_are_told_as_no_number(g3, decided):
    with_lots(g3["tests"][0], [units(20, 0, 48), units(211, 1000)])
    json.dumps(decided(g3).as_json(), allow_nan=False)
    with_lots(g3["tests"][0], [units(231, 0, 48)])
    json.dumps(decided(g3).as_json(), allow_nan=False)


@pytest.mark.parametrize(("why", "failures"), [("lost", 1), ("socket burnt", 1), ("external", 0)])
def test_a_unit_that_left_before_the_first_readout_counts_by_why_it_left(g1, decided, why, failures):
    g1["tests"][0]["lots"][0]["units"].append({"count": 1, "lower": 0.0, "upper": None, "removed": why})
    assert decided(g1).figures["failures"] == failures


@pytest.mark.parametrize(("protocol", "parameter"), [("PAR-CPK@1", "offset_mg"), ("PAR-CPK@2", "offset_dps")])
def test_a_gyroscope_shows_its_offset_by_the_name_of_the_version_that_it_was_measured_by(
    g1, g3, decided, protocol, parameter
):
    g3["part"]["family"] = "gyroscope"
    g3["tests"] = [one for one in g3["tests"] if not one["protocol"].startswith(("SEMI-THB", "PAR-CPK"))]
    assert "Q_MISSING:offset_dps" in codes(decided(g3))
    sample = g1["tests"][-1]
    sample["protocol"] = protocol
    for one in sample["capability"]:
        one["parameter"] = parameter
    g3["tests"].append(sample)
    assert "Q_MISSING:offset_dps" not in codes(decided(g3))
    sample["capability"][0]["outside_limits"] = 1
    assert "Q_FAIL:offset_dps" in codes(decided(g3))


def two_modes(g3, **wear):
    """Failures that come early and others that wear out, each group analysed."""
    early = [units(6, 0, at, mode="open", failure_analysis="FA-1") for at in (48, 168, 500)]
    late = [units(10, 500, 1000, **{"mode": "short", "failure_analysis": "FA-2", **wear})]
    with_lots(g3["tests"][0], [units(203, 1000), *early, *late])


def test_several_failure_modes_are_fitted_each_with_the_others_suspended(g3, decided):
    two_modes(g3)
    told = [one for one in decided(g3).reasons if one.code == "L_LIFE"]
    assert {one.parameters.get("mode") for one in told} == {"open"}
    # The rate counts every failure, whatever its mode.
    assert decided(g3).figures["failures"] == 28


def test_failures_without_analysis_count_in_every_mode(g3, decided):
    two_modes(g3)
    apart = decided(g3).figures["b10_lower_90"]
    two_modes(g3, failure_analysis=None)
    together = decided(g3)
    assert together.figures["b10_lower_90"] < apart
    assert all("mode" not in one.parameters for one in together.reasons if one.code == "L_LIFE")
