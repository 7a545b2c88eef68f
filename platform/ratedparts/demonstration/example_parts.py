"""The made-up parts: plain data, one line a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# What becomes of a part that can be certified.  The last five are left open, for whoever tries the pages.
STORIES = (
    "tested",  # nobody applies
    "issued",
    "answered",  # issued after a question to the laboratory
    "reinstated",  # issued, suspended, and in force again
    "suspended",
    "revoked",
    "applied",
    "asked",
    "approved",
    "refused",
    "appealed",
)


@dataclass(frozen=True)
class Defect:
    """So many units of a lot found failed at a readout of a protocol."""

    protocol: str
    lot: int
    readout: float
    units: int


@dataclass(frozen=True)
class ExamplePart:
    maker: int
    laboratory: int
    series: str
    part_number: str
    family: str
    attributes: dict[str, Any]
    limits: dict[str, list[float]]
    use_condition: str = "UC-I"
    units_per_lot: int = 77
    lots: int = 3
    last_readout: float = 1000
    capability: float = 2.0  # Cpk of the lot sample
    averaging: bool = True
    defects: tuple[Defect, ...] = ()
    late_plan: bool = False  # the plan of the reliability test is registered after its start
    without: tuple[str, ...] = ()  # mandatory protocols that were not run
    story: str = "issued"  # what becomes of it: see `STORIES`
    stress: dict[str, Any] = field(default_factory=dict)


def _mlcc(
    maker: int, laboratory: int, size: str, code: str, nf: float, volts: float, **more: Any
) -> ExamplePart:
    dielectric = more.pop("dielectric", "X7R")
    class1 = dielectric in ("C0G", "NP0")
    tolerance = 0.05 if class1 else 0.10
    return ExamplePart(
        maker,
        laboratory,
        f"EX-MC{size}-{dielectric}",
        f"EX-MC{size}{dielectric}{code}",
        "mlcc_class1" if class1 else "mlcc_class2",
        {
            "capacitance_nf": nf,
            "rated_voltage_v": volts,
            "dielectric": dielectric,
            "upper_category_temperature_c": 85 if dielectric == "X5R" else 125,
            "tolerance_percent": 100 * tolerance,
            "package": size,
        },
        {"cap_nF": [nf * (1 - tolerance), nf * (1 + tolerance)]},
        **more,
    )


def _resistor(
    maker: int, laboratory: int, size: str, code: str, ohm: float, watt: float, **more: Any
) -> ExamplePart:
    thin = more.pop("thin", False)
    tolerance = 0.1 if thin else 1.0
    film = "TN" if thin else "TK"
    return ExamplePart(
        maker,
        laboratory,
        f"EX-R{film}{size}",
        f"EX-R{film}{size}-{code}",
        "chip_resistor_thin" if thin else "chip_resistor_thick",
        {
            "resistance_ohm": ohm,
            "rated_power_w": watt,
            "tolerance_percent": tolerance,
            "thermal_resistance_k_per_w": round(30 / watt, 1),
            "package": size,
        },
        {"r_ohm": [ohm * (1 - tolerance / 100), ohm * (1 + tolerance / 100)]},
        **more,
    )


def _semiconductor(
    maker: int, laboratory: int, family: str, series: str, number: str, **more: Any
) -> ExamplePart:
    return ExamplePart(
        maker,
        laboratory,
        series,
        number,
        family,
        {"maximum_junction_temperature_c": 150},
        {"idd_mA": [2.0, 3.0]},
        **more,
    )


TC, HTOL, HTL, LL = "SEMI-TC", "SEMI-HTOL", "MLCC-HTL", "RES-LL70"

EXAMPLE_PARTS: tuple[ExamplePart, ...] = (
    _mlcc(0, 0, "0402", "104K", 100, 16, use_condition="UC-A"),
    _mlcc(0, 0, "0603", "104K", 100, 50, use_condition="UC-A"),
    _mlcc(0, 0, "0603", "474K", 470, 25, use_condition="UC-A", story="answered"),
    _mlcc(0, 1, "0805", "105K", 1000, 50, capability=1.45),
    _mlcc(0, 1, "0805", "225K", 2200, 25, dielectric="X5R", defects=(Defect(HTL, 2, 1000, 1),)),
    _mlcc(0, 1, "0402", "100J", 0.01, 50, dielectric="C0G", use_condition="UC-A"),
    _mlcc(0, 0, "0603", "101J", 0.1, 50, dielectric="C0G", use_condition="UC-A", story="asked"),
    _mlcc(1, 1, "1206", "106K", 10000, 25, defects=(Defect(HTL, 1, 500, 2), Defect(HTL, 1, 1000, 3))),
    _mlcc(1, 0, "0603", "103K", 10, 100, averaging=False),
    _mlcc(1, 0, "0805", "102J", 1, 100, dielectric="C0G", story="suspended"),
    _mlcc(
        1,
        0,
        "1210",
        "475K",
        4700,
        50,
        story="revoked",
    ),
    _resistor(2, 0, "0402", "1K00", 1000, 0.063),
    _resistor(2, 0, "0603", "10K0", 10_000, 0.1, story="reinstated"),
    _resistor(2, 0, "0603", "100K", 100_000, 0.1, capability=1.5),
    _resistor(2, 2, "0805", "4R70", 4.7, 0.125, defects=(Defect(LL, 1, 500, 1), Defect(TC, 3, 1000, 1))),
    _resistor(2, 2, "1206", "470R", 470, 0.25, use_condition="UC-C", story="refused"),
    _resistor(2, 2, "0603", "2K20", 2200, 0.1, thin=True),
    _resistor(2, 0, "0805", "4K99", 4990, 0.125, thin=True, capability=1.7),
    _resistor(
        2,
        2,
        "2512",
        "0R10",
        0.1,
        1.0,
        units_per_lot=22,
        lots=1,
        use_condition="UC-A",
        without=("SEMI-TC",),
        story="tested",
    ),
    _semiconductor(3, 1, "ic", "EX-IC33", "EX-IC3301Q"),
    _semiconductor(3, 1, "ic", "EX-IC33", "EX-IC3302Q", last_readout=2000),
    _semiconductor(3, 1, "ic", "EX-IC50", "EX-IC5004Q", last_readout=2000, use_condition="UC-C"),
    _semiconductor(
        3,
        1,
        "ic",
        "EX-IC50",
        "EX-IC5008Q",
        defects=(Defect(HTOL, 1, 48, 3), Defect(HTOL, 2, 48, 3), Defect(HTOL, 3, 168, 2)),
    ),
    _semiconductor(3, 0, "ic", "EX-IC18", "EX-IC1816", late_plan=True, story="tested"),
    _semiconductor(3, 2, "discrete", "EX-DT23", "EX-DT2301"),
    _semiconductor(
        3, 2, "discrete", "EX-DT23", "EX-DT2302", last_readout=2000, capability=1.4, story="appealed"
    ),
    _semiconductor(
        3,
        2,
        "discrete",
        "EX-DB56",
        "EX-DB5620",
        defects=(Defect(TC, 2, 500, 12), Defect(TC, 3, 1000, 11)),
        story="tested",
    ),
    ExamplePart(
        2,
        0,
        "EX-BB05",
        "EX-BB05-40",
        "board_to_board",
        {"rated_matings": 100, "contacts": 40},
        {"llcr_mohm": [10.0, 26.0]},
        lots=1,
        units_per_lot=231,
    ),
    ExamplePart(
        2,
        2,
        "EX-PB04",
        "EX-PB04-FR4",
        "pcb_rigid",
        {"layers": 4, "board_thickness_mm": 1.6},
        {"ir_ohm": [1e10, 9e10], "net_ohm": [0.9, 1.5]},
    ),
    ExamplePart(
        0,
        1,
        "EX-PI0603",
        "EX-PI0603-4R7",
        "inductor",
        {"upper_category_temperature_c": 125, "inductance_uh": 4.7},
        {"inductance_uH": [4.2, 5.2]},
    ),
    ExamplePart(
        3,
        1,
        "EX-SF18",
        "EX-SF1842",
        "saw",
        {
            "centre_frequency_mhz": 1842.5,
            "rated_power_dbm": 30,
            "use_power_dbm": 27,
            "use_chip_temperature_c": 85,
        },
        {"il_db": [1.3, 1.7], "f_center_MHz": [1840.0, 1845.0]},
    ),
    _semiconductor(3, 1, "rf_active", "EX-RF24", "EX-RF2410", last_readout=2000),
    _semiconductor(3, 1, "rf_active", "EX-RF24", "EX-RF2420", story="approved"),
    _semiconductor(
        3, 1, "rf_active", "EX-RF58", "EX-RF5801", defects=(Defect(HTOL, 3, 1000, 1),), story="applied"
    ),
    _semiconductor(3, 0, "ic", "EX-IC12", "EX-IC1205", without=("SEMI-THB",), story="tested"),
)
