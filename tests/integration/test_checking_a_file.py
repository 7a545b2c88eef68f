"""The page on which anyone tries a file: what it shows of an accepted one, and how it lists faults."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.protocols import example_file, load_library
from tests.integration.world import World

LIBRARY = load_library()
RATINGS = {"attribute.resistance_ohm": "1000", "attribute.rated_power_w": "0.1"}
Check = Callable[..., Any]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def anyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Before an installation without any data: nothing here reads any or leaves any."""
    var = tmp_path_factory.mktemp("check")
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    app = create_app(world.installation.settings, world.clock)
    yield app.test_client()
    app.extensions["ratedparts"].database.dispose()
    world.database.dispose()


@pytest.fixture
def ask(anyone: FlaskClient) -> Ask:
    """Sends a file as a program does."""

    def post(protocol: str, content: bytes, language: str = "en", **query: str) -> Any:
        asked = {"protocol": protocol, **query}
        headers = {"Accept-Language": language, "Content-Type": "text/csv"}
        return anyone.post("/api/v1/check", query_string=asked, data=content, headers=headers)

    return post


@pytest.fixture
def check(anyone: FlaskClient) -> Check:
    """Posts a file to the page."""

    def post(protocol: str, content: bytes, language: str = "en", **given: str) -> Any:
        page = anyone.get("/check").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        form = {"csrf_token": token[1], "protocol": protocol, "encoding": "utf-8", **given}
        data = {**form, "file": (io.BytesIO(content), "x.csv")}
        headers = {"Accept-Language": language}
        return anyone.post("/check", data=data, headers=headers, content_type="multipart/form-data")

    return post


def example(name: str) -> bytes:
    return example_file(LIBRARY.protocol(name))


