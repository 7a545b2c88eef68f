"""A laboratory types a small test into a table: what it is given, what is checked, what is handed in."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.submissions.models import Submission
from ratedparts.submissions.plans import register_plan, visible_plan
from ratedparts.submissions.results import submissions_of
from ratedparts.submissions.withdrawals import withdraw_plan
from ratedparts.web.typed_grid import MOST_ROWS
from tests.integration.world import MEASURED, PASSWORD, World

Rows = list[list[str]]


@pytest.fixture
def app(founded: World) -> Iterator[Any]:
    founded.facts["part_id"] = founded.register_part()
    founded.clock.now = MEASURED
    app = create_app(founded.installation.settings, founded.clock)
    yield app
    app.extensions["ratedparts"].database.dispose()


@pytest.fixture
def laboratory(app: Any) -> FlaskClient:
    return signed_in(app, "laboratory")


def signed_in(app: Any, name: str) -> FlaskClient:
    client: FlaskClient = app.test_client()
    proof = token(client.get("/sign-in?lang=en").text)
    form = {"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": proof}
    assert client.post("/sign-in", data=form).status_code == 302
    return client


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def plan(world: World, slot: str = "MLCC-HTL", units: int = 2) -> str:
    return world.register_plan(slot=slot, units=units)


def life_plan(world: World, units: int = 12) -> str:
    with world.work() as work:
        return register_plan(
            work,
            world.cast["maker"],
            world.library,
            part_id=world.facts["part_id"],
            laboratory_id=world.cast["laboratory"].organisation_id,
            protocol="GEN-LIFE@1",
            stress={},
            lots=[{"lot_code": "A7", "units": units}],
        ).number


def grid_of(page: str) -> Rows:
    """The cells of the page's table."""
    rows: Rows = []
    for cell in re.findall(r"<input [^>]*aria-labelledby=[^>]*>", page):
        row = int(re.search(r'name="(\d+)\.', cell)[1])  # type: ignore[index]
        value = html.unescape(re.search(r'value="([^"]*)"', cell)[1])  # type: ignore[index]
        rows += [[]] * (row + 1 - len(rows))
        rows[row] = [*rows[row], value]
    return rows


def measured(world: World, slot: str, number: str, units: int) -> Rows:
    """What a laboratory would type: the rows of the example."""
    return list(csv.reader(io.StringIO(world.example(slot, number, units).decode())))[1:]


def fields(rows: Rows) -> dict[str, str]:
    cells = {f"{r}.{c}": cell for r, row in enumerate(rows) for c, cell in enumerate(row)}
    return {"rows": str(len(rows)), **cells}


def hand_in(client: FlaskClient, number: str, rows: Rows, **more: str) -> Any:
    address = f"/laboratory/plans/{number}/enter"
    proof = token(client.get(address).text)
    return client.post(address, data={**fields(rows), "csrf_token": proof, **more})


def checked(client: FlaskClient, number: str, body: Any) -> Any:
    proof = token(client.get(f"/laboratory/plans/{number}/enter").text)
    return client.post(
        f"/laboratory/plans/{number}/enter/check",
        data=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers={"X-CSRFToken": proof, "Content-Type": "application/json"},
    )


def handed_in(world: World, number: str) -> list[Submission]:
    with world.reading() as work:
        return submissions_of(work, [visible_plan(work, world.cast["laboratory"], number).id])


