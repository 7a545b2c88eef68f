"""A rated part's page: at one's own use, and what would be better."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ratedparts.catalogue.models import PublishedPart
from ratedparts.catalogue.publishing import note_change
from ratedparts.catalogue.similar_parts import better_parts

from .test_the_columns_of_the_catalogue import publish

USE = {"use_temperature_c": "65 °C", "use_voltage_ratio": "0.6", "use_hours": "50000"}


@pytest.fixture
def part_id(certified):
    return certified.facts["part_id"]


def further(world, number, **changes):
    """Another part beside the certified one, rated as it is but for the changes."""
    (made,) = publish(world, number)
    with world.work() as work:
        first = work.session.scalars(
            select(PublishedPart).where(PublishedPart.part_id == world.facts["part_id"])
        ).one()
        row = work.session.get_one(PublishedPart, made)
        row.kind, row.grade, row.valid_until, row.evaluation_id = "generated", "C", first.valid_until, None
        row.example, row.vector, row.figures = True, dict(first.vector), dict(first.figures)
        for name, value in changes.items():
            setattr(row, name, value)
        note_change(work, made)
    return made


def better(world, part_id):
    here = world.installation
    with world.reading() as work:
        row = work.session.get_one(PublishedPart, part_id)
        now = round(work.at.timestamp() * 1e6)
        found = better_parts(work, here.read_model.view(work), row, here.library, now)
        return {one.part.part_number: set(one.axes) for one in found}


def test_a_part_says_at_my_use_what_the_list_says(anyone, part_id):
    listed = anyone.get("/api/v1/parts", query_string=USE).json["items"][0]["at_use"]
    assert anyone.get(f"/api/v1/parts/{part_id}", query_string=USE).json["at_use"] == listed
    page = anyone.get(f"/parts/{part_id}", query_string={"lang": "en", **USE}).text
    section = page[page.index('id="at-use"') :]
    assert "65 °C" in section
    assert "activation_energy" in section, "the model's parameters are named"
    assert 'value="50000"' in section, "what was typed stays"
    assert anyone.get(f"/api/v1/parts/{part_id}").json["at_use"] is None


def test_a_use_that_is_none_is_said_beside_its_field(anyone, part_id):
    page = anyone.get(f"/parts/{part_id}?lang=en&use_temperature_c=hot&use_voltage_ratio=1")
    assert page.status_code == 422
    assert re.search(r'id="use_temperature_c-wrong">[^<]+<', page.text)
    answer = anyone.get(f"/api/v1/parts/{part_id}?use_temperature_c=hot&use_voltage_ratio=1")
    assert (answer.status_code, answer.json["errors"][0]["column"]) == (422, "use_temperature_c")


def test_parts_that_are_better_on_an_axis_are_named_with_it(certified, anyone, part_id):
    with certified.reading() as work:
        first = work.session.get_one(PublishedPart, part_id)
        rate, values, own = first.figures["failure_rate_90"], first.attributes, first.vector
    here = certified
    further(here, "SAME")
    further(here, "LOWER", figures={**first.figures, "failure_rate_90": rate / 2})
    further(here, "HARDLY", figures={**first.figures, "failure_rate_90": rate / 1.1})
    further(here, "OTHER-VOLTAGE", attributes={**values, "rated_voltage_v": 999}, grade="A+")
    further(here, "OTHER-USE", vector={**own, "use_condition": "UC-R"}, grade="A+")
    further(here, "LIVES-LONGER", figures={**first.figures, "b10_lower_90": 2e9})
    assert better(here, part_id) == {"LOWER-0": {"failure_rate"}, "LIVES-LONGER-0": {"life"}}
    page = anyone.get(f"/parts/{part_id}?lang=en").text
    assert "lower failure rate" in page
    told = anyone.get(f"/api/v1/parts/{part_id}").json["better"]
    assert {one["part_number"]: one["axes"] for one in told} == {
        "LOWER-0": ["failure_rate"],
        "LIVES-LONGER-0": ["life"],
    }


def test_the_evidence_is_offered_where_the_part_is_shown(anyone, part_id):
    page = anyone.get(f"/parts/{part_id}?lang=en").text
    bundle = re.search(r'href="(/certificates/[^"]+/bundle.zip)"', page)
    assert bundle is not None
    assert anyone.get(bundle[1]).status_code == 200
