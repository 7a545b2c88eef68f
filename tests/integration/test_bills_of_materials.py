"""A product's list of parts, on the page and by the interface."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import urlencode

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from ratedparts.catalogue.models import PublishedPart

from .test_life_of_a_certificate import take
from .test_the_columns_of_the_catalogue import publish

USE = {"use_temperature_c": "65 °C", "use_voltage_ratio": "0.6"}


@pytest.fixture(autouse=True)
def forms_without_a_token(anyone):
    anyone.application.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def number(certified):
    with certified.reading() as work:
        return work.session.scalars(select(PublishedPart.part_number)).one()


def asked(anyone, **given):
    answer = anyone.post("/api/v1/bill-of-materials", json=given)
    assert answer.status_code == 200, answer.json
    return answer.json


def post(anyone, **form):
    return anyone.post("/bill-of-materials?lang=en", data=form, content_type="multipart/form-data")


def test_what_is_matched_what_is_to_be_chosen_and_what_is_not_found(anyone, certified, number):
    publish(certified, "OTHER-PART", 2)
    told = asked(anyone, text=f"{number.lower()} 12\nOTHER-PART 3\nNOWHERE\n")
    assert [line["found"] for line in told["lines"]] == ["matched", "ambiguous", "not_found"]
    assert told["lines"][0]["part"]["part_number"] == number
    assert told["lines"][1]["why"] == "similar"
    assert len(told["lines"][1]["candidates"]) == 2
    assert told["pieces"] == 16
    assert told["whole"] is None, "no use was stated"
    chosen = told["lines"][1]["candidates"][1]["id"]
    again = asked(anyone, text=f"{number} 12\nOTHER-PART 3\nNOWHERE\n", chosen={"2": chosen})
    assert again["lines"][1]["part"]["id"] == chosen


def test_one_part_alone_makes_the_whole_and_its_pieces_add_up(anyone, number):
    found = anyone.get("/api/v1/parts", query_string=USE).json["items"][0]["at_use"]
    one, many = (asked(anyone, text=f"{number} {count}", **USE)["whole"] for count in (1, 40))
    for percent in (60, 90):
        assert one[f"failure_rate_{percent}"] == pytest.approx(
            found[f"worst_failure_rate_{percent}"], rel=1e-9
        )
        assert many[f"failure_rate_{percent}"] == pytest.approx(40 * one[f"failure_rate_{percent}"], rel=1e-9)
    assert (many["series"], many["pieces"], many["method"]) == (1, 40, "fay_feuer_1997")


def test_the_same_part_in_two_lines_is_one_part(anyone, number):
    apart = asked(anyone, text=f"{number} 10\n{number} 30", **USE)
    together = asked(anyone, text=f"{number} 40", **USE)
    assert apart["whole"]["failure_rate_90"] == pytest.approx(together["whole"]["failure_rate_90"], rel=1e-12)
    assert sum(line["at_use"]["share"] for line in apart["lines"]) == pytest.approx(1.0)


def test_a_part_that_was_rated_is_told_with_what_became_of_it(anyone, certified, number):
    take(certified, "revoke")
    (line,) = asked(anyone, text=number)["lines"]
    assert line["found"] == "not_found"
    assert line["was_rated"]["status"] == "revoked"
    assert "Revoked" in post(anyone, bill=number).text


def test_that_a_part_was_revoked_is_told_beside_those_that_are_called_like_it(anyone, certified, number):
    publish(certified, number, 1)  # its number goes on
    take(certified, "revoke")
    certified.run_jobs()
    for written in (number, f" {number[:4].lower()} {number[4:]}"):
        (line,) = asked(anyone, text=f"MPN,Qty\n{written},1")["lines"]
        assert (line["found"], line["why"]) == ("ambiguous", "similar")
        assert line["was_rated"]["status"] == "revoked"
    assert "Revoked" in post(anyone, bill=number).text


def test_a_suspension_counts_before_its_job_has_run(anyone, certified, number):
    asked(anyone, text=number)
    take(certified, "suspend")
    (line,) = asked(anyone, text=number)["lines"]
    assert (line["found"], line["was_rated"]["status"]) == ("not_found", "suspended")


def test_the_page_says_the_same_and_keeps_the_list(anyone, certified, number):
    publish(certified, "OTHER-PART", 2)
    page = post(anyone, bill=f"{number}\t7\nOTHER-PART\t1\nNOWHERE\t1", **USE)
    assert page.status_code == 200
    assert "lines matched" in page.text
    rates = re.search(r'whole-rate"><strong>≤ ([^<]+)</strong>', page.text)
    assert rates is not None
    assert "FIT" in rates[1]
    assert "This counts 7 of 9 pieces" in page.text
    assert f"{number}\t7\nOTHER-PART\t1" in page.text, "the list stands in the form again"
    choice = re.search(r'name="choice.2"><option value="">[^<]+</option><option value="([^"]+)"', page.text)
    assert choice is not None
    again = post(anyone, bill=f"{number}\t7\nOTHER-PART\t1", **{"choice.2": choice[1]}, **USE)
    assert f'type="hidden" name="choice.2" value="{choice[1]}"' in again.text, "a choice once made is kept"


def test_a_page_on_which_every_line_is_to_be_chosen_can_be_sent(anyone, certified):
    publish(certified, "OTHER-PART", 2)
    text = "OTHER-PART 1\n" * 1200
    page = post(anyone, bill=text).text
    names = re.findall(r'<select id="(choice.[0-9]+)"', page)
    assert len(names) == 1200
    assert post(anyone, bill=text, **dict.fromkeys(names, "")).status_code == 200
    long = "".join(f"{place:05}{'号' * 100} 1\n" for place in range(2000))
    body = urlencode({"bill": long}).encode()
    answer = anyone.post("/bill-of-materials", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200, "more bytes than signs"


def test_files_are_read_csv_and_excel(anyone, number):
    book = Workbook()
    for row in (["Designator", "MPN", "Qty"], ["C1", number, 5]):
        book.active.append(row)
    workbook = io.BytesIO()
    book.save(workbook)
    table = f"型号,数量\n{number},5\n"
    for content, name, encoding in (
        (workbook.getvalue(), "list.xlsx", "utf-8"),
        (table.encode(), "list.csv", "utf-8"),
        (table.encode("gb18030"), "list.csv", "gb18030"),
    ):
        page = post(anyone, file=(io.BytesIO(content), name), encoding=encoding, bill="")
        assert page.status_code == 200, page.text
        assert re.search(r'<td class="number"[^>]*>5</td>', page.text)
    wrong = post(anyone, file=(io.BytesIO(table.encode("gb18030")), "list.csv"), encoding="utf-8", bill="")
    assert wrong.status_code == 422


def test_lines_of_a_workbook_are_those_of_the_list_that_stands_in_the_form(anyone, certified):
    publish(certified, "OTHER-PART", 2)
    book = Workbook()
    for row in (["NOWHERE", 5], ["OTHER-PART", 3]):
        book.active.append(row)
    workbook = io.BytesIO()
    book.save(workbook)
    page = post(anyone, file=(io.BytesIO(workbook.getvalue()), "list.xlsx"), bill="").text
    (choice,) = re.findall(r'name="(choice.[0-9]+)"', page)
    part = re.search(rf'name="{choice}"><option value="">[^<]+</option><option value="([^"]+)"', page)[1]
    text = html.unescape(re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)[1])
    again = post(anyone, bill=text, **{choice: part}).text
    assert "lines to be chosen" in again
    assert f'type="hidden" name="{choice}" value="{part}"' in again


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u2028"])
def test_a_line_of_a_program_has_a_number(anyone, blank):
    answer = anyone.post("/api/v1/bill-of-materials", json={"lines": [{"part_number": blank}]})
    assert answer.status_code == 422


def test_what_is_wrong_is_told_with_its_line_and_nothing_typed_is_lost(anyone):
    page = post(anyone, bill="MPN,Qty\nA,1\nB,many\n", use_temperature_c="hot", use_voltage_ratio="0.5")
    assert page.status_code == 422
    assert "Line 3" in page.text
    assert "B,many" in page.text
    assert 'value="hot"' in page.text
    answer = anyone.post("/api/v1/bill-of-materials", json={"text": "MPN,Qty\nB,many\n"})
    assert answer.status_code == 422
    assert (answer.json["code"], answer.json["errors"][0]["row"]) == ("bill_refused", 2)


@pytest.mark.parametrize("given", [{}, {"text": "A", "lines": [{"part_number": "A"}]}, {"lines": []}])
def test_a_program_says_either_lines_or_text(anyone, given):
    assert anyone.post("/api/v1/bill-of-materials", json=given).status_code == 422


def test_lines_of_a_program_are_counted_from_one(anyone, number):
    told = asked(anyone, lines=[{"part_number": number, "quantity": 3}, {"part_number": "NOWHERE"}])
    assert [(one["row"], one["found"]) for one in told["lines"]] == [(1, "matched"), (2, "not_found")]


def test_the_table_runs_no_formula(anyone, number):
    answer = post(anyone, bill=f"MPN,Qty,Maker\n{number},2,\n=1+1,1,@SUM\n", **{"as": "csv"}, **USE)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0]["rated_part_number"] == number
    assert float(rows[0]["rate_fit_90"]) > 0
    assert (rows[1]["part_number"], rows[1]["maker"], rows[1]["found"]) == ("'=1+1", "'@SUM", "not_found")
