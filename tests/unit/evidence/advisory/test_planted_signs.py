"""Each kind of sign is found where it was planted, with its place, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import numpy as np
import pytest

from ratedparts.evidence.advisory.every_rule import findings_in
from ratedparts.evidence.advisory.finding import Finding
from ratedparts.evidence.advisory.first_readings import first_readings, same_seconds, same_units
from ratedparts.evidence.advisory.measured import Measured
from ratedparts.wording import sentence

from .laboratory import READOUTS, STARTED, Laboratory, Rows, look_at, lot_sample

REGISTERED = STARTED - timedelta(days=7)


def found_in(measured: Measured, registered_at: datetime = REGISTERED) -> list[Finding]:
    return list(findings_in(measured, registered_at))


def only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def changed(rows: Rows, change: Callable[[int, dict[str, str]], dict[str, str]]) -> Rows:
    """Every row with what is changed in it; ``change`` is given the number of its unit."""
    return [{**row, **change(index // len(READOUTS), row)} for index, row in enumerate(rows)]


def test_an_honest_file_gives_nothing() -> None:
    assert found_in(look_at(Laboratory().rows())) == []


def test_an_honest_lot_sample_gives_nothing() -> None:
    assert found_in(look_at(lot_sample(Laboratory(units=150).rows()), "PAR-CPK@1")) == []


@pytest.mark.parametrize(
    ("relation", "constant", "copied"),
    [
        ("equal", 0.0, lambda cap: cap),
        ("multiple", 187.3, lambda cap: f"{float(cap) * 187.3:.6g}"),
        ("offset", 412.0, lambda cap: f"{float(cap) + 412:.6g}"),
    ],
)
def test_a_column_that_follows_from_another(
    relation: str, constant: float, copied: Callable[[str], str]
) -> None:
    rows = changed(Laboratory().rows(), lambda unit, row: {"ir_Mohm": copied(row["cap_nF"])})
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_copied_column"
    told = finding.parameters
    assert (told["first"], told["second"], told["relation"]) == ("cap_nF", "ir_Mohm", relation)
    assert told["constant"] == pytest.approx(constant, rel=1e-5)
    assert (told["units"], told["rows"]) == (80, 320)


def test_a_column_that_follows_from_another_in_all_but_one_reading_is_none() -> None:
    rows = changed(Laboratory().rows(), lambda unit, row: {"ir_Mohm": row["cap_nF"]})
    rows[7]["ir_Mohm"] = "104.217"
    assert found_in(look_at(rows)) == []


@pytest.mark.parametrize(("copies", "across"), [((4, 6), False), ((4, 7), True)])
def test_a_unit_that_reads_like_another(copies: tuple[int, int], across: bool) -> None:
    rows = Laboratory().rows()
    original, copy = copies
    for index, readout in enumerate(READOUTS):
        source = rows[original * len(READOUTS) + index]
        assert source["readout"] == str(readout)
        rows[copy * len(READOUTS) + index] |= {name: source[name] for name in ("cap_nF", "df_pct", "ir_Mohm")}
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_same_readings"
    assert (finding.parameters["units"], finding.parameters["across_lots"]) == (2, across)
    name = "L2 / L2-004" if across else "L1 / L1-004"
    assert finding.parameters["examples"] == [f"L1 / L1-003 = {name}"]
    assert finding.parameters["line"] == 2 + copy * len(READOUTS)


def test_units_that_were_read_coarsely_may_well_read_alike() -> None:
    rows = Laboratory(digits=2, units=200).rows()
    assert found_in(look_at(rows)) == []


def test_a_readout_that_repeats_the_one_before() -> None:
    rows = Laboratory().rows()
    for index, row in enumerate(rows):
        if row["readout"] == "500" and index // len(READOUTS) % 4:
            row |= {name: rows[index - 1][name] for name in ("cap_nF", "df_pct", "ir_Mohm")}
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_repeated_readout"
    assert (finding.parameters["earlier"], finding.parameters["later"]) == (168.0, 500.0)
    assert (finding.parameters["repeated"], finding.parameters["units"]) == (60, 80)


def test_last_digits_that_somebody_prefers() -> None:
    random = np.random.default_rng(3)
    chances = [0.05, 0.05, 0.2, 0.05, 0.05, 0.05, 0.35, 0.1, 0.05, 0.05]

    def liked(unit: int, row: dict[str, str]) -> dict[str, str]:
        if row["readout"] != "0":
            return {}
        return {"ir_Mohm": row["ir_Mohm"][:-1] + str(random.choice(list("1234567890"), p=chances))}

    rows = changed(Laboratory(units=200, stripped=False).rows(), liked)
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_terminal_digits"
    assert (finding.parameters["column"], finding.parameters["readout"]) == ("ir_Mohm", 0.0)
    assert finding.parameters["digits"]["7"] > 40


def test_an_instrument_that_rounds_is_said_to_round() -> None:
    rows = changed(
        Laboratory(units=300).rows(), lambda unit, row: {"ir_Mohm": f"{round(float(row['ir_Mohm']) / 5) * 5}"}
    )
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_rounded_digits"
    assert set(finding.parameters["digits"]) == {"0", "5"}


@pytest.mark.parametrize(
    ("law", "drift"),
    [
        ("multiple", lambda first, last, aged: first * (1 - 0.03 * aged)),
        ("offset", lambda first, last, aged: first - 3 * aged),
        ("fraction", lambda first, last, aged: first + (last - first) * aged),
    ],
)
def test_units_on_one_exact_curve(law: str, drift: Callable[[float, float, float], float]) -> None:
    rows = Laboratory().rows()
    for start in range(0, len(rows), len(READOUTS)):
        first, last = (float(rows[start + place]["cap_nF"]) for place in (0, len(READOUTS) - 1))
        for index, readout in enumerate(READOUTS[1:], 1):
            aged = (readout / READOUTS[-1]) ** 0.5
            if law != "fraction" or readout != READOUTS[-1]:
                rows[start + index]["cap_nF"] = f"{drift(first, last, aged):.6g}"
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_one_curve"
    assert (finding.parameters["columns"], finding.parameters["law"]) == (["cap_nF"], law)
    assert finding.parameters["units"] == 80


def test_units_that_grow_alike() -> None:
    def alike(unit: int, row: dict[str, str]) -> dict[str, str]:
        if row["readout"] != "1000":
            return {}
        return {"cap_nF": f"{100 + (float(row['cap_nF']) - 100) * 0.1:.6g}"}

    finding = only(found_in(look_at(changed(Laboratory().rows(), alike))))
    assert finding.code == "finding_shrinking_spread"
    assert (finding.parameters["column"], finding.parameters["readout"]) == ("cap_nF", 1000.0)
    assert finding.parameters["ratio"] < 0.2


def test_units_without_any_spread() -> None:
    rows = changed(
        Laboratory().rows(), lambda unit, row: {"cap_nF": "100.013"} if row["readout"] == "168" else {}
    )
    codes = {one.code: one.parameters for one in found_in(look_at(rows))}
    assert set(codes) == {"finding_no_spread", "finding_shrinking_spread"}
    assert codes["finding_no_spread"]["readout"] == 168.0


def test_the_end_of_a_range_in_round_figures_is_nothing() -> None:
    rows = changed(Laboratory().rows(), lambda unit, row: {"ir_Mohm": "20000"})
    assert found_in(look_at(rows)) == []


def test_more_hours_than_the_calendar_has() -> None:
    rows = Laboratory().rows()
    for unit in (5, 9):
        row = rows[unit * len(READOUTS) + 2]
        early = STARTED + timedelta(hours=470 if unit == 9 else 490)
        row["measured_at"] = early.strftime("%Y-%m-%dT%H:%M:%SZ")
    finding = only(found_in(look_at(rows)))
    assert finding.code == "finding_hours_beyond_calendar"
    assert (finding.parameters["units"], finding.parameters["unit"]) == (2, "L2 / L2-005")
    assert finding.parameters["line"] == 2 + 9 * len(READOUTS)
    assert finding.parameters["stress_hours"] == 332.0
    assert finding.parameters["calendar_hours"] == pytest.approx(470 - 168, abs=0.2)


@pytest.mark.parametrize(("second", "expected"), [("31", ["finding_read_at_once"]), ("00", [])])
def test_hundreds_of_units_at_one_second(second: str, expected: list[str]) -> None:
    # Given to the minute it is the time of the session.
    rows = changed(
        Laboratory(units=240).rows(),
        lambda unit, row: (
            {"measured_at": f"{row['measured_at'][:11]}01:00:{second}Z"} if row["readout"] == "0" else {}
        ),
    )
    findings = found_in(look_at(rows))
    assert [one.code for one in findings] == expected
    if findings:
        assert (findings[0].parameters["units"], findings[0].parameters["instrument"]) == (240, "LCR-1")


def test_a_reading_before_the_plan() -> None:
    measured = look_at(Laboratory().rows())
    finding = only(found_in(measured, STARTED + timedelta(seconds=1)))
    assert (finding.code, finding.parameters["line"]) == ("finding_before_its_plan", 2)
    assert found_in(measured, STARTED) == []


def test_the_units_of_another_test() -> None:
    rows = Laboratory().rows()
    earlier = first_readings(look_at(lot_sample(rows), "PAR-CPK@1"))
    again = Laboratory(seed=2).rows()
    for index in range(0, 20 * len(READOUTS), len(READOUTS)):
        again[index] |= {name: rows[index][name] for name in ("cap_nF", "df_pct", "ir_Mohm")}
    finding = only(same_units(first_readings(look_at(again)), earlier, "PLAN-2", 3))
    assert (finding.code, finding.parameters["units"]) == ("finding_same_units_elsewhere", 20)
    assert finding.parameters["examples"][0] == "L1 / L1-001 = L1 / L1-001"
    other = first_readings(look_at(Laboratory(seed=5).rows()))
    assert list(same_units(other, earlier, "PLAN-2", 3)) == []


def test_an_instrument_in_two_tests_at_once() -> None:
    one, other = (first_readings(look_at(Laboratory(seed=seed).rows())) for seed in (1, 2))
    finding = only(same_seconds(one, other, "PLAN-2"))
    assert (finding.code, finding.parameters["instrument"]) == ("finding_instrument_elsewhere", "LCR-1")
    moved = other.with_columns(at=other["at"] + timedelta(seconds=11))
    assert list(same_seconds(one, moved, "PLAN-2")) == []


def test_of_a_long_file_some_units_are_looked_at_with_all_their_rows() -> None:
    part = look_at(Laboratory(units=200).rows(), largest=200)
    assert part.units_in_file == 200
    assert 10 <= part.units.height <= 110
    assert np.isfinite(part.columns["cap_nF"].values[:, : len(READOUTS)]).all()


def test_every_sentence_names_what_it_is_about() -> None:
    rows = changed(Laboratory().rows(), lambda unit, row: {"ir_Mohm": row["cap_nF"]})
    finding = only(found_in(look_at(rows)))
    for language in ("en", "zh_CN"):
        told = sentence(finding.code, finding.parameters, language)
        assert "cap_nF" in told
        assert "?" not in told
