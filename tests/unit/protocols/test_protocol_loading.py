"""The files of test_protocols, and what becomes of files that are wrong."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import Layout, load_library

INSTALLED = Path(str(resources.files("ratedparts.test_protocols")))
NAMES = [
    "CAP-END@1",
    "CON-DUR@1",
    "GEN-LIFE@1",
    "MAG-AGE@1",
    "MEMS-DRIFT@1",
    "MLCC-BH@1",
    "MLCC-HTL@1",
    "OPT-AGE@1",
    "PAR-CPK@1",
    "PAR-CPK@2",
    "PCB-CAF-TC@1",
    "PCB-TC@1",
    "RES-LL70@1",
    "RFF-PWR@1",
    "SEMI-HTOL@1",
    "SEMI-TC@1",
    "SEMI-THB@1",
    "TA-WG@1",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the installed folder that a test may spoil."""
    for file in INSTALLED.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[tuple[str, str | None, str]]:
    with pytest.raises(RatedPartsError) as refusal:
        load_library(folder)
    assert refusal.value.code == "protocols_faulty"
    return [(fault.code, fault.column, fault.parameters["file"]) for fault in refusal.value.items]


@pytest.mark.parametrize("name", NAMES)
def test_every_installed_protocol_loads(name: str) -> None:
    protocol = load_library().protocol(name)
    assert protocol.name == name
    assert load_library().latest(protocol.id).version >= protocol.version
    assert protocol.title.zh
    assert protocol.title.en
    assert len(protocol.digest) == 64


def test_no_other_protocol_is_installed() -> None:
    assert sorted(load_library().protocols) == NAMES


def test_the_installed_library_is_read_once() -> None:
    assert load_library() is load_library()


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    library = load_library()
    with pytest.raises(RatedPartsError) as refusal:
        library.protocol("MLCC-HTL@9")
    assert refusal.value.code == "unknown_protocol"
    assert refusal.value.parameters == {"given": "MLCC-HTL@9", "known": NAMES}
    with pytest.raises(RatedPartsError, match="unknown_protocol"):
        library.latest("MLCC")
    with pytest.raises(RatedPartsError, match="unknown_family"):
        library.family("resistor")


def test_the_newest_version_is_the_latest(folder: Path) -> None:
    text = (folder / "RES-LL70@1.toml").read_text(encoding="utf-8").replace("version = 1", "version = 10", 1)
    (folder / "RES-LL70@10.toml").write_text(text, encoding="utf-8")
    text = text.replace("version = 10", "version = 2", 1)
    (folder / "RES-LL70@2.toml").write_text(text, encoding="utf-8")
    assert load_library(folder).latest("RES-LL70").version == 10


def test_families_carry_what_the_grades_ask_for() -> None:
    library = load_library()
    assert len(library.families) == 29
    ceramic = library.family("mlcc_class2")
    assert ceramic.mandatory == ("MLCC-HTL", "MLCC-BH:rated", "MLCC-BH:low", "SEMI-TC", "PAR-CPK")
    assert ceramic.key_parameters == library.latest("MLCC-HTL").key_columns == ("cap_nF",)
    assert library.family("ta_mno2").mandatory == ("CAP-END", "TA-WG", "SEMI-TC", "PAR-CPK")
    assert {family.group for family in library.families.values()} == {
        "passive",
        "active",
        "optical",
        "connector",
        "board",
        "published",
    }


def test_key_parameters_of_a_family_are_key_columns_of_its_mandatory_protocols() -> None:
    library = load_library()
    for family in library.families.values():
        named = (*family.mandatory, *family.also_counted)
        protocols = [library.latest(name.partition(":")[0]) for name in named]
        key_columns = {name for one in protocols for name in one.key_columns}
        for parameter in family.key_parameters:
            assert key_columns.intersection(family.names_of(parameter)), (family.code, parameter)


def test_the_newest_lot_protocol_measures_every_key_parameter_by_its_name() -> None:
    library = load_library()
    known = {quantity.name for quantity in library.latest("PAR-CPK").quantities}
    for family in library.families.values():
        assert known.issuperset(family.key_parameters), family.code


def test_a_former_name_is_that_of_a_key_parameter(folder: Path) -> None:
    spoil(folder, "families", "formerly = { offset_dps", "formerly = { offset_mps")
    assert ("unknown_parameter", "families[22].formerly.offset_mps", "families.toml") in faults_of(folder)


def test_every_protocol_that_a_family_needs_is_there() -> None:
    library = load_library()
    ids = {protocol.id for protocol in library.protocols.values()}
    for family in library.families.values():
        assert {name.partition(":")[0] for name in family.mandatory} <= ids


def test_default_acceleration_is_as_published() -> None:
    acceleration = load_library().protocol("MLCC-HTL@1").acceleration
    assert acceleration is not None
    assert acceleration.model == "prokopowicz_vaskas"
    assert acceleration.maximum == 20000
    assert acceleration.default("voltage_exponent") == 3
    assert acceleration.default("activation_energy_ev") == 1.0


