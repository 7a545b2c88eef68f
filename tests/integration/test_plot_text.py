"""The plot of the certificate's page: the same drawing, with text where there were outlines."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ratedparts.certificates.plot_text import words_as_text
from ratedparts.certificates.plotted_lives import LifeGroup, PlottedLives
from ratedparts.certificates.weibull_plot import weibull_plot_svg
from tests.integration.test_certificate_pdf import pages_text, rendered
from tests.integration.test_weibull_plot import ALL, EXACT, INTERVALS, ONE_FAILURE

SVG = "{http://www.w3.org/2000/svg}"
REFERENCE = "{http://www.w3.org/1999/xlink}href"


def texts(svg: bytes) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ALL)
def test_every_word_is_text_and_no_outline_of_a_glyph_is_left(name: str) -> None:
    drawn = weibull_plot_svg(ALL[name], language="zh-en")
    written = words_as_text(drawn)
    assert "威布尔概率图  Weibull probability plot" in texts(written)
    assert len(texts(written)) == drawn.count(b"<!-- ")
    assert b"NotoSansSC-Regular-" not in written
    assert len(written) < len(drawn) / 3


def test_what_is_no_word_stays_and_nothing_refers_to_what_is_gone() -> None:
    svg = weibull_plot_svg(INTERVALS, language="zh-en")
    drawn, written = (ElementTree.fromstring(one) for one in (svg, words_as_text(svg)))
    kept = {str(one.get("id")) for one in written.iter(f"{SVG}path")} - {"None"}
    assert {str(one.get(REFERENCE)).removeprefix("#") for one in written.iter(f"{SVG}use")} == kept
    marks = [one for one in drawn.iter(f"{SVG}use") if "NotoSansSC" not in str(one.get(REFERENCE))]
    assert len(list(written.iter(f"{SVG}use"))) == len(marks)


def test_words_stand_where_their_outlines_stood() -> None:
    written = ElementTree.fromstring(words_as_text(weibull_plot_svg(ONE_FAILURE, language="zh")))
    (upright,) = (one for one in written.iter(f"{SVG}text") if one.text == "累积失效比例 / %")
    assert "rotate(-90)" in str(upright.get("transform"))
    assert upright.get("font-size") == "8"


def test_marks_of_xml_are_read_as_they_were_written() -> None:
    drawn = weibull_plot_svg(EXACT, language="en", title="R&D <5> office")
    assert "R&D <5> office" in texts(words_as_text(drawn))


def test_a_drawing_of_which_a_word_is_not_known_keeps_all_its_outlines() -> None:
    drawn = weibull_plot_svg(EXACT, language="en", title="a--b")  # a comment may not say that
    assert words_as_text(drawn) == drawn
    lives = PlottedLives((LifeGroup(5, 100.0, None),))
    other = weibull_plot_svg(lives, language="en").replace(b"scale(", b"skewX(")
    assert words_as_text(other) == other


def test_the_words_of_the_plot_can_be_searched_in_the_file() -> None:
    assert "Weibull probability plot" in "".join(pages_text(rendered()))
