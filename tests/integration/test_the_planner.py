"""What a test would prove, through the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from tests.integration.world import World

BOLTZMANN_EV_PER_K = 8.617333262e-5
# Its own use is the test's: a factor of one, so that every figure can be worked out by hand.
UNACCELERATED = {
    "family": "ic",
    "use.temperature_c": "125",
    "lots": "3",
    "units_per_lot": "100",
    "hours": "10000",
    "accept": "0",
    "years": "10",
}


@pytest.fixture
def anyone(founded: World) -> Iterator[FlaskClient]:
    app = create_app(founded.installation.settings, founded.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


def said(anyone: FlaskClient, status: int = 200, language: str = "en", **query: str) -> str:
    answer = anyone.get("/planner", query_string=query, headers={"Accept-Language": language})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def row(page: str, mark: str) -> str:
    found = re.search(rf"<tr {mark}>.*?</tr>", page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0].replace("\u202f", "")))


def test_without_a_failure_the_bounds_are_logarithms(anyone: FlaskClient) -> None:
    page = said(anyone, **UNACCELERATED)
    none = row(page, 'data-failures="0"')
    # -ln(0.4) / 3e6 h = 305.4 FIT and -ln(0.1) / 3e6 h = 767.5 FIT, both rounded up; FR6 is 1000 FIT.
    assert "306 FIT · FR6" in none
    assert "768 FIT · FR6" in none
    assert " A " in none
    # One failure: chi2(0.9; 4) / 2 = 3.8897, so 1297 FIT; FR6 is met at 60 % (2.0223 / 3e6 h) alone.
    one = row(page, 'data-failures="1"')
    assert "675 FIT · FR6" in one
    assert "1300 FIT · FR5" in one
    assert " B " in one
    assert "not accepted" in one
    assert "not accepted" not in none


def test_lives_are_the_worst_of_the_range_of_shapes(anyone: FlaskClient) -> None:
    none = row(said(anyone, **UNACCELERATED), 'data-failures="0"')
    # 10,000 h (300 (-ln 0.9) / (-ln 0.1)) ** (1 / shape), smallest over 0.5 to 2.
    b10 = min(1e4 * (300 * -math.log(0.9) / math.log(10)) ** (1 / shape) for shape in (0.5, 2.0))
    b1 = min(1e4 * (300 * -math.log(0.99) / math.log(10)) ** (1 / shape) for shape in (0.5, 2.0))
    assert f"{math.floor(b10 / 100) * 100} h" in none
    assert f"{math.floor(b1 / 100) * 100} h" in none


def test_what_a_grade_needs(anyone: FlaskClient) -> None:
    page = said(anyone, **UNACCELERATED)
    # A+ of active parts is FR7 at 90 %: ln(10) / 1e-7 h = 23.03e6 unit-hours.
    best = row(page, 'data-grade="A\\+"')
    assert "23030000" in best
    assert " 2303 " in best
    # Rounded up: 76,753 hours are needed, and 76,750 would not do.
    assert " 76760 " in best
    # A test of a tenth of ten years is the harder, the faster the hazard grows: shape 2.
    size = math.ceil(math.log(0.1) / ((1e4 / 87600) ** 2 * math.log(0.9)))
    assert f" {size} " in row(page, 'data-life="10"')


def test_the_chances_are_those_of_no_failure_among_all_units(anyone: FlaskClient) -> None:
    page = said(anyone, **UNACCELERATED).replace("\u202f", "")
    # Passed half of the time: exp(-3e6 rate) = 0.5, so 231.05 FIT; one time in ten: 767.5 FIT.
    assert re.search(r"232 FIT</td><td[^>]*>50 %", page)
    assert re.search(r"768 FIT</td><td[^>]*>10 %", page)


def test_acceleration_multiplies_the_hours(anyone: FlaskClient) -> None:
    page = said(anyone, **{**UNACCELERATED, "use.temperature_c": "55"})
    factor = math.exp(0.7 / BOLTZMANN_EV_PER_K * (1 / 328.15 - 1 / 398.15))
    rate = -math.log(0.1) / (3e6 * factor) * 1e9
    assert f"{math.ceil(rate * 100) / 100:.2f} FIT" in row(page, 'data-failures="0"')


def test_a_test_far_longer_than_the_life_needs_one_unit_for_it(anyone: FlaskClient) -> None:
    query = {
        "family": "mlcc_class2",
        "stress.temperature_c": "150",
        "stress.voltage_ratio": "2",
        "accept": "1",
    }
    page = said(anyone, **query, **{"use.temperature_c": "25"})
    assert " 2 " in row(page, 'data-life="1"')


def test_a_small_test_is_said_to_be_too_small(anyone: FlaskClient) -> None:
    page = said(anyone, **{**UNACCELERATED, "lots": "1", "units_per_lot": "21"})
    assert "Too small to be rated" in page
    assert " U " in row(page, 'data-failures="0"')
    assert "Too small" not in said(anyone, **UNACCELERATED)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lots", "0"),
        ("lots", "three"),
        ("units_per_lot", "1.5"),
        ("hours", "nan"),
        ("hours", "1e9"),
        ("accept", "300"),
        ("accept", "-1"),
        ("years", "0"),
        ("use.temperature_c", "warm"),
        ("stress.junction_temperature_c", "110"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(anyone: FlaskClient, field: str, value: str) -> None:
    page = said(anyone, 422, **{**UNACCELERATED, field: value})
    marked = re.findall(r'<p class="field bad">.*?</p>', page, re.DOTALL)
    assert len(marked) == 1
    assert f'id="{field}"' in marked[0]
    assert 'class="wrong"' in marked[0]
    assert "data-failures" not in page


def test_a_family_that_is_not_rated_is_refused(anyone: FlaskClient) -> None:
    assert "not rated" in said(anyone, 422, family="tantalum_solid")
    assert "data-failures" not in said(anyone)


def test_every_rated_family_has_an_answer_in_both_languages(anyone: FlaskClient) -> None:
    families = re.findall(r'<option value="(\w+)"', said(anyone))
    # Every family that is rated: by an acceleration that can be asked for, or by a success run.
    assert len(families) == 28
    for family in families:
        for language in ("en", "zh-CN"):
            assert 'data-failures="0"' in said(anyone, language=language, family=family)


def test_a_success_run_shows_a_share_of_good_contacts(anyone: FlaskClient) -> None:
    page = said(anyone, family="backplane", lots="1", units_per_lot="230", accept="0")
    none = row(page, 'data-failures="0"')
    # 0.4 ** (1 / 230) and 0.1 ** (1 / 230), rounded down.
    assert "99.6 %" in none
    assert "99 %" in none
    assert " A " in none
    assert " B " in row(page, 'data-failures="1"')  # 388 contacts would be needed for A
    for grade, units in (("A\\+", 2302), ("A", 230), ("B", 92), ("C", 18)):
        assert f" {units} " in row(page, f'data-grade="{grade}"')
    # Half of all runs are passed where 0.5 ** (1 / 230) are good.
    assert f"{100 * 0.5 ** (1 / 230):.4g} %" in page
    small = said(anyone, family="backplane", lots="1", units_per_lot="6")
    assert "Too small to be rated" in small
    assert "data-failures" not in said(anyone, 422, family="backplane", units_per_lot="0")


def test_a_light_source_is_planned_by_the_energy_of_random_failures(anyone: FlaskClient) -> None:
    page = said(anyone, family="laser_dfb", **{"use.temperature_c": "55", "stress.temperature_c": "85"})
    factor = math.exp(0.35 / BOLTZMANN_EV_PER_K * (1 / 328.15 - 1 / 358.15))
    assert f"{factor:.4g}" in page
    assert "At most 10 % fail within" not in page  # its life comes from drift, which no plan knows


def test_aluminium_and_tantalum_age_each_by_their_own_model(anyone: FlaskClient) -> None:
    hot = {"stress.temperature_c": "105", "use_condition": "UC-A"}
    assert re.search(r"Acceleration factor</dt><dd>4<", said(anyone, family="al_polymer", **hot))
    tantalum = said(anyone, family="ta_polymer", **{**hot, "stress.voltage_ratio": "1"})
    assert re.search(r"Acceleration factor</dt><dd>1<", tantalum)


def test_the_ways_to_it(anyone: FlaskClient) -> None:
    for page in ("/protocols", "/"):
        assert 'href="/planner"' in anyone.get(page).get_data(as_text=True)
