"""How often a failure-rate test is passed: against facts 6.8 and the printed points of MIL-STD-690D."""

import math

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.reliability import RateCharacteristic

MULTIPLES = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
# At half the limit without a failure it is the square root of 0.4, 0.6325: .632, where the facts print .633.
PRINTED = {
    (0.60, 0): ".955 .912 .795 .632 .400 .253 .160 .064 .010",
    (0.60, 1): ".995 .982 .908 .732 .400 .194 .088 .016 .0005",
    (0.60, 2): ".999 .996 .956 .796 .400 .157 .053 .005 .0000",
    (0.90, 0): ".891 .794 .562 .316 .100 .032 .010 .001 .0000",
    (0.90, 1): ".983 .941 .746 .421 .100 .020 .004 .0001 –",
    (0.90, 2): ".997 .983 .850 .503 .100 .014 .002 – –",
}


@pytest.mark.parametrize(("confidence", "accept"), list(PRINTED))
def test_the_printed_probabilities(confidence, accept):
    found = RateCharacteristic(accept, confidence).acceptance(MULTIPLES)
    for value, printed in zip(found, PRINTED[confidence, accept].split(), strict=True):
        if printed == "–":
            assert value < 0.00005 * 5
            continue
        digits = len(printed) - 1
        assert f"{value:.{digits}f}".removeprefix("0") == printed


# True rates, in limits, that qualify 19 times of 20 and that fail 9 times of 10 (table III of MIL-STD-690D).
TABLE_III = [
    (0.60, 0, 0.06, 2.51),
    (0.60, 1, 0.18, 1.92),
    (0.60, 2, 0.26, 1.71),
    (0.60, 5, 0.42, 1.47),
    (0.60, 10, 0.54, 1.34),
    (0.90, 0, 0.02, 1.0),
    (0.90, 1, 0.09, 1.0),
    (0.90, 10, 0.40, 1.0),
]


@pytest.mark.parametrize(("confidence", "accept", "good", "bad"), TABLE_III)
def test_the_points_of_the_standard(confidence, accept, good, bad):
    curve = RateCharacteristic(accept, confidence)
    for printed, passed in ((good, 0.95), (bad, 0.10)):
        below, above = curve.acceptance([printed - 0.005, printed + 0.005])
        assert above <= passed + 1e-9
        assert below >= passed - 1e-9


def test_without_a_failure_the_curve_is_an_exponential():
    curve = RateCharacteristic(0, 0.90)
    assert float(curve.acceptance(0.3)) == pytest.approx(0.1**0.3, rel=1e-13)
    assert float(curve.acceptance(0.0)) == 1.0
    assert curve.consumers_risk == pytest.approx(0.10)


@pytest.mark.parametrize("multiple", [-0.1, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(multiple):
    with pytest.raises(RatedPartsError) as refusal:
        RateCharacteristic(0, 0.9).acceptance([1.0, multiple])
    assert refusal.value.code == "failure_rate_not_positive"


@pytest.mark.parametrize(
    ("accept", "confidence", "code"),
    [(-1, 0.9, "count_negative"), (0, 1.0, "confidence_outside_unit_interval")],
)
def test_a_plan_that_is_none_is_refused(accept, confidence, code):
    with pytest.raises(RatedPartsError) as refusal:
        RateCharacteristic(accept, confidence)
    assert refusal.value.code == code