def test_the_table_begins_with_all_that_the_plan_fixes(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    page = laboratory.get(f"/laboratory/plans/{number}/enter").text
    rows = grid_of(page)
    assert len(rows) == 6 * 5
    expected = [row[:4] for row in measured(founded, "MLCC-HTL", number, 6)]
    assert [row[:4] for row in rows] == expected
    assert {cell for row in rows for cell in row[4:]} == {""}
    assert f"/laboratory/plans/{number}/enter" in laboratory.get(f"/laboratory/plans/{number}").text

    biased = grid_of(laboratory.get(f"/laboratory/plans/{plan(founded, 'MLCC-BH:low', 1)}/enter").text)
    assert {row[11] for row in biased} == {"low"}  # a stress of the plan that the file states
    sample = grid_of(laboratory.get(f"/laboratory/plans/{plan(founded, 'PAR-CPK', 1)}/enter").text)
    assert [(row[2], row[4], row[6]) for row in sample] == [(f"L{n}-001", "cap_nF", "nF") for n in (1, 2, 3)]


def test_instruments_on_the_register_are_named(laboratory: FlaskClient, founded: World) -> None:
    with founded.work() as work:
        founded.calibrate(work, "BRIDGE-2")
    page = laboratory.get(f"/laboratory/plans/{plan(founded)}/enter").text
    told = re.search(r'data-name="instrument_id" title="([^"]*)" data-choices="([^"]*)"', page)
    assert told
    assert set(html.unescape(told[2]).split("\n")) == {"INSTRUMENT-1", "BRIDGE-2"}
    assert html.unescape(told[1]).startswith("one of: ")


def test_a_withdrawn_plan_has_no_table(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)
    proof = token(laboratory.get(f"/laboratory/plans/{number}/enter").text)
    with founded.work() as work:
        withdraw_plan(work, founded.cast["maker"], number, reason="The chamber broke.")
    page = laboratory.get(f"/laboratory/plans/{number}/enter")
    assert "has been withdrawn" in page.text
    assert 'id="grid"' not in page.text
    late = {**fields(rows), "csrf_token": proof}
    assert laboratory.post(f"/laboratory/plans/{number}/enter", data=late).status_code == 422
    assert handed_in(founded, number) == []


def test_what_was_typed_is_handed_in_as_a_file_and_accepted(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    answer = hand_in(laboratory, number, measured(founded, "MLCC-HTL", number, 6))
    assert answer.status_code == 302
    (submission,) = handed_in(founded, number)
    assert (submission.state, submission.file_name) == ("accepted", "entered-by-hand.csv")
    assert submission.number in answer.location
    evidence = founded.installation.blobs.get(submission.file_digest)
    assert evidence == founded.example("MLCC-HTL", number, 6)  # the very bytes of the same file
    assert "is evidence now" in laboratory.get(answer.location).text
    again = laboratory.get(f"/laboratory/plans/{number}/enter").text
    assert "have been accepted" in again
    assert 'id="grid"' not in again


def test_rows_after_a_failure_need_not_be_removed(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)
    rows[2][4:6] = ["fail", "crack"]
    for row in rows[3:5]:  # the instrument and the time may stand there already
        row[4:8] = [""] * 4
        row[10:] = [""] * 6
    answer = hand_in(laboratory, number, rows)
    assert answer.status_code == 302, answer.text
    (submission,) = handed_in(founded, number)
    assert (submission.rows, submission.units) == (28, 6)


def test_a_refused_table_comes_back_with_all_that_was_typed(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)
    rows[7][11] = '99,5 "nF" <b>'
    rows[3][4] = "perhaps"
    answer = hand_in(laboratory, number, rows)
    assert answer.status_code == 422
    assert grid_of(answer.text) == rows
    (submission,) = handed_in(founded, number)
    assert submission.state == "refused"
    cell = re.search(r'<td class="wrong-cell"><input name="7.11"[^>]*>', answer.text)
    assert cell
    assert 'id="c7.11"' in cell[0]
    assert 'aria-invalid="true"' in cell[0]
    assert 'href="#c7.11"' in answer.text
    assert 'href="#c3.4"' in answer.text
    assert "<b>" not in answer.text.replace("&lt;b&gt;", "")


def test_units_without_a_row_are_handed_in_only_knowingly(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)[:-5]
    answer = hand_in(laboratory, number, rows)
    assert answer.status_code == 422
    assert "1 planned unit has no result" in answer.text
    assert grid_of(answer.text) == rows
    assert handed_in(founded, number) == []
    assert hand_in(laboratory, number, rows, missing_known="yes").status_code == 302
    assert handed_in(founded, number)[0].state == "accepted"


def test_without_scripts_a_button_checks_and_another_adds_rows(
    laboratory: FlaskClient, founded: World
) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)
    more = hand_in(laboratory, number, rows, more="1")
    assert more.status_code == 200
    grown = grid_of(more.text)
    assert grown[: len(rows)] == rows
    assert grown[len(rows) :] == [[number] + [""] * 15] * 10
    only_checked = hand_in(laboratory, number, grown, check="1")
    assert only_checked.status_code == 200
    assert "30 rows, 6 units: no fault." in re.sub(r"\s+", " ", only_checked.text)
    assert handed_in(founded, number) == []
    assert hand_in(laboratory, number, grown).status_code == 302  # rows without a result stay out


def test_nothing_typed_is_not_handed_in(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    begun = grid_of(laboratory.get(f"/laboratory/plans/{number}/enter").text)
    answer = hand_in(laboratory, number, begun)
    assert answer.status_code == 422
    assert "No row has a result yet." in answer.text
    assert handed_in(founded, number) == []


def test_a_test_too_large_to_type_is_told_to_use_a_file(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded, units=77)
    page = laboratory.get(f"/laboratory/plans/{number}/enter")
    assert page.status_code == 200
    assert "its plan asks for 1155 rows" in page.text
    assert 'id="grid"' not in page.text
    small = plan(founded)
    form = {**fields([[""] * 16]), "rows": str(MOST_ROWS + 1)}
    proof = token(laboratory.get(f"/laboratory/plans/{small}/enter").text)
    answer = laboratory.post(f"/laboratory/plans/{small}/enter", data={**form, "csrf_token": proof})
    assert answer.status_code == 413
    assert "at most 1000 can be typed" in answer.text
    refused = checked(laboratory, small, {"rows": [[""] * 16] * (MOST_ROWS + 1)})
    assert (refused.status_code, refused.json["code"]) == (413, "grid_too_large")
    full = hand_in(laboratory, small, [[""] * 16] * (MOST_ROWS - 3), more="1")
    assert len(grid_of(full.text)) == MOST_ROWS


def test_lives_of_very_many_units_begin_with_a_row_a_lot(laboratory: FlaskClient, founded: World) -> None:
    number = life_plan(founded, units=50_000)
    rows = grid_of(laboratory.get(f"/laboratory/plans/{number}/enter").text)
    assert rows == [[number, "A7", "", "", "", ""]]


def test_the_check_names_faults_by_cell_and_draws_the_lives(laboratory: FlaskClient, founded: World) -> None:
    number = life_plan(founded)
    rows = grid_of(laboratory.get(f"/laboratory/plans/{number}/enter").text)
    assert [row[:3] + row[5:] for row in rows][:2] == [
        [number, "A7", "A7-001", "1"],
        [number, "A7", "A7-002", "1"],
    ]
    nothing = checked(laboratory, number, {"rows": rows}).json
    assert (nothing["accepted"], nothing["rows"], nothing["said"]) == (
        False,
        0,
        "Nothing has been entered yet.",
    )
    for index, row in enumerate(rows[:9]):
        row[3] = row[4] = str(100 * (index + 1))
    rows[9][3] = "1200"
    rows[10][3] = "1,2"
    answer = checked(laboratory, number, {"rows": rows}).json
    assert (answer["accepted"], answer["rows"], answer["left_out"]) == (False, 11, [11])
    (fault,) = answer["faults"]
    assert (fault["cell"], fault["code"], fault["unfinished"]) == ([10, 3], "number_format", False)
    assert fault["message"] in html.unescape(answer["listed"])
    assert "data:image/svg+xml;base64," in answer["lives"]  # of the ten units without a fault
    assert "Only of the 10 units" in answer["lives"]
    assert answer["missing_units"] == {}  # a row may stand for several units, once it is readable
    rows[10][3] = "1200"
    whole = checked(laboratory, number, {"rows": rows}).json
    assert (whole["accepted"], whole["units"], whole["missing_units"]) == (True, 11, {"A7": 1})
    assert "Only of the" not in whole["lives"]
    rows[10][5] = "2"
    assert checked(laboratory, number, {"rows": rows}).json["missing_units"] == {}
    assert handed_in(founded, number) == []


def test_complete_units_are_drawn_while_others_lack_their_readouts(
    laboratory: FlaskClient, founded: World
) -> None:
    number = plan(founded)
    rows = grid_of(laboratory.get(f"/laboratory/plans/{number}/enter").text)
    rows[:13] = measured(founded, "MLCC-HTL", number, 6)[:13]
    rows[13][4] = "ok"
    answer = checked(laboratory, number, {"rows": rows}).json
    assert answer["rows"] == 14
    assert {fault["code"] for fault in answer["faults"]} == {"missing_value"}
    assert all(fault["unfinished"] for fault in answer["faults"])
    assert {fault["cell"][0] for fault in answer["faults"]} == {13}
    assert "Only of the 2 units" in answer["lives"]
    assert "2 units on test, no failure" in answer["lives"]  # those not entered yet are no failures here
    assert answer["missing_units"] == {"L2": 1, "L3": 2}
    begun = checked(laboratory, number, {"rows": rows[:10]}).json
    assert begun["accepted"]
    assert "2 units on test, no failure" in begun["lives"]
    assert "each of them counts as failed" in begun["listed"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "json_syntax"),
        (b"[" * 5000, 422, "json_too_deep"),
        ({"rows": "all"}, 422, "grid_malformed"),
        ({"rows": [["too", "few"]]}, 422, "grid_malformed"),
        ({"rows": [[None] * 16]}, 422, "grid_malformed"),
        ([1], 422, "grid_malformed"),
        ({"rows": [["\ud800"] * 16]}, 422, "json_encoding"),
        ({"rows": [["x" * 70_000] * 16]}, 413, "json_too_large"),
    ],
)
def test_what_is_no_table_is_refused(
    laboratory: FlaskClient, founded: World, body: Any, status: int, code: str
) -> None:
    answer = checked(laboratory, plan(founded), body)
    assert answer.status_code == status, answer.text
    assert answer.json["code"] == code


