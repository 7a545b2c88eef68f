"""Quantities as people write them: what is read, what is refused and why, and that nothing is guessed."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.protocols import load_library, read_attribute, read_quantity, write_attribute, write_quantity
from ratedparts.protocols.quantities.look_alikes import LOOK_ALIKES
from ratedparts.protocols.quantities.units import SPELLINGS, UNITS, target_of

LIBRARY = load_library()
ATTRIBUTES = {one.name: one for family in LIBRARY.families.values() for one in family.attributes}
PARAMETERS = LIBRARY.latest("PAR-CPK").quantities
UNITS_ASKED_FOR = sorted({one.unit for one in [*ATTRIBUTES.values(), *PARAMETERS] if one.unit})
REFUSALS = {
    "quantity_format",
    "quantity_separator",
    "quantity_sign",
    "quantity_letter",
    "tolerance_letter",
    "quantity_two",
    "quantity_unit",
    "quantity_case",
    "quantity_kind",
    "quantity_digits",
    "quantity_magnitude",
}


def refusal(text: str, unit: str | None, **how: bool) -> RatedPartsError:
    with pytest.raises(RatedPartsError) as refused:
        read_quantity(text, unit, **how)
    return refused.value


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("100 nF", "nF", "100"),
        ("100nF", "nF", "100"),
        ("0.1 µF", "nF", "100"),
        ("0.1 uF", "nF", "100"),
        (".1uF", "nF", "100"),
        ("100n", "nF", "100"),
        ("47 pF", "nF", "0.047"),
        ("1e-7 F", "nF", "100"),
        ("10 MF", "nF", "1e16"),
        ("10 mF", "µF", "10000"),
        ("4700 µF", "µF", "4700"),
        ("2n2", "nF", "2.2"),
        ("2n2F", "nF", "2.2"),
        ("4u7", "µF", "4.7"),
        ("4µ7", "µF", "4.7"),
        ("p33", "nF", "0.00033"),
        ("4R7", "Ω", "4.7"),
        ("R47", "Ω", "0.47"),
        ("47R", "Ω", "47"),
        ("0R", "Ω", "0"),
        ("4k7", "Ω", "4700"),
        ("4K7", "Ω", "4700"),
        ("4k7 Ω", "Ω", "4700"),
        ("4.7k", "Ω", "4700"),
        ("1M5", "Ω", "1500000"),
        ("2L2", "mΩ", "2.2"),
        ("10 kΩ", "Ω", "10000"),
        ("10kohm", "Ω", "10000"),
        ("10 Mohm", "Ω", "10000000"),
        ("10 mΩ", "mΩ", "10"),
        ("10 MΩ", "mΩ", "1e10"),
        ("2.2 µH", "µH", "2.2"),
        ("2u2", "µH", "2.2"),
        ("6.3V", "V", "6.3"),
        ("0.5 kV", "V", "500"),
        ("1/4 W", "W", "0.25"),
        ("1/16W", "W", "0.0625"),
        ("100 mW", "W", "0.1"),
        ("125 °C", "°C", "125"),
        ("125degC", "°C", "125"),
        ("+125 °C", "°C", "125"),
        ("-55 °C", "°C", "-55"),
        ("87600 h", "h", "87600"),
        ("87600 hours", "h", "87600"),
        ("10 years", "h", "87600"),
        ("10 a", "h", "87600"),
        ("1 year", "h", "8760"),
        ("10 年", "h", "87600"),
        ("25 ppm/K", "ppm/K", "25"),
        ("25 ppm/°C", "ppm/K", "25"),
        ("240 °C/W", "K/W", "240"),
        ("1.55 µm", "nm", "1550"),
        ("0.8 mm", "mm", "0.8"),
        ("2.4 GHz", "MHz", "2400"),
        ("30 dBm", "dBm", "30"),
        ("5 dps", "°/s", "5"),
        ("8 LSB/g", "LSB/g", "8"),
    ],
)
def test_a_quantity_is_read_exactly(text: str, unit: str, value: str) -> None:
    reading = read_quantity(text, unit)
    assert (reading.value, reading.bare) == (Decimal(value), False)


@pytest.mark.parametrize(("unit", "text"), [("nF", "104"), ("V", "50"), (None, "500"), ("1", "4.5")])
def test_a_bare_number_is_in_the_unit_asked_for_and_never_a_code(unit: str | None, text: str) -> None:
    reading = read_quantity(text, unit)
    assert (reading.value, reading.bare) == (Decimal(text), True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("±10 %", 10),
        ("10 %", 10),
        ("10%", 10),
        ("+-10%", 10),
        ("+/- 10 %", 10),
        ("± 0.5%", 0.5),
        *zip("BCDFGJKM", (0.1, 0.25, 0.5, 1, 2, 5, 10, 20), strict=True),
    ],
)
def test_a_tolerance_is_read(text: str, value: float) -> None:
    assert read_quantity(text, "%", symmetric=True).number == value


def test_a_capacitors_tolerance_letter_that_may_mean_picofarads_is_refused() -> None:
    capacitor, resistor = LIBRARY.family("mlcc_class1"), LIBRARY.family("chip_resistor_thin")
    tolerance = ATTRIBUTES["tolerance_percent"]
    assert read_attribute("F", tolerance, resistor).value == 1
    assert read_attribute("K", tolerance, capacitor).value == 10
    with pytest.raises(RatedPartsError) as refused:
        read_attribute("F", tolerance, capacitor)
    assert (refused.value.code, refused.value.parameters["picofarads"]) == ("tolerance_letter", True)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", "nF", "quantity_format"),
        ("nF", "nF", "quantity_format"),
        ("about 100 nF", "nF", "quantity_format"),
        ("5. V", "V", "quantity_unit"),
        ("nan", "nF", "quantity_format"),
        ("inf", "nF", "quantity_format"),
        ("0x10", "nF", "quantity_letter"),
        ("٤٧", "nF", "quantity_format"),
        ("100\nnF", "nF", "quantity_format"),
        ("1" * 70, "nF", "quantity_format"),
        ("0,1 µF", "nF", "quantity_separator"),
        ("0，1 µF", "nF", "quantity_separator"),
        ("1,000 V", "V", "quantity_separator"),
        ("1'000 V", "V", "quantity_separator"),
        ("1_000", "V", "quantity_separator"),
        ("87 600 h", "h", "quantity_separator"),
        ("87\u202f600 h", "h", "quantity_separator"),
        ("1.234.567", "h", "quantity_separator"),
        ("±50 V", "V", "quantity_sign"),
        ("100 nF 50 V", "nF", "quantity_two"),
        ("100nF/50V", "nF", "quantity_two"),
        ("10/16 V", "V", "quantity_two"),
        ("4.5-5.5 V", "V", "quantity_two"),
        ("3V3", "V", "quantity_letter"),
        ("4M7", "nF", "quantity_letter"),
        ("4N7", "nF", "quantity_letter"),
        ("R47", "µH", "quantity_letter"),
        ("5 furlongs", "mm", "quantity_unit"),
        ("100 n", "nF", "quantity_unit"),
        ("50 VDC", "V", "quantity_unit"),
        ("500 cycles", None, "quantity_unit"),
        ("10 Nf", "nF", "quantity_case"),
        ("10 nf", "nF", "quantity_case"),
        ("10 KΩ", "Ω", "quantity_case"),
        ("10 mHZ", "MHz", "quantity_case"),
        ("50 v", "V", "quantity_case"),
        ("50 V", "nF", "quantity_kind"),
        ("398 K", "°C", "quantity_unit"),
        ("2 W", "dBm", "quantity_kind"),
        ("3 dB", "dBm", "quantity_kind"),
        ("10 a", "A", "quantity_case"),
        ("1/3 W", "W", "quantity_digits"),
        ("4/1 W", "W", "quantity_two"),
        ("0.1234567890123456 V", "V", "quantity_digits"),
        ("1.00000000000000000000000000000000001 V", "V", "quantity_digits"),
        ("-1.00000000000000000000000000000000001 V", "V", "quantity_digits"),
        ("1.00000000000000000000000000000000001k", "Ω", "quantity_digits"),
        ("1e50 V", "V", "quantity_magnitude"),
        ("1e-50 V", "V", "quantity_magnitude"),
    ],
)
def test_what_is_in_doubt_is_refused_with_its_reason(text: str, unit: str | None, code: str) -> None:
    assert refusal(text, unit).code == code


@pytest.mark.parametrize("text", ["+10 %", "-10 %", "+80/-20 %"])
def test_one_sign_of_a_tolerance_is_refused(text: str) -> None:
    assert refusal(text, "%", symmetric=True).code == "quantity_sign"


@pytest.mark.parametrize("text", ["Z", "Q", "k", "j", "Ｘ"])
def test_a_letter_that_is_no_tolerance_is_refused(text: str) -> None:
    assert refusal(text, "%", symmetric=True).code == "tolerance_letter"


def test_a_wrong_case_names_every_right_one_and_chooses_none() -> None:
    assert sorted(refusal("10 mhz", "Hz").parameters["expected"]) == ["MHz", "mHz"]
    assert refusal("10 mf", "nF").parameters["expected"] == ["mF", "MF"]


def test_look_alikes_are_listed_and_are_what_unicode_holds_them_for() -> None:
    ours = {"\u2212": "-", "\u2044": "/", "\u2215": "/", "\u00ba": "°", "\u02da": "°"}
    for written, read_as in LOOK_ALIKES.items():
        unicodes = unicodedata.normalize("NFKC", written).replace("μ", "µ")
        assert read_as == ours.get(written, unicodes if written != "\u03bc" else "µ"), hex(ord(written[0]))


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("１００ｎＦ", "nF", 100),
        ("0.1\u00a0μF", "nF", 100),
        ("0.1㎌", "nF", 100),
        ("4.7 \u2126", "Ω", 4.7),
        ("10㏀", "Ω", 10_000),
        ("125\u3000℃", "°C", 125),
        ("125 ºC", "°C", 125),
        ("\u221255℃", "°C", -55),
        ("１０％", "%", 10),
    ],
)
def test_a_look_alike_is_read_as_what_it_looks_like(text: str, unit: str, value: float) -> None:
    assert read_quantity(text, unit).number == value


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (100.0, "nF", "100 nF"),
        (0.047, "nF", "47 pF"),
        (1000.0, "nF", "1 µF"),
        (4700.0, "µF", "4700 µF"),
        (1e16, "nF", "10000000 F"),
        (4.7, "Ω", "4.7 Ω"),
        (10_000.0, "Ω", "10 kΩ"),
        (0.1, "W", "100 mW"),
        (0.0, "Ω", "0 Ω"),
        (-0.0, "V", "0 V"),
        (-55.0, "°C", "−55 °C"),
        (1550.0, "nm", "1550 nm"),
        (87_600.0, "h", "87600 h"),
        (0.1 + 0.2, "V", "300 mV"),
        (500.0, None, "500"),
        (1e-20, "V", "1e-14 µV"),
    ],
)
def test_a_quantity_is_written_as_an_engineer_does(value: float, unit: str | None, written: str) -> None:
    assert write_quantity(value, unit) == written


def test_a_tolerance_is_written_with_its_sign_and_in_the_readers_language() -> None:
    tolerance = ATTRIBUTES["tolerance_percent"]
    assert write_attribute(10.0, tolerance) == "±10 %"
    assert write_attribute(10.0, tolerance, "zh_CN") == "±10%"
    assert write_quantity(2.5, "%") == "2.5 %"


def test_every_spelling_of_a_unit_is_of_one_unit() -> None:
    total = sum(
        len(unit.prefixes) * (1 + len(unit.also_written))
        + ("µ" in unit.prefixes) * (1 + len(unit.also_written))
        for unit in UNITS
    ) + sum(len(unit.multiples) for unit in UNITS)
    assert len(SPELLINGS) == total


def test_every_unit_of_the_families_is_in_the_table() -> None:
    known = {unit.symbol for unit in UNITS}
    for name, attribute in ATTRIBUTES.items():
        if attribute.unit is not None:
            target = target_of(attribute.unit)
            assert target.unit is not None, name
            assert target.unit.symbol in known, name


values = st.builds(
    lambda digits, exponent, negative: Decimal(digits).scaleb(exponent) * (-1 if negative else 1),
    st.integers(0, 10**15 - 1),
    st.integers(-25, 12),
    st.booleans(),
)


@given(values, st.sampled_from([None, *UNITS_ASKED_FOR]), st.sampled_from(["en", "zh_CN"]))
@example(Decimal("0.1"), "nF", "en")
def test_what_is_written_is_read_back_exactly(value: Decimal, unit: str | None, language: str) -> None:
    reading = read_quantity(write_quantity(value, unit, language), unit)
    assert reading.value == value
    assert Decimal(repr(reading.number)) == value
    both = read_quantity(write_quantity(abs(value), unit, language, symmetric=True), unit, symmetric=True)
    assert both.value == abs(value)


PIECES = [*"14.,/-±+ekKmMµunpRFΩVW%ha年㎌Ｆ٤", "07", "°C"]
pieces = st.sampled_from([*PIECES, " ", "\u202f", "\x00", "\ud800"])
texts = st.one_of(st.text(max_size=12), st.lists(pieces, max_size=8).map("".join))


@settings(max_examples=500)
@given(texts, st.sampled_from([None, *UNITS_ASKED_FOR]), st.booleans(), st.booleans())
def test_any_text_is_read_or_refused_and_nothing_else(
    text: str, unit: str | None, symmetric: bool, of_capacitor: bool
) -> None:
    how: dict[str, Any] = {"symmetric": symmetric, "of_capacitor": of_capacitor}
    code, again, value = "", "", None
    try:
        value = read_quantity(text, unit, **how).value
        again = write_quantity(value, unit, symmetric=symmetric)
    except RatedPartsError as refused:
        code = refused.code
    assert code in REFUSALS or read_quantity(again, unit, **how).value == value


@given(st.sampled_from(["F", "Ω", "H", "V", "A", "W", "Hz"]), st.integers(1, 999))
def test_milli_and_mega_are_nine_powers_of_ten_apart(symbol: str, number: int) -> None:
    milli, mega = (read_quantity(f"{number} {prefix}{symbol}", symbol).value for prefix in "mM")
    assert mega == milli * 10**9
