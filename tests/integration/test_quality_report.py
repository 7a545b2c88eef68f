"""The quality report: what it counts, what it withholds, and that a closed period stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ratedparts.app import create_app
from ratedparts.catalogue.quality_report.counting import makers_counts
from ratedparts.catalogue.quality_report.pdf import report_pdf
from ratedparts.catalogue.quality_report.periods import Period, period_named, periods_between, quarter_of
from ratedparts.catalogue.quality_report.service import QualityReports
from ratedparts.catalogue.quality_report.structure import KINDS_OF_FAULTS, MEASURES, cause_of, holder_of
from ratedparts.catalogue.quality_report.told import told
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.proficiency.entered import results_from_csv
from ratedparts.wording.catalogues import code_texts
from tests.integration.test_proficiency_rounds import publish

Q1, Q2, Q3 = Period(2026, 1), Period(2026, 2), Period(2026, 3)
AFTER_Q2 = datetime(2026, 7, 3, tzinfo=UTC)


def counted(world, period):
    with world.reading() as work:
        return makers_counts(work, world.library.families, period.begins_at, period.ends_at)


def report(world, period, family="", at=AFTER_Q2):
    world.clock.now = at
    with world.reading() as work:
        return QualityReports(world.library).report(work, family, period)


def pdf(world, found, language="en"):
    names = {"zh": "评价中心", "en": "Authority"}
    return report_pdf(found, world.library, language, environment="test", authority=names)


def test_what_was_recorded_is_counted_where_it_belongs(certified):
    refused = certified.register_plan()
    broken = certified.example("PAR-CPK", refused).replace(b"unit_id", b"unitid", 1)
    assert certified.submit(refused, broken).state == "refused"
    counts, relations = counted(certified, Q2)
    values = {measure: counts["mlcc_class2", measure].value for measure in MEASURES}
    assert {name: value for name, value in values.items() if value} == {
        "results": 6,
        "accepted": 5,
        "refused": 1,
        "cause:columns": 1,
        "decisions": 1,
        "graded": 1,
        "judgements": 1,
        "approved": 1,
    } | {name: values[name] for name in ("A+", "below", "A", "B", "C", "held_by:several") if values[name]} | {
        name: values[name] for name in values if name.startswith("held_by:") and values[name]
    }
    assert all(counts["mlcc_class2", name].makers == 1 for name in ("results", "graded"))
    for whole, of in relations:
        assert counts[whole].value == sum(counts[part].value for part in of), whole
    assert counted(certified, Q1)[0]["", "parts"].value == 1


def test_published_and_made_up_parts_are_not_counted(rated):
    rated.register_part("PUBLISHED-1", source="a handbook")
    assert counted(rated, Q2)[0]["", "parts"].value == 0


def test_one_makers_counts_are_not_shown_and_public_facts_are(certified):
    found = report(certified, Q2, "mlcc_class2")
    assert set(found.counts.values()) <= {"few", "withheld"}
    assert set(found.rates.values()) == {None}
    assert found.certificates["issued"] == sum(found.grades.values()) == sum(found.levels.values()) == 1
    assert report(
        certified, Q2, "chip_resistor" if "chip_resistor" in certified.library.families else ""
    ).closed


def test_an_open_period_tells_public_facts_only_up_to_the_last_midnight(certified):
    found = report(certified, Q2, at=datetime(2026, 6, 2, 9, tzinfo=UTC))
    assert (found.closed, found.counts) == (False, None)
    assert found.counted_until == datetime(2026, 6, 1, 16, tzinfo=UTC)  # midnight in Shanghai
    assert found.certificates["issued"] == 1
    later = report(certified, Q2, at=datetime(2026, 6, 2, 15, tzinfo=UTC))
    assert pdf(certified, found) == pdf(certified, later)


def test_a_closed_period_stays_as_it_is(certified):
    before = report(certified, Q2)
    certified.clock.now = datetime(2026, 8, 1, tzinfo=UTC)
    certified.take_back("suspend")
    certified.new_evidence()
    after = report(certified, Q2, at=datetime(2026, 11, 1, tzinfo=UTC))
    assert after.as_json() == before.as_json()
    assert pdf(certified, after) == pdf(certified, before)
    assert report(certified, Q3, at=datetime(2026, 11, 1, tzinfo=UTC)).certificates["suspended"] == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_is_a_pdf_in_either_language_and_the_same_again(certified, language):
    found = report(certified, Q2)
    content = pdf(certified, found, language)
    assert content.startswith(b"%PDF")
    assert content == pdf(certified, report(certified, Q2, at=datetime(2026, 12, 1, tzinfo=UTC)), language)


def test_a_certificate_that_ran_out_has_expired_in_the_quarter_of_its_last_day(certified):
    with certified.reading() as work:
        ends = certificate_by_number(work, certified.facts["number"]).valid_until
    late = [one for one in periods_between(certified.clock.now, ends) if one.quarter]
    for period in (*late[:2], Q2):
        expected = int(period.begins_at <= ends < period.ends_at)
        assert (
            report(certified, period, at=datetime(2040, 1, 1, tzinfo=UTC)).certificates["expired"] == expected
        ), period.name


def test_a_year_adds_up_what_every_quarter_shows_and_nothing_else(founded):
    reports = QualityReports(founded.library)
    shown = [dict.fromkeys(MEASURES, 7) | {"refused": said} for said in (9, 9, "withheld", 9)]
    for quarter, counts in zip(Period(2026).quarters(), shown, strict=True):
        reports._quarters[quarter] = {("", name): said for name, said in counts.items()}
    founded.clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    with founded.reading() as work:
        found = reports.report(work, "", Period(2026))
    assert found.counts["results"] == 28
    assert found.counts["refused"] == "withheld"
    assert found.rates["files_accepted"] == 1.0
    assert found.rates["applications_approved"] == 1.0


def test_rounds_stand_in_the_report_of_their_period_and_family(founded):
    first = publish(founded, protocol_id="PAR-CPK")
    other = publish(founded)
    at = datetime(2026, 4, 2, tzinfo=UTC)
    assert {one.round.number for one in report(founded, Q1, at=at).rounds} == {first.number, other.number}
    assert [one.round.number for one in report(founded, Q1, "mlcc_class2", at=at).rounds] == [first.number]


def test_a_laboratory_counts_by_the_worse_of_its_two_scores(founded):
    """z of 1.6 says nothing, and E_n of 1.8 that the laboratory claims less uncertainty than it has."""
    lines = "laboratory,value,expanded_uncertainty\nLaboratory,100.8,0.4\nOther Laboratory,100.1,0.5\n"
    publish(founded, results=results_from_csv(lines))
    found = report(founded, Q1, at=datetime(2026, 4, 2, tzinfo=UTC))
    (shown,) = told(found, founded.library, "en")["rounds"]
    assert (shown["results"], shown["questionable"], shown["unsatisfactory"]) == (2, 0, 1)


@pytest.mark.parametrize("name", ["2026-Q5", "2026-q1", "1926", "2026-Q2x", "２０２６", "2027", "2026-Q3"])
def test_what_is_no_period_that_has_begun_is_refused(name):
    with pytest.raises(RatedPartsError) as refused:
        period_named(name, datetime(2026, 6, 30, tzinfo=UTC))
    assert refused.value.code == "query_refused"


def test_quarters_end_at_midnight_in_shanghai():
    assert Q1.ends_at == Q2.begins_at == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert Period(2026, 4).ends_at == Period(2026).ends_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert not Q1.closed(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))


def test_a_refused_file_counts_for_the_kind_of_most_of_its_faults():
    assert cause_of(["number_format", "number_format", "unknown_lot"]) == "cause:notation"
    assert cause_of(["unknown_lot", "number_format"]) == "cause:identity"
    assert cause_of(["never_heard_of"]) == cause_of([]) == "cause:other"
    assert holder_of(["R"]) == "held_by:R"
    assert holder_of(["R", "Q"]) == "held_by:several"


def test_the_kinds_name_codes_that_there_are():
    known = {key.partition(".")[0] for key in code_texts("en")}
    assert {code for codes in KINDS_OF_FAULTS.values() for code in codes} - known == set()


def test_every_word_of_a_report_is_translated(certified):
    publish(certified)
    for period, at in ((Q2, AFTER_Q2), (Q3, AFTER_Q2), (Period(2026), datetime(2027, 2, 1, tzinfo=UTC))):
        found = report(certified, period, at=at)
        english, chinese = (told(found, certified.library, one) for one in ("en", "zh_CN"))
        said = {name for name, value in english.items() if isinstance(value, str) and value == chinese[name]}
        assert said <= {"period", "counted_until", "open_note"}
        assert not set(english["legend"]) & set(chinese["legend"])
        for one, other in zip(
            english["sections"] + english["public"], chinese["sections"] + chinese["public"], strict=True
        ):
            labels = {line["label"] for line in one["lines"]} & {line["label"] for line in other["lines"]}
            assert {
                label for label in labels if not label.startswith("FR") and label not in ("A+", "A", "B", "C")
            } == set()


def test_the_page_and_the_interface_say_the_same(certified):
    certified.clock.now = AFTER_Q2
    app = create_app(certified.installation.settings, certified.clock)
    client = app.test_client()
    query = {"family": "mlcc_class2", "period": "2026-Q2"}
    page = client.get("/reports/quality", query_string={**query, "lang": "en"})
    assert page.status_code == 200
    assert "&lt; 5" in page.text
    answer = client.get("/api/v1/reports/quality", query_string=query).json
    assert answer["counts"]["results"] in ("few", "withheld")
    assert answer["certificates"]["issued"] == 1
    files = [
        client.get("/reports/quality.pdf", query_string={**query, "language": "zh"}).data,
        client.get("/api/v1/reports/quality/pdf", query_string={**query, "language": "zh"}).data,
    ]
    assert files[0] == files[1]
    assert client.get("/reports/quality").status_code == 200
    for wrong in ({"period": "soon"}, {"family": "none"}, {"period": "2031"}):
        assert 400 <= client.get("/reports/quality", query_string=wrong).status_code < 500
        assert client.get("/api/v1/reports/quality", query_string=wrong).json["code"] == "query_refused"
    app.extensions["ratedparts"].database.dispose()


def test_without_a_period_the_last_closed_quarter_with_a_certificate_is_told(certified):
    issued = quarter_of(certified.clock())
    certified.clock.now = issued.ends_at + timedelta(days=200)
    app = create_app(certified.installation.settings, certified.clock)
    told = app.test_client().get("/api/v1/reports/quality").json
    app.extensions["ratedparts"].database.dispose()
    assert (told["period"], told["certificates"]["issued"]) == (issued.name, 1)