def test_only_published_data_is_not_graded() -> None:
    ungraded = [name for name, protocol in load_library().protocols.items() if not protocol.graded]
    assert ungraded == ["GEN-LIFE@1"]
    assert load_library().protocol("GEN-LIFE@1").layout is Layout.UNIT_LIVES


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("graded = true", 'graded = "yes"', "wrong_type", "graded"),
        ("graded = true", "grade = true", "missing_value", "graded"),
        ("graded = true", "graded = true\ncolour = 1", "unknown_key", "colour"),
        ('layout = "unit_readouts"', 'layout = "wide"', "not_a_choice", "layout"),
        ("at = [0, 168, 500,", "at = [0, 500, 168,", "not_ascending", "readouts.at"),
        ("mandatory = [0, 1000]", "mandatory = [0, 900]", "readout_not_scheduled", "readouts.mandatory"),
        ("late = 48", "late = 400", "readouts_overlap", "readouts.at"),
        ("default = 3.0", "default = 1.5", "default_outside_range", "acceleration.parameters[0].default"),
        ("maximum = 20000", "maximum = 0.5", "out_of_range", "acceleration.maximum"),
        ("low = 1.0\nhigh", "low = 9.0\nhigh", "range_empty", "shape.low"),
        ('mode = "short", column', 'mode = "blue", column', "fail_mode_unknown", "criteria[0].mode"),
        ('column = "ir_Mohm"', 'column = "ir_mohm"', "unknown_column", "criteria[0].column"),
        ('column = "ir_Mohm"', 'column = "operator"', "wrong_type", "criteria[0].column"),
        ("limit = 1.0 }", 'limit = "1" }', "wrong_type", "criteria[0].limit"),
        ('fails_when = "below"', 'fails_when = "<"', "not_a_choice", "criteria[0].fails_when"),
        ('"mlcc_class2"]\nfailure', '"mlcc_class3"]\nfailure', "unknown_family", "families[1]"),
        ('dielectric = ["X7R"', 'colour = ["X7R"', "unknown_attribute", "criteria[2].applies_to.colour"),
        ('of = "capacitance_nf"', 'of = "capacitance_pf"', "unknown_attribute", "criteria[5].limit.of"),
        ('name = "df_pct"', 'name = "cap_nF"', "duplicate_name", "columns"),
        ('name = "unit_id"', 'name = "unit"', "missing_value", "columns.unit_id"),
        ('"removed", "lost"]', '"removed"]', "not_a_choice", "columns.status.choices"),
        ("lots = 3", "lots = 0", "out_of_range", "sample.lots"),
        ("lots = 3", "lots = 3.0", "wrong_type", "sample.lots"),
        ("lots = 3", "lots = nan", "wrong_type", "sample.lots"),
        ("early = 0", "early = inf", "wrong_type", "readouts.early"),
        ('id = "MLCC-HTL"', 'id = "mlcc htl"', "name_format", "id"),
        ("version = 1", "version = 2", "file_name_differs", "id"),
        ("graded = true", "graded = true\ngraded = true", "toml_syntax", "(file)"),
    ],
)
def test_a_wrong_protocol_is_refused_by_file_and_key(
    folder: Path, old: str, new: str, code: str, path: str
) -> None:
    spoil(folder, "MLCC-HTL@1", old, new)
    assert (code, path, "MLCC-HTL@1.toml") in faults_of(folder)


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    spoil(folder, "MLCC-HTL@1", "graded = true", "graded = 1")
    spoil(folder, "MLCC-HTL@1", "lots = 3", "lots = -3")
    spoil(folder, "SEMI-TC@1", 'metric = "cycles"', 'metric = "rounds"')
    assert faults_of(folder) == [
        ("wrong_type", "graded", "MLCC-HTL@1.toml"),
        ("out_of_range", "sample.lots", "MLCC-HTL@1.toml"),
        ("not_a_choice", "metric", "SEMI-TC@1.toml"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('key_parameters = ["cap_nF"]', 'key_parameters = ["cap_F"]', "unknown_parameter"),
        ('"MLCC-BH:rated"', '"MLCC-BH:high"', "not_a_choice"),
        ('"MLCC-BH:rated"', '"SEMI-THB"', "family_not_rated"),
        ('reliability_protocol = "MLCC-HTL"', 'reliability_protocol = "TA-WG"', "reliability_not_mandatory"),
        ('"rated_voltage_v", "dielectric"', '"rated_voltage", "dielectric"', "unknown_attribute"),
        ("choices = { dielectric", "choices = { colour", "unknown_attribute"),
    ],
)
def test_a_wrong_family_is_refused(folder: Path, old: str, new: str, code: str) -> None:
    spoil(folder, "families", old, new)
    assert (code, "families.toml") in [(found, file) for found, _, file in faults_of(folder)]


def test_a_family_may_name_a_protocol_that_is_still_to_be_written(folder: Path) -> None:
    (folder / "SEMI-TC@1.toml").unlink()
    assert "SEMI-TC" in load_library(folder).family("ic").mandatory


def test_a_folder_without_families_is_refused(folder: Path) -> None:
    (folder / "families.toml").unlink()
    assert faults_of(folder) == [("missing_value", "families", "families.toml")]


def test_every_field_is_named_in_the_readme() -> None:
    text = (INSTALLED / "README.md").read_text(encoding="utf-8")
    for word in (
        "free_column_prefix",
        "same_characters",
        "by_family",
        "degradation",
        "maximum_extrapolation",
        "weibull_grade",
        "may_be_absent",
        "applies_to",
        "optional_attributes",
    ):
        assert f"`{word}`" in text
