"""The tables of a protocol that only some protocols have: what they say, and what is refused in them."""

from __future__ import annotations

import math
import shutil
from importlib import resources
from pathlib import Path

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import Measure, Range, load_library

INSTALLED = Path(str(resources.files("ratedparts.test_protocols")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the installed folder that a test may spoil."""
    for file in INSTALLED.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def faults_after(folder: Path, name: str, old: str, new: str) -> list[tuple[str, str | None]]:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RatedPartsError) as refusal:
        load_library(folder)
    assert {fault.parameters["file"] for fault in refusal.value.items} == {f"{name}.toml"}
    return [(fault.code, fault.column) for fault in refusal.value.items]


def test_families_that_age_differently_have_models_of_their_own() -> None:
    protocol = load_library().protocol("CAP-END@1")
    assert (protocol.acceleration, protocol.shape) == (None, None)
    aluminium, tantalum = protocol.by_family
    assert aluminium.families + tantalum.families == protocol.families
    assert (aluminium.acceleration.model, aluminium.acceleration.default("doubling_k")) == ("ten_degree", 10)
    assert (tantalum.acceleration.model, tantalum.acceleration.maximum) == (
        "weibull_voltage_exponential",
        20000,
    )
    assert aluminium.shape is not None
    assert tantalum.shape is not None
    assert aluminium.shape.low > tantalum.shape.high


def test_drift_is_extrapolated_by_a_law_that_the_plan_fixes() -> None:
    (threshold_current,) = load_library().protocol("OPT-AGE@1").degradation
    assert threshold_current.measure is Measure.RELATIVE_CHANGE_PERCENT
    assert threshold_current.threshold.terms[0].plus == 50
    assert threshold_current.laws == ("linear", "square_root")
    assert threshold_current.maximum_extrapolation == 10
    drifts = load_library().protocol("MEMS-DRIFT@1").degradation
    assert [drift.threshold.terms[0].of for drift in drifts] == [
        "offset_drift_limit_mg",
        "offset_drift_limit_dps",
        None,
    ]


def test_a_tantalum_lot_is_graded_between_two_readouts() -> None:
    grade = load_library().protocol("TA-WG@1").weibull_grade
    assert grade is not None
    assert (grade.first, grade.second, grade.confidence, grade.verified) == (2, 40, 0.9, False)
    assert [(level.name, level.percent_per_1000_hours) for level in grade.levels] == [
        ("B", 0.1),
        ("C", 0.01),
        ("D", 0.001),
    ]


def test_the_exponential_of_the_voltage_is_one_at_rated_voltage_and_reaches_its_maximum() -> None:
    protocol = load_library().protocol("TA-WG@1")
    acceleration = protocol.acceleration
    assert acceleration is not None
    voltage = next(stress for stress in protocol.stress if stress.name == "voltage_ratio")
    factor, exponent = (acceleration.default(name) for name in ("factor", "exponent"))
    assert factor * math.exp(exponent) == pytest.approx(1, rel=1e-6)
    highest = 1.0 + voltage.tolerance_above
    assert factor * math.exp(exponent * highest) == pytest.approx(acceleration.maximum, rel=1e-4)


def test_a_source_is_in_both_languages_or_the_same_in_both() -> None:
    library = load_library()
    (old,) = library.protocol("SEMI-TC@1").acceleration.parameters  # type: ignore[union-attr]
    assert old.source.en == old.source.zh
    (new,) = library.protocol("MAG-AGE@1").acceleration.parameters  # type: ignore[union-attr]
    assert new.source.en != new.source.zh


@pytest.mark.parametrize(
    ("given", "value", "holds"),
    [
        (Range(6.3, None), 6.3, False),
        (Range(6.3, None), 6.31, True),
        (Range(None, 6.3), 6.3, True),
        (Range(4.0, 6.3), 4.0, False),
        (Range(4.0, 6.3), 7.0, False),
        (Range(0.0, None), True, False),
        (Range(0.0, None), "10", False),
    ],
)
def test_a_range_excludes_its_lower_end(given: Range, value: float | str, holds: bool) -> None:
    assert given.holds(value) is holds


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"al_polymer"]\nshape', '"al_polymer", "ic"]\nshape', ("unknown_family", "by_family")),
        ('"al_polymer"]\nshape', '"ta_mno2"]\nshape', ("duplicate_name", "by_family")),
        ('"al_polymer"]\nshape', "]\nshape", ("missing_value", "by_family.al_polymer")),
        ('["al_electrolytic", "al_polymer"]\nshape', "[]\nshape", ("missing_value", "by_family[0].families")),
        ("[sample]", "[shape]\nlow = 1\nhigh = 2\n\n[sample]", ("said_twice", "shape")),
        (
            "[sample]",
            '[acceleration]\nmodel = "none"\nmaximum = 1\n\n[sample]',
            ("said_twice", "acceleration"),
        ),
        ('model = "ten_degree"', 'model = "rule"', ("not_a_choice", "by_family[0].acceleration.model")),
        ("low = 2.0, high = 6.0", "low = 7.0, high = 6.0", ("range_empty", "by_family[0].shape.low")),
        ("shape = { low = 2.0", "colour = 1\nshape = { low = 2.0", ("unknown_key", "by_family[0].colour")),
        ("{ above = 6.3 }", "{}", ("missing_value", "criteria[1].applies_to.rated_voltage_v.above")),
        (
            "{ above = 6.3 }",
            "{ above = 6.3, up_to = 4 }",
            ("range_empty", "criteria[1].applies_to.rated_voltage_v.above"),
        ),
        (
            "{ above = 6.3 }",
            '{ above = "6.3" }',
            ("wrong_type", "criteria[1].applies_to.rated_voltage_v.above"),
        ),
        (
            "{ above = 6.3 }",
            "{ over = 6.3 }",
            ("unknown_key", "criteria[1].applies_to.rated_voltage_v.over"),
        ),
        (
            'family = ["ta_mno2"] }',
            "family = { above = 1 } }",
            ("wrong_type", "criteria[4].applies_to.family"),
        ),
        (
            "rated_voltage_v = { above",
            "rated_volts = { above",
            ("unknown_attribute", "criteria[1].applies_to.rated_volts"),
        ),
        (
            'source = { en = "as above", zh = "同上" }',
            'source = { en = "as above" }',
            ("missing_value", "by_family[1].acceleration.parameters[1].source.zh"),
        ),
        (
            'source = { en = "as above", zh = "同上" }, ',
            "",
            ("missing_value", "by_family[1].acceleration.parameters[1].source"),
        ),
    ],
)
def test_a_wrong_table_by_family_or_range_is_refused(
    folder: Path, old: str, new: str, fault: tuple[str, str]
) -> None:
    assert fault in faults_after(folder, "CAP-END@1", old, new)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('column = "ith_mA"\n', 'column = "ith_ma"\n', ("unknown_column", "degradation[0].column")),
        ('column = "ith_mA"\n', 'column = "ber_pass"\n', ("wrong_type", "degradation[0].column")),
        (
            'measure = "relative_change_percent"\n',
            'measure = "drift"\n',
            ("not_a_choice", "degradation[0].measure"),
        ),
        ('fails_when = "above"\n', 'fails_when = "equals"\n', ("not_a_choice", "degradation[0].fails_when")),
        (
            "threshold = 50.0",
            'threshold = { of = "limit" }',
            ("unknown_attribute", "degradation[0].threshold.of"),
        ),
        ('"linear", "square_root"]', '"linear", "cubic"]', ("not_a_choice", "degradation[0].laws[1]")),
        ('["linear", "square_root"]', "[]", ("missing_value", "degradation[0].laws")),
        (
            "maximum_extrapolation = 10",
            "maximum_extrapolation = 0.5",
            ("out_of_range", "degradation[0].maximum_extrapolation"),
        ),
        (
            'family = ["laser_dfb", "laser_vcsel", "transceiver"] }\n\n[acc',
            'family = ["led"] }\n\n[acc',
            ("unknown_family", "degradation[0].applies_to.family"),
        ),
    ],
)
def test_a_wrong_degradation_is_refused(folder: Path, old: str, new: str, fault: tuple[str, str]) -> None:
    assert fault in faults_after(folder, "OPT-AGE@1", old, new)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("first = 2\n", "first = 50\n", ("range_empty", "weibull_grade.first")),
        ("first = 2\n", "first = 0.25\n", ("readout_not_scheduled", "weibull_grade.first")),
        ("second = 40\n", "second = 41\n", ("readout_not_scheduled", "weibull_grade.second")),
        ("confidence = 0.90", "confidence = 90", ("out_of_range", "weibull_grade.confidence")),
        ("_hours = 0.01 }", "_hours = 0.1 }", ("not_descending", "weibull_grade.levels")),
        (
            "_hours = 0.001 }",
            "_hours = 0 }",
            ("out_of_range", "weibull_grade.levels[2].percent_per_1000_hours"),
        ),
        ('name = "C", percent', 'name = "B", percent', ("duplicate_name", "weibull_grade.levels")),
        ("verified = false\nlevels", "levels", ("missing_value", "weibull_grade.verified")),
    ],
)
def test_a_wrong_weibull_grade_is_refused(folder: Path, old: str, new: str, fault: tuple[str, str]) -> None:
    assert fault in faults_after(folder, "TA-WG@1", old, new)
