"""The Weibull plot: honest where there is no fit, the same bytes every time, readable without eyes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ratedparts.certificates.plot_words import plot_summary
from ratedparts.certificates.plotted_lives import LifeBound, LifeGroup, PlottedLives, failed_fractions
from ratedparts.certificates.weibull_plot import weibull_plot_svg
from ratedparts.errors import RatedPartsError
from ratedparts.reliability import LifeSample

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[2]
NIST = (54, 187, 216, 240, 244, 335, 361, 373, 375, 386)  # NIST 8.4.1.3, ten more sound at 500 h

NO_FAILURE = PlottedLives(
    (LifeGroup(231, 1659159.2, None),), bounds=(LifeBound(0.01, 1662579.0),), design_life=87600.0
)
INTERVALS = PlottedLives(
    (
        LifeGroup(6, 0.0, 48.0),
        LifeGroup(2, 48.0, 168.0),
        LifeGroup(2, 168.0, 500.0),
        LifeGroup(1, 500.0, 1000.0),
        LifeGroup(220, 1000.0, None),
    ),
    bounds=(LifeBound(0.01, 0.0001746),),
    acceleration_factor="77.6453",
    use_condition="UC-I",
)
EXACT = PlottedLives((*(LifeGroup(1, t, t) for t in NIST), LifeGroup(10, 500.0, None)))
ONE_FAILURE = PlottedLives((LifeGroup(1, 500.0, 1000.0), LifeGroup(76, 2000.0, None)), unit="cycles")
ALL = {"none": NO_FAILURE, "intervals": INTERVALS, "exact": EXACT, "one": ONE_FAILURE}


@pytest.mark.parametrize(
    ("name", "language"),
    [("none", "zh"), ("none", "en"), ("intervals", "zh"), ("exact", "en"), ("one", "zh-en")],
)
def test_every_kind_of_sample_gives_an_svg_with_its_words(name: str, language: str) -> None:
    drawn = ElementTree.fromstring(weibull_plot_svg(ALL[name], language=language))
    assert drawn.get("role") == "img"
    description = drawn.find(f"{SVG}desc")
    assert description is not None
    assert description.text == plot_summary(ALL[name], language)
    assert f"{description.get('id')}" in str(drawn.get("aria-labelledby"))
    assert not drawn.findall(f".//{SVG}text"), "text would need a font where it is shown"


def test_without_a_failure_the_plot_tells_the_bound_and_no_line() -> None:
    said = plot_summary(NO_FAILURE, "en")
    assert "231 units on test, no failure" in said
    assert "no more than 0.992 % fail by 1,659,000 h" in said  # 1 - 0.1 ** (1 / 231), rounded up
    assert "fit" not in said
    assert "无失效" in plot_summary(NO_FAILURE, "zh")


def test_one_failure_is_too_few_for_a_line() -> None:
    said = plot_summary(ONE_FAILURE, "en")
    assert "1 failed; too few failures for a fit" in said
    assert "cycles" in said


def test_exact_failures_bring_the_published_fit() -> None:
    assert "shape 1.72, characteristic life 607 h" in plot_summary(EXACT, "en")


def test_readouts_bring_the_fit_of_intervals() -> None:
    assert "shape 0.198" in plot_summary(INTERVALS, "en")


def test_failures_in_one_interval_bring_no_line() -> None:
    lives = PlottedLives((LifeGroup(9, 100.0, 200.0), LifeGroup(50, 400.0, None)))
    assert "too few failures for a fit" in plot_summary(lives, "en")
    assert weibull_plot_svg(lives, language="en")


def test_the_plotting_positions_are_johnsons_ranks() -> None:
    # A suspension before a failure raises its rank by a share of the ranks that are left.
    sample = LifeSample([10.0, 20.0, 30.0, 40.0, 50.0], [10.0, np.inf, 30.0, np.inf, 50.0])
    _, ends, fractions = failed_fractions(sample)
    ranks = np.array([1.0, 1.0 + 5.0 / 4.0, 1.0 + 5.0 / 4.0 + 3.75 / 2.0])
    assert ends.tolist() == [10.0, 30.0, 50.0]
    assert fractions == pytest.approx((ranks - 0.3) / 5.4)


def test_a_point_of_several_failures_has_the_rank_of_the_last() -> None:
    _, ends, fractions = failed_fractions(LifeSample([0.0, 100.0], [100.0, np.inf], [3, 7]))
    assert ends.tolist() == [100.0]
    assert fractions == pytest.approx([(3 - 0.3) / 10.4])


def test_two_processes_draw_the_same_bytes_without_pyplot() -> None:
    program = (
        "import hashlib, sys\n"
        "from tests.integration.test_weibull_plot import INTERVALS\n"
        "from ratedparts.certificates.weibull_plot import weibull_plot_svg\n"
        "assert 'matplotlib' not in sys.modules\n"
        "print(hashlib.sha256(weibull_plot_svg(INTERVALS, language='zh')).hexdigest())\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    here = hashlib.sha256(weibull_plot_svg(INTERVALS, language="zh")).hexdigest()
    assert other.stdout.strip() == here


def test_a_title_is_written_and_never_read_as_markup() -> None:
    drawn = ElementTree.fromstring(
        weibull_plot_svg(NO_FAILURE, language="en", title="<script>$x^2$</script> & $")
    )
    title = drawn.find(f"{SVG}title")
    assert title is not None
    assert title.text == "<script>$x^2$</script> & $"


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(RatedPartsError, match="lives_not_plottable"):
        weibull_plot_svg(PlottedLives(()), language="en")
    with pytest.raises(RatedPartsError, match="lives_not_plottable"):
        weibull_plot_svg(PlottedLives((LifeGroup(5, 0.0, None),)), language="en")
    with pytest.raises(RatedPartsError, match="language_unknown"):
        weibull_plot_svg(EXACT, language="fr")
    with pytest.raises(RatedPartsError, match="glyph_missing"):
        weibull_plot_svg(EXACT, language="en", title="😀")
