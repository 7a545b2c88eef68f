"""The units that are read, with their prefixes and spellings.  Upper and lower case always matter.

Only what is equal by definition is converted: by a prefix, K/W = °C/W, ppm/K = ppm/°C, and a year of 8760 h.
Kelvin to degrees Celsius, or watts to dBm, is refused: nobody writes a rating so by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal

PREFIXES = {"f": -15, "p": -12, "n": -9, "µ": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12}
HOURS_A_YEAR = Decimal(8760)  # as the rule set counts a declared life
EXACT = Context(prec=120)  # more digits than any text that is read can need
_ALL = tuple(PREFIXES)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Unit:
    """``usual``: the prefixes that a refusal names; where ``scaled``, also those that are written.

    ``letters``: what may stand for the decimal mark, with the power of ten that it brings.
    """

    symbol: str
    also_written: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("",)
    usual: tuple[str, ...] = ("",)
    scaled: bool = False
    letters: Mapping[str, int] = field(default_factory=dict)
    multiples: Mapping[str, Decimal] = field(default_factory=dict)  # further units, by what they are worth

    @property
    def expected(self) -> list[str]:
        """What to write instead of a unit that was refused."""
        return [prefix + self.symbol for prefix in self.usual] + list(self.multiples)[:1]


# IEC 60062: the letters of resistance and capacitance.  The small k and m are the SI prefixes that people
# write for K and L.  Inductance has no letters there; those that are SI prefixes are read all the same.
RESISTANCE_LETTERS = {"m": -3, "L": -3, "R": 0, "K": 3, "k": 3, "M": 6, "G": 9, "T": 12}
CAPACITANCE_LETTERS = {"p": -12, "n": -9, "µ": -6, "u": -6, "m": -3, "F": 0}
INDUCTANCE_LETTERS = {"p": -12, "n": -9, "µ": -6, "u": -6, "m": -3}

# A millifarad is read and never written: it is too easily taken for a microfarad, or for a megafarad.
UNITS = (
    Unit("F", (), _ALL, ("p", "n", "µ", ""), scaled=True, letters=CAPACITANCE_LETTERS),
    Unit(
        "Ω",
        ("ohm", "Ohm", "ohms", "Ohms"),
        _ALL,
        ("µ", "m", "", "k", "M", "G", "T"),
        scaled=True,
        letters=RESISTANCE_LETTERS,
    ),
    Unit("H", (), _ALL, ("p", "n", "µ", "m", ""), scaled=True, letters=INDUCTANCE_LETTERS),
    Unit("V", (), _ALL, ("µ", "m", "", "k"), scaled=True),
    Unit("A", (), _ALL, ("p", "n", "µ", "m", "", "k"), scaled=True),
    Unit("W", (), _ALL, ("n", "µ", "m", "", "k"), scaled=True),
    Unit("Hz", (), _ALL, ("", "k", "M", "G")),
    Unit("m", (), ("p", "n", "µ", "m", ""), ("n", "µ", "m")),
    Unit("g", (), ("µ", "m", ""), ("m", "")),  # the acceleration of free fall, never the gram
    Unit("N", (), ("m", "", "k"), ("m", "", "k")),
    Unit("T", (), ("µ", "m", ""), ("m", "")),
    Unit("h", ("hour", "hours", "小时"), multiples=dict.fromkeys(("years", "year", "a", "年"), HOURS_A_YEAR)),
    Unit("°C", ("degC",)),
    Unit("%"),
    Unit("ppm/K", ("ppm/°C",)),
    Unit("K/W", ("°C/W",)),
    Unit("dB"),
    Unit("dBm"),
    Unit("°/s", ("deg/s", "dps")),
)


@dataclass(frozen=True)
class Target:
    """The unit that an attribute is kept in: ``factor`` times the unit of the table; None: a mere number."""

    written: str
    unit: Unit | None
    factor: Decimal = _ONE


def _spellings() -> dict[str, tuple[Unit, Decimal]]:
    found: dict[str, tuple[Unit, Decimal]] = {}
    for unit in UNITS:
        for prefix in unit.prefixes:
            factor = _ONE.scaleb(PREFIXES[prefix])
            for spelling in (unit.symbol, *unit.also_written):
                found[prefix + spelling] = unit, factor
                if prefix == "µ":
                    found["u" + spelling] = unit, factor
        found.update({spelling: (unit, worth) for spelling, worth in unit.multiples.items()})
    return found


SPELLINGS = _spellings()


def target_of(unit: str | None) -> Target:
    """The unit of an attribute or a parameter; one that the table does not know is read only as it stands."""
    if unit in (None, "", "1"):
        return Target("", None)
    if unit not in SPELLINGS:
        return Target(str(unit), Unit(str(unit)))
    return Target(str(unit), *SPELLINGS[str(unit)])


def other_cases(spelling: str, unit: Unit) -> list[str]:
    """Spellings of ``unit`` that differ from this one only in upper and lower case."""
    return [
        known
        for known, (of, _) in SPELLINGS.items()
        if of is unit and known != spelling and known.casefold() == spelling.casefold()
    ]
