"""The calculator of a protocol's acceleration, through the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.protocols import load_library
from tests.integration.world import World

BOLTZMANN_EV_PER_K = 8.617333262e-5
ASKED = {"MLCC-HTL@1", "MLCC-BH@1", "RES-LL70@1", "SEMI-HTOL@1", "SEMI-THB@1"}
ASKED |= {"MAG-AGE@1", "MEMS-DRIFT@1", "OPT-AGE@1", "RFF-PWR@1", "TA-WG@1"}


@pytest.fixture
def anyone(founded: World) -> Iterator[FlaskClient]:
    app = create_app(founded.installation.settings, founded.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()


def said(anyone: FlaskClient, name: str, status: int = 200, **query: str) -> str:
    answer = anyone.get(f"/protocols/{name}", query_string=query, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def factor(page: str) -> float:
    found = re.search(r'data-factor="([^"]+)"', page)
    assert found
    return float(found[1])


def arrhenius(energy_ev: float, use_c: float, stress_c: float) -> float:
    return math.exp(energy_ev / BOLTZMANN_EV_PER_K * (1 / (use_c + 273.15) - 1 / (stress_c + 273.15)))


def test_a_semiconductor_at_its_own_use(anyone: FlaskClient) -> None:
    page = said(anyone, "SEMI-HTOL@1", **{"use.temperature_c": "70", "stress.junction_temperature_c": "150"})
    expected = arrhenius(0.7, 70.0, 150.0)
    assert factor(page) == pytest.approx(expected, rel=1e-12)
    hours = f"{round(1000 * expected, -1):,.0f}".replace(",", "\u202f")
    assert f"{hours} h, or {1000 * expected / 8760:.3g} years" in page
    # The careful end of 0.3 to 1.1 eV, with the four digits that are shown.
    assert f"{arrhenius(0.3, 70.0, 150.0):.4g}" in page


def test_a_use_harder_than_the_test_is_careful_at_the_other_end(anyone: FlaskClient) -> None:
    page = said(anyone, "SEMI-HTOL@1", **{"use.temperature_c": "140"})
    assert factor(page) == pytest.approx(arrhenius(0.7, 140.0, 125.0), rel=1e-12)
    assert "harder than the test" in page
    assert f"{arrhenius(1.1, 140.0, 125.0):.4g}" in page


def test_a_capacitor_takes_voltage_and_temperature_and_is_capped(anyone: FlaskClient) -> None:
    mild = {"use_condition": "UC-A", "stress.temperature_c": "125", "stress.voltage_ratio": "2"}
    assert factor(said(anyone, "MLCC-HTL@1", **mild)) == pytest.approx(4**3 * arrhenius(1.0, 85.0, 125.0))
    hard = said(anyone, "MLCC-HTL@1", **{**mild, "use.temperature_c": "25", "stress.temperature_c": "150"})
    assert factor(hard) == 20000
    assert "extrapolates further than is allowed" in hard
    assert "further than is allowed" not in said(anyone, "MLCC-HTL@1", **mild)


def test_a_resistor_takes_the_rise_of_its_film(anyone: FlaskClient) -> None:
    page = said(
        anyone,
        "RES-LL70@1",
        **{"attribute.thermal_resistance_k_per_w": "200", "attribute.rated_power_w": "0.25"},
    )
    assert factor(page) == pytest.approx(arrhenius(0.9, 55 + 50 * 0.25, 70 + 50))


def test_humidity(anyone: FlaskClient) -> None:
    page = said(anyone, "SEMI-THB@1", use_condition="UC-C", **{"use.humidity_rh": "50"})
    assert factor(page) == pytest.approx(min(1000, (85 / 50) ** 2.66 * arrhenius(0.79, 40.0, 85.0)))


def test_a_filter_takes_power_and_chip_temperature(anyone: FlaskClient) -> None:
    use = {"attribute.use_power_dbm": "24", "attribute.use_chip_temperature_c": "55"}
    page = said(anyone, "RFF-PWR@1", **{**use, "attribute.rated_power_dbm": "30"})
    # 9 dB below the test's power, to the third power; the mildest test stands at 55 °C ambient.
    assert factor(page) == pytest.approx(10 ** (0.9 * 3))
    assert factor(said(anyone, "RFF-PWR@1", **use)) == 1.0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("use.temperature_c", "55,5", "as decimal mark"),
        ("use.temperature_c", "-300", "out of range"),
        ("use.voltage_ratio", "nan", "out of range"),
        ("use.voltage_ratio", "0", "out of range"),
        ("stress.temperature_c", "90", "not one that this protocol allows"),
        ("stress.voltage_ratio", "inf", "not one that this protocol allows"),
        ("use_condition", "UC-R", "There is no use condition"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    anyone: FlaskClient, field: str, value: str, sentence: str
) -> None:
    page = said(anyone, "MLCC-HTL@1", 422, **{field: value})
    marked = re.findall(r'<p class="field bad">.*?</p>', page, re.DOTALL)
    assert len(marked) == 1
    assert f'id="{field}"' in marked[0]
    assert sentence in marked[0]
    assert "data-factor" not in page


def test_every_page_computes_or_says_why_not(anyone: FlaskClient) -> None:
    for name, protocol in load_library().protocols.items():
        page = said(anyone, name)
        assert ("data-factor" in page) == (name in ASKED)
        if name not in ASKED and (protocol.acceleration or protocol.by_family):
            assert "There is no calculator for this model" in page