@pytest.mark.parametrize("rows", ["", "0", "-1", "1e3", "９", "9" * 5000])
def test_a_form_that_does_not_say_how_many_rows_is_refused(
    laboratory: FlaskClient, founded: World, rows: str
) -> None:
    address = f"/laboratory/plans/{plan(founded)}/enter"
    proof = token(laboratory.get(address).text)
    answer = laboratory.post(address, data={"rows": rows, "csrf_token": proof})
    assert answer.status_code == 422
    assert "no table of rows with 16 cells" in answer.text


@pytest.mark.parametrize(
    "cell",
    ['=HYPERLINK("x")', "a\nb\rc", "\x00", '"', "1\u200b", "x" * 60_000, "9e999", "，", "</td><script>"],
)
def test_hostile_cells_are_faults_and_nothing_else(
    laboratory: FlaskClient, founded: World, cell: str
) -> None:
    number = plan(founded)
    rows = measured(founded, "MLCC-HTL", number, 6)
    rows[4][11] = cell
    answer = checked(laboratory, number, {"rows": rows})
    assert answer.status_code == 200
    assert not answer.json["accepted"]
    assert answer.json["fault_count"] >= 1
    assert "<script" not in answer.json["listed"]
    rows[4][11], rows[6][4] = "1\n2", "maybe"  # a cell of two lines: the faults behind it stay in their rows
    behind = checked(laboratory, number, {"rows": rows}).json["faults"]
    assert [6, 4] in [fault["cell"] for fault in behind]


