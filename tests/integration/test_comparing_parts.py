"""Parts side by side, on the page and by the interface."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ratedparts.catalogue.models import PublishedPart

from .test_life_of_a_certificate import take
from .test_the_columns_of_the_catalogue import publish


@pytest.fixture
def two(certified):
    """A certified part, and one of which there are only published data."""
    (other,) = publish(certified, "OTHER")
    with certified.work() as work:
        row = work.session.get_one(PublishedPart, other)
        row.attributes = {**row.attributes, "rated_voltage_v": 16}
    return [certified.facts["part_id"], other]


def asked(ids, more=""):
    return "&".join([*(f"part={one}" for one in ids), *([more] if more else [])])


def test_what_differs_is_marked_and_what_does_not_is_not(anyone, two):
    page = anyone.get(f"/parts/compare?lang=en&{asked(two)}").text
    lines = re.findall(r'<tr( class="differs")?><th scope="row">([^<]+)', page)
    marked = {title.strip() for differs, title in lines if differs}
    assert {"Grade", "Rated voltage", "Certificate"} <= marked
    assert not {"Maker", "Family", "Capacitance"} & marked
    assert "50 V" in page
    assert "16 V" in page
    assert "<rect" in page, "one of them has a bound to draw"


def test_at_a_use_the_figures_are_those_of_the_list(anyone, two):
    use = "use_temperature_c=105&use_voltage_ratio=0.8"
    answer = anyone.get(f"/api/v1/parts/compare?{asked(two, use)}").json["items"]
    listed = {one["id"]: one["at_use"] for one in anyone.get(f"/api/v1/parts?{use}").json["items"]}
    assert [one["id"] for one in answer] == [str(one) for one in two]
    assert [one["at_use"] for one in answer] == [listed[str(one)] for one in two]
    assert answer[0]["at_use"]["worst_failure_rate_90"] > 0
    page = anyone.get(f"/parts/compare?lang=zh&{asked(two, use)}").text
    assert "使用条件下的失效率" in page


@pytest.mark.parametrize("given", [[], ["x", "y"], [f"{n:032x}" for n in range(11)], ["0" * 32]])
def test_fewer_than_two_more_than_ten_and_what_is_no_part_are_refused(anyone, given):
    for address in ("/api/v1/parts/compare", "/parts/compare"):
        assert anyone.get(f"{address}?{asked(given)}").status_code == 422
    assert anyone.get("/api/v1/parts/compare?part=x&part=y").json["errors"][0]["code"] == "part_unknown"


def test_a_part_that_is_not_published_is_left_out_and_the_page_says_so(anyone, certified, two):
    take(certified, "suspend")
    page = anyone.get(f"/parts/compare?lang=en&{asked(two)}").text
    assert "OTHER-0" in page
    assert "EX-0603X7R104K" not in page
    assert "left out" in page
    unknown = [f"{n:032x}" for n in range(2)]
    assert anyone.get(f"/parts/compare?{asked(unknown)}").status_code == 404


def test_parts_certified_for_different_uses_are_not_drawn_on_one_axis(anyone, certified, two):
    with certified.work() as work:
        row = work.session.scalars(select(PublishedPart).where(PublishedPart.part_id == two[1])).one()
        row.vector = {**row.vector, "use_condition": "UC-I"}
        row.figures = {"failure_rate_90": 1e-8}
        first = work.session.get_one(PublishedPart, two[0])
        assert first.vector["use_condition"] != "UC-I"
    page = anyone.get(f"/parts/compare?lang=en&{asked(two)}").text
    assert "different use conditions" in page
    assert "<rect" not in page
    assert "<rect" in anyone.get(f"/parts/compare?lang=en&{asked(two, 'use=UC-A')}").text
