"""What would bring the next grade, or why nothing does."""

import pytest

from ratedparts.grading import decide, read_dossier
from ratedparts.grading.next_grade import next_grade

from .altered_dossiers import fewer_units, no_reliability_test, only_the_reliability_test
from .conftest import dossier
from .test_every_family import good_dossier, with_units


def obstacles(given, library):
    return {one.code: one for one in next_grade(read_dossier(given), library).obstacles}


def test_the_hours_still_lacking_are_the_chi_square_s(library, g3):
    """0, 1 and 2 failures: m(90 %) = 2.30259, 3.88972, 5.32232 of the facts, over FR7's limit of 1e-7."""
    g3["part"]["use_condition"] = "UC-A"
    found = next_grade(read_dossier(g3), library)
    exposure = decide(read_dossier(g3), library).figures["unit_hours"]
    limit = {"FR6": 1e-6, "FR7": 1e-7}[found.target]
    lacking = [one.unit_hours for one in found.further if one.confidence == 0.90]
    wanted = [max(m / limit - exposure, 0) for m in (2.302585, 3.889720, 5.322320)]
    assert lacking == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(("failed", "units"), [(0, 138), (1, 296), (2, 439)])
def test_the_contacts_still_lacking_are_clopper_and_pearson_s(library, failed, units):
    """230, 388 and 531 show 1 % at 90 % with 0, 1 and 2 failures; 92 are there."""
    given = good_dossier(dossier("G1"), library, "backplane")
    with_units(given["tests"][0], 92, failed=0)
    found = next_grade(read_dossier(given), library)
    assert (found.grade, found.wanted, found.target) == ("B", "A", "0.99")
    assert {one.failures: one.units for one in found.further}[failed] == units


def test_a_falling_rate_is_cured_by_a_screen_and_not_by_hours(library, g5):
    falling = obstacles(g5, library)["NEXT_FALLING_RATE"]
    assert (falling.rule, falling.parameters["cap"]) == ("R7", "C")
    path = next_grade(read_dossier(g5), library).paths[0]
    assert path.waits
    assert path.reached_on.isoformat() > falling.parameters["until"]


def test_a_capability_too_low_is_cured_by_no_number_of_units(library, g1):
    for one in g1["tests"][-1]["capability"]:
        capability = (one["upper_limit"] - one["lower_limit"]) / (6.0 * one["standard_deviation"])
        one["standard_deviation"] *= capability / 1.5  # enough for A, and too low for A+
        one["mean"] = (one["upper_limit"] + one["lower_limit"]) / 2.0
    found = next_grade(read_dossier(g1), library)
    codes = {one.code for one in found.obstacles}
    assert (found.grade, found.paths, codes) == ("A", (), {"NEXT_CAPABILITY"})


def test_a_capability_that_too_few_units_show_tells_how_many_would(library, g1):
    for one in g1["tests"][-1]["capability"]:
        one["n"] = 31
    found = next_grade(read_dossier(g1), library)
    assert (found.grade, found.wanted) == ("A", "A+")
    short = next(one for one in found.obstacles if one.code == "NEXT_CAPABILITY_UNITS")
    assert short.parameters["units"] == 50
    assert found.paths[0].steps[-1].units_per_lot >= 50


def test_the_strongest_stress_is_no_hotter_than_the_part_is_rated(library):
    given = good_dossier(dossier("G1"), library, "ic")
    given["part"]["use_condition"] = "UC-A"
    given["part"]["attributes"]["maximum_junction_temperature_c"] = 140
    only_the_reliability_test(given)
    fewer_units(given)
    stresses = {
        step.stress["junction_temperature_c"]
        for path in next_grade(read_dossier(given), library).paths
        for step in path.steps
        if step.slot == "SEMI-HTOL"
    }
    assert stresses <= {125.0, 140.0}


def test_evidence_that_expires_before_the_tests_are_done_is_renewed(library):
    given = good_dossier(dossier("G1"), library, "ic")
    given["part"]["use_condition"] = "UC-A"
    given["evaluated_on"] = "2026-11-22"
    sampled = read_dossier(given).tests[-1].ended_on
    for path in next_grade(read_dossier(given), library).paths:
        renewed = any(step.slot == "PAR-CPK" for step in path.steps)
        assert renewed == (path.reached_on > sampled.replace(year=sampled.year + 1))


def test_more_matings_than_the_protocol_tests_show_nothing(library):
    given = good_dossier(dossier("G1"), library, "backplane")
    given["part"]["attributes"]["rated_matings"] = 600
    found = next_grade(read_dossier(given), library)
    assert found.paths == ()
    assert [one.code for one in found.obstacles] == ["NEXT_MATINGS"]


def test_the_first_test_of_a_part_that_does_not_say_its_rating_is_refused_by_name(library):
    given = good_dossier(dossier("G1"), library, "ic")
    no_reliability_test(given)
    del given["part"]["attributes"]["maximum_junction_temperature_c"]
    refused = obstacles(given, library)["NEXT_REFUSED"]
    assert refused.parameters["expected"] == ["part.attributes.maximum_junction_temperature_c"]
