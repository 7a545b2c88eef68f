"""The published examples of the rule set, every printed figure."""

from datetime import date

import pytest

from .conftest import codes

FIT = 1e-9


def test_g1_ceramic_capacitors_without_a_failure_reach_a_plus(g1, decided):
    decision = decided(g1)
    figures = decision.figures
    assert decision.grade == "A+"
    assert decision.binding == ()
    assert dict(decision.vector) == {
        "R": "FR8@90",
        "L": "B1>=10y",
        "Q": "Q3",
        "E": "E3",
        "use_condition": "UC-A",
    }
    assert figures["acceleration_factor"] == pytest.approx(1659.1592, rel=1e-6)
    assert figures["failure_rate_60"] == pytest.approx(2.390745 * FIT, rel=1e-6)
    assert figures["failure_rate_90"] == pytest.approx(6.0078027 * FIT, rel=1e-6)
    assert figures["b1_lower_90"] == pytest.approx(1_662_579, abs=1)
    assert figures["rated_failure_rate_60"] == pytest.approx(495.8 * FIT, rel=1e-3)
    assert figures["rated_failure_rate_90"] == pytest.approx(1246 * FIT, rel=1e-3)
    assert decision.valid_until == date(2027, 1, 30)


def test_g3_operating_life_of_1000_hours_gives_a(g3, decided):
    decision = decided(g3)
    assert decision.grade == "A"
    assert decision.vector["R"] == "FR6@90"
    assert decision.figures["failure_rate_90"] == pytest.approx(128.3773 * FIT, rel=1e-6)
    assert decision.figures["b1_lower_90"] == pytest.approx(77_966, abs=1)
    assert decision.figures["b10_lower_90"] == pytest.approx(252_437, abs=1)
    assert decision.binding == ("R", "L")


def test_g3_with_twice_the_hours_gives_a_plus(g3, decided):
    g3["tests"][0]["ended_on"] = "2026-04-20"
    for lot in g3["tests"][0]["lots"]:
        lot["units"][0]["lower"] = 2000
    decision = decided(g3)
    assert decision.grade == "A+"
    assert decision.figures["failure_rate_90"] == pytest.approx(64.19 * FIT, rel=1e-4)
    assert decision.vector["R"] == "FR7@90"
    assert decision.figures["b1_lower_90"] == pytest.approx(155_932, abs=1)


def test_g5_early_failures_hold_the_part_at_c(g5, decided):
    decision = decided(g5)
    figures = decision.figures
    assert decision.grade == "C"
    assert "R_DFR" in codes(decision)
    assert decision.vector["R"] == "FR5@60"
    assert decision.vector["Q"] == "Q1"
    assert figures["acceleration_factor"] == pytest.approx(77.645, rel=1e-5)
    assert figures["unit_hours"] == pytest.approx(17_154_350, abs=1)
    assert figures["failure_rate_60"] == pytest.approx(731.78 * FIT, rel=1e-5)
    assert figures["failure_rate_90"] == pytest.approx(967.58 * FIT, rel=1e-5)
    assert figures["first_year_failure_rate_60"] == pytest.approx(3234.84 * FIT, rel=1e-5)
    assert figures["first_year_failure_rate_90"] == pytest.approx(4455.80 * FIT, rel=1e-5)
    assert figures["b1_lower_90"] == pytest.approx(0.01356, rel=1e-3)
    assert figures["b10_lower_90"] == pytest.approx(436_354, rel=1e-5)
    assert decision.caps["L"] == "A"
    shape = next(reason for reason in decision.reasons if reason.code == "R_SHAPE").parameters
    assert shape["shape"] == pytest.approx(0.197834, rel=1e-5)
    assert (shape["lower"], shape["upper"]) == (
        pytest.approx(0.0857, rel=1e-3),
        pytest.approx(0.3803, rel=1e-3),
    )


def test_g7_evidence_three_years_old_has_expired_since_the_next_day(g1, decided):
    for test in g1["tests"]:
        if test["protocol"] != "PAR-CPK@1":
            test.update(registered_on="2023-08-01", started_on="2023-08-05", ended_on="2023-10-31")
    decision = decided(g1)
    assert decision.grade == "U-EXPIRED"
    assert decision.valid_until is None
    expired = next(reason for reason in decision.reasons if reason.code == "EXPIRED:MLCC-HTL")
    assert expired.parameters["since"] == "2026-11-01"


@pytest.mark.parametrize("evaluated_on", ["2026-10-31", "2026-11-01"])
def test_evidence_counts_through_its_last_day_and_not_on_the_next(g1, decided, evaluated_on):
    for test in g1["tests"]:
        if test["protocol"] != "PAR-CPK@1":
            test.update(registered_on="2023-08-01", started_on="2023-08-05", ended_on="2023-10-31")
    g1["evaluated_on"] = evaluated_on
    assert decided(g1).grade == ("A+" if evaluated_on == "2026-10-31" else "U-EXPIRED")


@pytest.mark.parametrize("registered_on", ["2026-01-12", "2026-02-01", None])
def test_g12_a_plan_registered_too_late_counts_only_against_the_part(g1, decided, registered_on):
    for test in g1["tests"]:
        test["registered_on"] = registered_on
    decision = decided(g1)
    assert decision.grade == "U-INSUFFICIENT"
    assert "PLAN_UNREGISTERED" in codes(decision)


def test_a_failure_of_an_unregistered_plan_still_counts(g1, decided):
    further = {**g1["tests"][0], "registered_on": None}
    further["lots"] = [{"lot_code": "L9", "units": [{"count": 1, "lower": 500, "upper": 1000}]}]
    g1["tests"].append(further)
    decision = decided(g1)
    assert decision.figures["failures"] == 1
    assert decision.figures["unit_hours"] == pytest.approx(383_265_764, rel=1e-8)
    assert decision.vector["Q"] == "Q1"
