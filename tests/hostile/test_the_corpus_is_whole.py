"""Every file has its line and every line its file; a line says all that it has to."""

from __future__ import annotations

from collections import Counter

from .corpus import COLUMNS, Case, cases, files, lines

KINDS = {
    *("results", "giants", "dossiers", "protocols", "plans"),
    *("addresses", "part_numbers", "makers", "file_names"),
}
OF_THE_FILE = ("protocol", "encoding", "part", "plan", "faults", "wrong_today")


def test_the_table_has_its_columns() -> None:
    assert tuple(lines()[0]) == COLUMNS
    assert [line["file"] for line in lines() if None in line or None in line.values()] == []


def test_every_file_has_a_line() -> None:
    without = sorted(set(files()) - set(cases()))
    assert without == [], f"no line in expected.csv: {', '.join(without)}"


def test_every_line_has_a_file() -> None:
    without = sorted(set(cases()) - set(files()))
    assert without == [], f"named in expected.csv, and not there: {', '.join(without)}"


def test_every_kind_of_file_is_read_by_a_test() -> None:
    unread = sorted(case.file for case in cases().values() if case.kind not in KINDS)
    assert unread == [], f"no test reads {', '.join(unread)}"


def test_a_line_says_all_that_it_has_to() -> None:
    assert {case.file: lack for case in cases().values() if (lack := lacking(case))} == {}


def lacking(case: Case) -> str | None:
    of_file = [line for line in lines() if line["file"] == case.file]
    if case.accepted:
        whole = len(of_file) == 1 and not any(
            of_file[0][name] for name in ("code", "sentence", "row", "column")
        )
        return None if whole else "an accepted file has one line, without code and sentence"
    if len(case.answers) != len(of_file) or not all(answer.sentence for answer in case.answers):
        return "every line of a refused file has a code and a sentence"
    if case.faults < len(case.answers):
        return "there are fewer faults than lines"
    disagreed = [name for name in OF_THE_FILE if len({line[name] for line in of_file}) > 1]
    return f"the lines of one file agree on {disagreed}" if disagreed else None


def test_no_line_stands_twice() -> None:
    twice = [line for line, times in Counter(tuple(line.values()) for line in lines()).items() if times > 1]
    assert twice == []