def test_the_page_exists_for_the_plans_own_laboratory_alone(app: Any, founded: World) -> None:
    number = plan(founded)
    address = f"/laboratory/plans/{number}/enter"
    for name in ("maker", "reviewer", "issuer", "other_laboratory"):
        client = signed_in(app, name)
        assert client.get(address).status_code == 404, name
        proof = token(client.get("/profile").text)
        assert client.post(address, data={"rows": "0", "csrf_token": proof}).status_code == 404
        answer = client.post(f"{address}/check", data=b"{}", headers={"X-CSRFToken": proof})
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    stranger: FlaskClient = app.test_client()
    proof = token(stranger.get("/sign-in").text)
    answer = stranger.post(f"{address}/check", data=b"{}", headers={"X-CSRFToken": proof})
    assert answer.status_code == 401


def test_the_page_speaks_chinese(laboratory: FlaskClient, founded: World) -> None:
    number = plan(founded)
    page = laboratory.get(f"/laboratory/plans/{number}/enter?lang=zh").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "录入结果" in main
    words = re.sub(r"<[^>]+>", " ", main)
    assert not re.findall(r"(?<![\w/])[a-z]{2,}(?: [a-z]{2,}){3,}", words)


def test_every_protocol_has_its_table(laboratory: FlaskClient, founded: World) -> None:
    for name in ("MLCC-HTL", "MLCC-BH:rated", "SEMI-TC", "PAR-CPK"):
        number = plan(founded, name, 1)
        page = laboratory.get(f"/laboratory/plans/{number}/enter")
        protocol = founded.library.latest(name.partition(":")[0])
        assert page.status_code == 200
        assert re.findall(r'data-name="(\w+)"', page.text) == [column.name for column in protocol.columns]
        assert hand_in(laboratory, number, measured(founded, name, number, 3)).status_code == 302