def with_fates(content: bytes, fates: dict[str, tuple[float, str]]) -> bytes:
    """The file with units failed or removed at a readout: nothing of them comes after it."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    kept = []
    for row in rows:
        at, status = fates.get(row["unit_id"], (float("inf"), ""))
        if float(row["readout"]) > at:
            continue
        if float(row["readout"]) == at:
            row["status"] = status
            row["fail_mode"] = "open" if status == "fail" else ""
            row["removed_reason"] = "wire of the fixture broke" if status == "removed" else ""
        kept.append(row)
    return as_csv(kept)


def as_csv(rows: list[dict[str, str]]) -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def units_of(content: bytes) -> list[str]:
    return sorted({row["unit_id"] for row in csv.DictReader(io.StringIO(content.decode()))})


def words(answer: Any) -> str:
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_an_accepted_file_shows_its_lots_and_its_plot(check: Check) -> None:
    content = with_fates(example("RES-LL70@1"), {"L1-001": (1000, "fail"), "L2-001": (2000, "removed")})
    answer = check("RES-LL70@1", content)
    assert answer.status_code == 200
    said = words(answer)
    assert "L1 77 460 1 76 0" in said
    assert "L2 77 461 0 77 1" in said
    assert "all lots 231 1383 1 230 1" in said
    assert "Of these, 1 left without a cause proven" in said
    picture = re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', answer.text)
    assert picture
    assert base64.b64decode(picture[1]).startswith(b"<svg")
    assert picture[2].startswith("231 units on test, 1 failed")
    assert "Choose the family of the part" in said


def test_without_failures_the_plot_says_what_is_excluded(check: Check) -> None:
    assert (
        "231 units on test, no failure; with 90 % confidence"
        in check("RES-LL70@1", example("RES-LL70@1")).text
    )


def test_the_grade_is_told_with_what_was_assumed(check: Check) -> None:
    answer = check("RES-LL70@1", example("RES-LL70@1"), family="chip_resistor_thick")
    said = words(answer)
    assert "U-INSUFFICIENT" in said
    assert "if every other test were there and passed C" in said
    assert "Held there by: Evidence" in said
    assert "evidence class E1" in said
    assert "SEMI-TC: the evidence is missing" in said
    assert "rule P1 counts the failures of a test and none of its hours" in said
    assert "Not given: Resistance, Rated power." in said
    given = words(check("RES-LL70@1", example("RES-LL70@1"), family="chip_resistor_thick", **RATINGS))
    assert "The units were judged by the criteria for a part with the ratings given." in given
    assert "Checked with the ratings given below." in given


def test_all_failed_is_no_grade(check: Check) -> None:
    content = example("RES-LL70@1")
    readouts = {float(row["readout"]) for row in csv.DictReader(io.StringIO(content.decode()))}
    early, late = sorted(readouts)[1:3]
    fates = {unit: (early if place % 2 else late, "fail") for place, unit in enumerate(units_of(content))}
    answer = check("RES-LL70@1", with_fates(content, fates), family="chip_resistor_thick")
    assert answer.status_code == 200
    assert "all lots 231" in words(answer)
    assert "U-NONCONFORMING" in words(answer)
    assert "Still no grade" in words(answer)


def test_units_that_never_were_on_test_are_told(check: Check) -> None:
    content = example("RES-LL70@1")
    answer = check(
        "RES-LL70@1",
        with_fates(content, dict.fromkeys(units_of(content), (0, "fail"))),
        family="chip_resistor_thick",
    )
    assert answer.status_code == 200
    assert "No unit was on test: none conformed when it was received." in words(answer)
    same_day = re.sub(rb"2026-\d\d-\d\dT\d\d", b"2026-01-12T01", content)
    refused = words(check("RES-LL70@1", same_day, family="chip_resistor_thick"))
    assert "No grade can be computed from this file: The test shows 8000 h" in refused


def test_stress_decides_what_a_test_is_worth(check: Check) -> None:
    def lives(**stress: str) -> str:
        answer = check("MLCC-HTL@1", example("MLCC-HTL@1"), family="mlcc_class2", **stress)
        axes = answer.text[answer.text.index('class="axes"') :]
        found = re.search(r'axis-code">(.*?)</span>', axes)
        assert found
        return found[1]

    hard = {"stress.temperature_c": "125", "stress.voltage_ratio": "2"}
    assert lives(**hard) == "up to A+"
    assert lives() != lives(**hard)
    text = check("MLCC-HTL@1", example("MLCC-HTL@1"), family="mlcc_class2").text
    assert "the mildest is taken" in text
    wrong = check("MLCC-HTL@1", example("MLCC-HTL@1"), family="mlcc_class2", **{"stress.temperature_c": "99"})
    assert wrong.status_code == 422
    assert 'class="wrong"' in wrong.text


@pytest.mark.parametrize("name", sorted(LIBRARY.protocols))
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_example_of_every_protocol_is_shown_for_every_family(
    check: Check, name: str, language: str
) -> None:
    for family in LIBRARY.protocol(name).families[:3] or ("",):
        answer = check(name, example(name), language, family=family)
        assert answer.status_code == 200
        assert "computation failed" not in answer.text
        said = words(answer)
        if language == "en":
            assert not re.search("[\u4e00-\u9fff]", said)
        else:
            assert not re.findall(r"(?<![\w/])[a-z]{2,}(?: [a-z]{2,}){3,}", said)


def test_a_family_that_ages_by_a_model_of_its_own_is_rated_too(check: Check) -> None:
    said = words(check("CAP-END@1", example("CAP-END@1"), family="ta_mno2"))
    assert "cannot be rated" not in said
    assert "U-INSUFFICIENT" in said


def test_a_family_of_another_protocol_is_a_fault_of_the_form(check: Check) -> None:
    answer = check("RES-LL70@1", example("RES-LL70@1"), family="ic")
    assert answer.status_code == 422
    assert "Choose a protocol and a family that belong together" in answer.text


@pytest.mark.parametrize(
    ("field", "value"), [("attribute.rated_power_w", "much"), ("use_condition", "UC-Z"), ("family", "none")]
)
def test_senseless_entries_are_told_beside_their_field(check: Check, field: str, value: str) -> None:
    given = {"family": "chip_resistor_thick", **RATINGS, field: value}
    answer = check("RES-LL70@1", example("RES-LL70@1"), **given)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_ratings_may_be_written_as_on_a_data_sheet(check: Check) -> None:
    ratings = {"attribute.resistance_ohm": "1k", "attribute.rated_power_w": "1/10 W"}
    written = words(check("RES-LL70@1", example("RES-LL70@1"), family="chip_resistor_thick", **ratings))
    plain = words(check("RES-LL70@1", example("RES-LL70@1"), family="chip_resistor_thick", **RATINGS))
    assert "Read as 1 kΩ" in written
    assert "Read as 100 mW" in written
    assert written == plain  # but for what stands in the fields, the pages say the same


def test_other_layouts_have_no_grade(check: Check) -> None:
    published = words(check("GEN-LIFE@1", example("GEN-LIFE@1"), family="ic"))
    assert "Weibull fit" in published
    assert "analysed and never graded" in published
    sample = words(check("PAR-CPK@1", example("PAR-CPK@1")))
    assert "No plot: this protocol reads no lives" in sample
    assert "A lot sample alone earns no grade" in sample


def test_a_part_whose_ratings_are_given_is_judged_by_its_own_criteria(check: Check) -> None:
    rows = list(csv.DictReader(io.StringIO(example("MLCC-HTL@1").decode())))
    first, last = (row for row in rows if row["unit_id"] == "L1-001" and row["readout"] in ("0", "2000"))
    last["cap_nF"] = str(0.85 * float(first["cap_nF"]))  # within the widest criterion, beyond that of X7R
    content = as_csv(rows)
    ratings = {"capacitance_nf": "100", "rated_voltage_v": "50", "upper_category_temperature_c": "125"}
    given = {f"attribute.{name}": value for name, value in ratings.items()}
    assert check("MLCC-HTL@1", content, family="mlcc_class2", **given).status_code == 200
    answer = check("MLCC-HTL@1", content, family="mlcc_class2", **given, **{"attribute.dielectric": "X7R"})
    assert answer.status_code == 422
    assert "1 × A status against the failure criteria status_disagrees" in words(answer)


def test_faults_are_counted_by_kind_and_run_nothing_in_a_spreadsheet(check: Check) -> None:
    content = example("RES-LL70@1").replace(b",ok,", b",=1+1,", 30).replace(b"INSTRUMENT-1", b"", 2)
    answer = check("RES-LL70@1", content)
    assert answer.status_code == 422
    said = words(answer)
    assert "30 × Not one of the words allowed not_a_choice · column status · first on line 2" in said
    assert "2 × A value is missing missing_value" in said
    link = re.search(r'download="([^"]+)" href="data:text/csv;base64,([^"]+)"', answer.text)
    assert link
    assert link[1] == "RES-LL70-faults.csv"
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(link[2]).decode("utf-8-sig"))))
    assert len(rows) == 32
    assert {row["given"] for row in rows} == {"'=1+1", ""}


def test_of_very_many_faults_the_first_thousand_are_listed(check: Check) -> None:
    answer = check("RES-LL70@1", example("RES-LL70@1").replace(b",ok,", b",fine,"))
    said = words(answer)
    assert "Only the first 1000 of 1386 faults are listed" in said
    assert answer.text.count("<td") == 5 * 1000


# --- the same for programs


def test_a_program_sees_the_lots_and_the_plots_of_the_page(check: Check, ask: Ask) -> None:
    content = with_fates(example("RES-LL70@1"), {"L1-001": (1000, "fail"), "L2-001": (2000, "removed")})
    found = ask("RES-LL70@1", content, preview="1").get_json()["preview"]
    first, second, _ = found["lots"]
    assert first | {"left": 0} == first
    assert (first["lot_code"], first["units"], first["rows"], first["failures"]) == ("L1", 77, 460, 1)
    assert (second["suspensions"], second["left"], second["left_unproven"]) == (77, 1, 1)
    assert (found["total"]["units"], found["total"]["rows"]) == (231, 1383)
    page = check("RES-LL70@1", content).text
    assert [one["image"] in page for one in found["plots"]] == [True]
    assert found["plots"][0]["summary"] in page
    assert found["grade"] is None


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("given", [{}, RATINGS, {**RATINGS, "use_condition": "UC-A"}])
def test_a_program_is_told_the_grade_that_the_page_tells(
    check: Check, ask: Ask, given: dict[str, str], language: str
) -> None:
    content, part = example("RES-LL70@1"), {"family": "chip_resistor_thick", **given}
    answer = ask("RES-LL70@1", content, language, **part).get_json()
    grade = answer["preview"]["grade"]
    page = check("RES-LL70@1", content, language, **part).text
    held_by = ["R", "L", "E"] if "use_condition" in given else ["E"]
    assert (grade["grade"], grade["could_reach"], grade["held_by"]) == ("U-INSUFFICIENT", "C", held_by)
    # The page sets powers of ten as such; whatever else is the same, word for word.
    said = [one["sentence"] for one in grade["unmet"] + grade["met"] if "e6" not in one["sentence"]]
    assert len(said) > 10
    assert [one for one in said if one not in unescape(page)] == []
    assert answer["not_checked"] == (["plan"] if given else ["part", "plan"])
    assert grade["supposed"]["use_condition"] == given.get("use_condition", "UC-I")
    assert grade["supposed"]["attributes_not_given"] == ([] if given else ["resistance_ohm", "rated_power_w"])


def test_a_program_may_write_quantities_as_people_do(ask: Ask) -> None:
    written = {"attribute.resistance_ohm": "1 kΩ", "attribute.rated_power_w": "100 mW"}
    told = ask("RES-LL70@1", example("RES-LL70@1"), family="chip_resistor_thick", **written).get_json()
    supposed = told["preview"]["grade"]["supposed"]
    assert supposed["attributes"] == {"resistance_ohm": 1000.0, "rated_power_w": 0.1}


def test_ratings_that_the_file_contradicts_refuse_it_for_programs_too(check: Check, ask: Ask) -> None:
    rows = list(csv.DictReader(io.StringIO(example("RES-LL70@1").decode())))
    last = next(row for row in rows if row["readout"] == "2000")
    last["r_ohm"] = (
        f"{1.02 * float(rows[0]['r_ohm']):.6g}"  # within 3 % for any part, beyond 1 % of a close one
    )
    part = {"family": "chip_resistor_thick", **RATINGS}
    for tolerance, status in (("5", 200), ("1", 422)):
        asked = {**part, "attribute.tolerance_percent": tolerance}
        page, answer = check("RES-LL70@1", as_csv(rows), **asked), ask("RES-LL70@1", as_csv(rows), **asked)
        assert (page.status_code, answer.status_code) == (status, status)
    told = answer.get_json()
    assert [one["code"] for one in told["errors"]] == ["status_disagrees"]
    assert "preview" not in told


def test_without_a_question_a_program_gets_the_bare_check(ask: Ask) -> None:
    told = ask("RES-LL70@1", example("RES-LL70@1")).get_json()
    assert set(told) == {"accepted", "rows", "units", "errors", "error_count", "not_checked"}


def test_a_file_without_lives_has_no_failures_to_count(ask: Ask) -> None:
    found = ask("PAR-CPK@1", example("PAR-CPK@1"), preview="1").get_json()["preview"]
    assert {(lot["units"], lot["failures"], lot["suspensions"]) for lot in found["lots"]} == {
        (50, None, None)
    }
    assert (found["plots"], found["no_plot"], found["grade"]) == ([], "not_lives", None)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"family": "tantalum"}, {"family": "family_not_rated"}),
        (
            {"family": "chip_resistor_thick", "use_condition": "UC-X"},
            {"use_condition": "unknown_use_condition"},
        ),
        (
            {
                "family": "chip_resistor_thick",
                "attribute.resistance_ohm": "1,5",
                "attribute.capacitance_nf": "1",
                "stress.temperature_c": "70",
            },
            {
                "attribute.resistance_ohm": "quantity_separator",
                "attribute.capacitance_nf": "unknown_key",
                "stress.temperature_c": "unknown_key",
            },
        ),
        ({"attribute.resistance_ohm": "1000"}, {"attribute.resistance_ohm": "unknown_key"}),
    ],
)
def test_a_part_that_cannot_be_is_refused_before_the_file_is_looked_at(
    ask: Ask, asked: dict[str, str], wrong: dict[str, str]
) -> None:
    refused = ask("RES-LL70@1", b"no results", **asked)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "request_refused")
    assert {one["column"]: one["code"] for one in refused.get_json()["errors"]} == wrong


def test_a_family_is_refused_where_the_protocol_names_none(ask: Ask) -> None:
    refused = ask("GEN-LIFE@1", example("GEN-LIFE@1"), family="ic")
    assert [one["column"] for one in refused.get_json()["errors"]] == ["family"]
