"""Parts compared at a designer's own use: the same figures as the certificate's, and as the evidence's."""

from __future__ import annotations

import pytest

from ratedparts.certificates.standing import certificate_by_number
from ratedparts.grading import RULE_SETS, read_dossier
from ratedparts.grading.at_use import Phase, at_condition, figures_at_use, over_mission
from ratedparts.proofs import parse_json

from .test_life_of_a_certificate import take

A_DECADE = at_condition(40, 0.3, hours=87600)
HARSH = "use_temperature_c=105&use_voltage_ratio=0.8"


def found(anyone, query):
    answer = anyone.get(f"/api/v1/parts?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def exactly(world, question):
    with world.reading() as work:
        evaluation = certificate_by_number(work, world.facts["number"]).intent.review.evaluation
        dossier = read_dossier(evaluation.dossier)
    return figures_at_use(dossier, world.library, RULE_SETS[dossier.rule_set], question)


def test_at_the_certificate_s_own_condition_the_figures_are_the_certificate_s(anyone, certified):
    (part,) = found(anyone, "use=UC-C")
    own = part["vector"]["use_condition"]
    (part,) = found(anyone, f"use={own}")
    for name in ("failure_rate_60", "failure_rate_90", "b1_lower_90", "b10_lower_90"):
        assert part["at_use"][name] == part["figures"][name], name
    page = anyone.get(f"/parts?lang=en&use={own}").text
    certificate = parse_json(anyone.get(f"/api/v1/certificates/{part['certificate_number']}/credential").data)
    assert certificate["credentialSubject"]["use_condition"]["code"] == own
    assert "At my use" in page


@pytest.mark.parametrize(
    ("query", "question"),
    [
        (HARSH, at_condition(105, 0.8)),
        ("use_temperature_c=313.15 K", None),
        (
            "use_temperature_c=40 °C&use_voltage_ratio=0.3&use_hours=10 years",
            at_condition(40, 0.3, hours=87600),
        ),
        (
            "mission=20 %25 85 °C 0.8; 80 %25 40 0.5",
            over_mission([Phase(0.2, 85, 0.8), Phase(0.8, 40, 0.5)]),
        ),
    ],
)
def test_at_any_use_they_are_those_of_the_evidence(anyone, certified, query, question):
    if question is None:
        answer = anyone.get(f"/api/v1/parts?{query}")
        assert answer.status_code == 422, "kelvin are not turned into degrees, and the ratio is missing"
        return
    (part,) = found(anyone, query)
    exact = exactly(certified, question)
    for name in ("failure_rate_60", "failure_rate_90", "b1_lower_90", "b10_lower_90"):
        assert part["at_use"][name] == pytest.approx(exact.figures[name], rel=1e-9), name
    assert part["at_use"]["extrapolated"] == [caution.code for caution in exact.extrapolated]
    assert part["at_use"]["models"][0]["parameters"]


def test_a_harsher_use_shows_more_and_may_leave_a_part_out(anyone):
    (mild,), (harsh,) = found(anyone, "use=UC-C"), found(anyone, HARSH)
    rate = harsh["at_use"]["worst_failure_rate_90"]
    assert rate > mild["at_use"]["worst_failure_rate_90"]
    enough, too_little = f"{rate * 1e9 * 1.001:.6g}", f"{rate * 1e9 * 0.999:.6g}"
    assert len(found(anyone, f"{HARSH}&use_rate_max={enough}")) == 1
    assert found(anyone, f"{HARSH}&use_rate_max={too_little}") == []
    nothing = anyone.get(f"/parts?lang=en&{HARSH}&use_rate_max={too_little}").text
    assert "Nothing found" in nothing
    assert "at most" in nothing


def test_a_use_beyond_the_tests_is_answered_and_said_to_be_extrapolated(anyone):
    hot = "use_temperature_c=150&use_voltage_ratio=1.2"
    (part,) = found(anyone, hot)
    assert {"hotter_than_tested", "hotter_than_rated", "more_voltage_than_rated"} <= set(
        part["at_use"]["extrapolated"]
    )
    for language, said in (("en", "extrapolated"), ("zh", "外推")):
        assert said in anyone.get(f"/parts?lang={language}&{hot}").text


@pytest.mark.parametrize(
    ("query", "column", "code"),
    [
        ("use_temperature_c=85", "use_voltage_ratio", "key_missing"),
        ("use_voltage_ratio=0.5", "use_temperature_c", "key_missing"),
        ("use_temperature_c=900&use_voltage_ratio=0.5", "use_temperature_c", "out_of_range"),
        ("use_temperature_c=85&use_voltage_ratio=0", "use_voltage_ratio", "out_of_range"),
        ("use_temperature_c=hot&use_voltage_ratio=0.5", "use_temperature_c", "quantity_format"),
        ("use=UC-Z", "use", "not_a_choice"),
        ("mission=50 %25 85 0.8", "mission", "profile_fractions"),
        ("mission=hot", "mission", "phase_format"),
        ("mission=" + "1 %25 85 0.8;" * 400, "mission", "mission_too_long"),
        ("use_rate_max=50", "use_temperature_c", "use_not_stated"),
        ("sort=rate_at_use", "use_temperature_c", "use_not_stated"),
        ("use=UC-C&use_hours=0", "use_hours", "out_of_range"),
    ],
)
def test_what_is_no_use_is_refused_on_page_and_interface(anyone, query, column, code):
    answer = anyone.get(f"/api/v1/parts?{query}")
    assert answer.status_code == 422
    assert (column, code) in {(one["column"], one["code"]) for one in answer.json["errors"]}
    assert anyone.get(f"/parts?{query}").status_code == 422


def test_a_program_of_before_leaves_figures_to_be_computed_at_the_next_start(certified):
    from sqlalchemy import select

    from ratedparts.catalogue.models import PublishedPart

    with certified.work() as work:
        row = work.session.scalars(select(PublishedPart)).one()
        kept = row.use_response
        row.use_response, row.situation_id, row.use_numbers = None, None, {}
    certified.installation.prepare()
    with certified.reading() as work:
        row = work.session.scalars(select(PublishedPart)).one()
        assert row.use_response == kept
        assert row.situation_id is not None


def test_what_is_suspended_is_compared_no_more(anyone, certified):
    take(certified, "suspend")
    certified.run_jobs()
    assert found(anyone, HARSH) == []


def test_the_missions_that_are_offered_can_be_asked_for(anyone):
    rates = {}
    for name in ("office", "outdoors", "cabin", "bonnet"):
        (found,) = anyone.get(f"/api/v1/parts?use={name}").json["items"]
        rates[name] = found["at_use"]["worst_failure_rate_90"]
    assert rates["office"] < rates["bonnet"]
    assert rates["cabin"] < rates["bonnet"]
    page = anyone.get("/parts?lang=en&use=cabin").text
    assert "45 % 45 °C 0.6" in page, "what was asked is said"
    assert anyone.get("/api/v1/parts?use=moon").status_code == 422
