"""Results files through the checker, from bytes and from a stream, and through the interface and the page."""

from __future__ import annotations

import csv
import io
import json
import time

import numpy as np
import pytest

from ratedparts.protocols import CheckReport, check_file, check_stream

from .corpus import Answer, Case, of_kind
from .installation import Installation
from .readers import as_answer, problem_of

RESULTS = of_kind("results")
SENT = [case for case in RESULTS if not case.part and not case.plan and not case.wrong_today]
SECONDS = 10.0  # for any of these files, however busy the machine is


def one_of_each(cases: list[Case]) -> list[Case]:
    """The first file of every code that a refusal begins with, of every folder."""
    first = {(case.file.split("/")[2], case.answers[0].code if case.answers else ""): case for case in cases}
    return list(first.values())


def named(case: object) -> str:
    return case.file if isinstance(case, Case) else str(case)


def told(report: CheckReport, case: Case) -> list[Answer]:
    """As many faults as the table names; there may be more, but then it says how many."""
    assert report.accepted == (report.fault_count == 0)
    assert report.fault_count == case.faults, report.faults
    return [as_answer(fault) for fault in report.faults[: len(case.answers)]]


@pytest.mark.parametrize("case", RESULTS, ids=named)
def test_the_checker_says_what_the_table_says(case: Case) -> None:
    content = case.content()
    given = {
        "encoding": case.encoding,
        "part": json.loads(case.part) if case.part else None,
        "plan": json.loads(case.plan) if case.plan else None,
    }
    began = time.monotonic()
    report = check_file(content, case.protocol, **given)
    streamed = check_stream(io.BytesIO(content), case.protocol, screen_from=0, **given)
    assert time.monotonic() - began < SECONDS
    assert told(report, case) == list(case.answers)
    assert (streamed.faults, streamed.fault_count) == (report.faults, report.fault_count)
    assert (streamed.encoding, streamed.rows, streamed.units) == (report.encoding, report.rows, report.units)


@pytest.mark.parametrize(
    "case", [case for case in RESULTS if case.accepted and case.name.endswith(".csv")], ids=named
)
def test_what_is_accepted_is_kept_as_it_was_given(case: Case) -> None:
    """Formulas, blanks, leading zeros, look-alike units: the text of every cell; blank is never 0."""
    report = check_file(case.content(), case.protocol, encoding=case.encoding)
    assert report.table is not None
    text = case.content().decode(case.encoding).removeprefix("\ufeff")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    for place, name in enumerate(header):
        given = [row[place] for row in rows]
        assert report.table.texts[name] == given
        if name in report.table.numbers:
            blank = [cell == "" for cell in given]
            assert np.isnan(report.table.numbers[name]).tolist() == blank


@pytest.mark.parametrize("case", SENT, ids=named)
def test_the_interface_says_the_same(installation: Installation, case: Case) -> None:
    answer = installation.check(case)
    assert answer.status_code == (200 if case.accepted else 422)
    assert problem_of(answer)[: len(case.answers)] == list(case.answers)
    assert json.loads(answer.data)["error_count"] == case.faults


@pytest.mark.parametrize("case", one_of_each(SENT), ids=named)
def test_the_page_says_the_same(installation: Installation, case: Case) -> None:
    answer = installation.check_page(case)
    assert answer.status_code == (200 if case.accepted else 422)
    for said in case.answers:
        assert said.code in answer.text
