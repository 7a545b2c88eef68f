"""A part is registered from quantities as people write them, after the maker has seen what was read."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ratedparts.app import create_app
from ratedparts.audit.service import first_broken_line, length
from ratedparts.submissions import parts
from ratedparts.submissions.models import Part
from tests.integration.test_pages_and_interface import forged_proof, signed_in
from tests.integration.world import World

WRITTEN = {
    "part_number": "GX-0603-104K",
    "attribute.capacitance_nf": "0.1 uF",
    "attribute.rated_voltage_v": "50",
    "attribute.dielectric": "X7R",
    "attribute.upper_category_temperature_c": "125 ℃",
    "attribute.tolerance_percent": "K",
    "attribute.package": "0603",
    "limit.cap_nF.low": "90n",
    "limit.cap_nF.high": "0.11 µF",
    "use_condition": "UC-A",
    "design_life_hours": "10 years",
}
Post = Callable[..., Any]


@pytest.fixture
def maker(founded: World) -> Iterator[FlaskClient]:
    app = create_app(founded.installation.settings, founded.clock)
    yield signed_in(app, "maker")
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def post(founded: World, maker: FlaskClient) -> Post:
    """Post the form of a new capacitor, with some fields changed."""
    with founded.work() as work:
        series = parts.register_series(
            work,
            founded.cast["maker"],
            founded.library,
            family="mlcc_class2",
            name="GX-0603",
            similarity="One body, one paste, one line.",
        )
    path = f"/maker/series/{series.id}/parts/new"

    def send(language: str = "en", **changed: str) -> Any:
        fields = {**WRITTEN, **{name.replace("__", "."): value for name, value in changed.items()}}
        proof = forged_proof(maker.get(path))
        return maker.post(f"{path}?lang={language}", data={**fields, "csrf_token": proof})

    return send


def kept(world: World) -> list[Part]:
    with world.database.reading() as work:
        return list(work.session.scalars(select(Part)))


def lines_of_the_audit_log(world: World) -> int:
    with world.database.reading() as work:
        assert first_broken_line(work) is None
        return length(work)


def said(answer: Any) -> str:
    """The text of the page's main part."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of the page's own form, as a browser would send them."""
    main = answer.text[answer.text.index("<main") :]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main)
    return {html.unescape(name): html.unescape(value) for name, value in pairs}


def test_what_was_read_is_shown_before_anything_is_kept(post: Post, founded: World) -> None:
    before = lines_of_the_audit_log(founded)
    answer = post()
    assert answer.status_code == 200
    page = said(answer)
    assert "This is what we read" in page
    for row in (
        "Capacitance 0.1 uF 100 nF",
        "Rated voltage 50 without unit, so in V 50 V",
        "Upper category temperature 125 ℃ 125 °C",
        "Tolerance K ±10 %",
        "Capacitance at least 90n 90 nF",
        "Capacitance at most 0.11 µF 110 nF",
        "Declared design life 10 years 87600 h, which is 10 years",
    ):
        assert row in page
    assert kept(founded) == []
    assert lines_of_the_audit_log(founded) == before


def test_what_was_shown_is_what_is_kept(post: Post, maker: FlaskClient, founded: World) -> None:
    answer = post()
    fields = hidden(answer)
    assert {name: fields[name] for name in WRITTEN} == WRITTEN
    done = maker.post(answer.request.path, data={**fields, "confirmed": "yes"})
    assert done.status_code == 302
    (part,) = kept(founded)
    assert part.attributes == {
        "capacitance_nf": 100.0,
        "rated_voltage_v": 50.0,
        "dielectric": "X7R",
        "upper_category_temperature_c": 125.0,
        "tolerance_percent": 10.0,
        "package": "0603",
    }
    assert part.limits == {"cap_nF": [90.0, 110.0]}
    assert part.design_life_hours == 87_600.0
    page = said(maker.get(done.location, query_string={"lang": "en"}))
    assert "Capacitance 100 nF" in page
    assert "Tolerance ±10 %" in page
    again = maker.post(answer.request.path, data={**fields, "confirmed": "yes"})
    assert again.status_code == 422
    assert len(kept(founded)) == 1


def test_the_maker_can_go_back_and_finds_everything_as_it_was_written(
    post: Post, maker: FlaskClient, founded: World
) -> None:
    answer = post()
    back = maker.post(answer.request.path, data={**hidden(answer), "change": "yes"})
    assert back.status_code == 200
    assert 'value="0.1 uF"' in back.text
    assert "Read as 100 nF" in said(back)
    assert kept(founded) == []


def test_every_fault_is_named_at_once_and_what_was_read_stands_beside_its_field(
    post: Post, founded: World
) -> None:
    answer = post(
        part_number="no blanks please",
        attribute__capacitance_nf="0,1 µF",
        attribute__rated_voltage_v="100 nF",
        attribute__tolerance_percent="F",
        attribute__dielectric="",
        limit__cap_nF__low="2 µF",
        design_life_hours="for ever",
        confirmed="yes",
    )
    assert answer.status_code == 422
    page = said(answer)
    for sentence in (
        "“0,1 µF” has a comma, a blank or another mark between its digits.",
        "“100 nF” is in nF, the unit of another kind of quantity. Expected is µV, mV, V or kV.",
        "The letter F states per cent or, for a capacitor below 10 pF, picofarads.",
        "“for ever” is not a number with its unit. A number alone is in h.",
        "Read as 125 °C",
        "Read as 110 nF",
    ):
        assert sentence in page
    wrong = set(re.findall(r'id="([^"]+)-wrong-\d"', answer.text))
    assert wrong == {
        "part_number",
        "attribute.capacitance_nf",
        "attribute.rated_voltage_v",
        "attribute.tolerance_percent",
        "attribute.dielectric",
        "limit.cap_nF.low",
        "design_life_hours",
    }
    assert kept(founded) == []


def test_an_unreadable_field_is_not_said_to_be_missing_as_well(post: Post) -> None:
    answer = post(attribute__capacitance_nf="much")
    assert len(re.findall(r'id="attribute.capacitance_nf-wrong-\d"', answer.text)) == 1


def test_what_is_out_of_range_is_named_as_it_was_written(post: Post) -> None:
    assert "-5 V is out of range; expected is at least 0 V." in said(post(attribute__rated_voltage_v="-5 V"))


def test_a_megafarad_is_never_taken_for_a_millifarad(post: Post) -> None:
    assert "Capacitance 10 MF 10000000 F" in said(post(attribute__capacitance_nf="10 MF"))
    assert "Capacitance 10 mF 10000 µF" in said(post(attribute__capacitance_nf="10 mF"))


def test_chinese_makers_read_it_in_chinese(post: Post) -> None:
    page = said(post("zh", attribute__capacitance_nf="０.１㎌", design_life_hours="10 年"))
    assert "这是读取的结果" in page
    assert "电容量 ０.１㎌ 100 nF" in page
    assert "额定电压 50 未写单位，按 V 读取 50 V" in page
    assert "允许偏差 K ±10%" in page
    assert "10 年 87600 h，即 10 年" in page
    refused = said(post("zh", attribute__rated_voltage_v="50 v"))
    assert "“50 v”的单位为“v”。大小写含义不同，请写 V。" in refused
    assert "读取为 100 nF" in refused


def test_plain_numbers_still_do(post: Post, maker: FlaskClient, founded: World) -> None:
    answer = post(
        attribute__capacitance_nf="100",
        attribute__upper_category_temperature_c="125",
        attribute__tolerance_percent="10",
        limit__cap_nF__low="90",
        limit__cap_nF__high="1.1e2",
        design_life_hours="87600",
        confirmed="yes",
    )
    assert answer.status_code == 302
    assert re.search(r"/maker/parts/[0-9a-f-]{36}$", answer.location)
    (part,) = kept(founded)
    assert (part.attributes["capacitance_nf"], part.limits) == (100.0, {"cap_nF": [90.0, 110.0]})
    assert part.id == uuid.UUID(answer.location.rsplit("/", 1)[1])


@pytest.mark.parametrize("written", ["<b>1</b>", "1" * 5000, "\x07", "{x}", "%s", "１/０ W", "'\"--"])
def test_a_senseless_quantity_is_refused_and_comes_back_as_text(post: Post, written: str) -> None:
    answer = post(attribute__capacitance_nf=written)
    assert answer.status_code in (400, 422)
    assert "<b>1" not in answer.text
