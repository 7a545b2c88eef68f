"""Who takes part in the demonstration, and under which stress they test: made up, and labelled so."""

from __future__ import annotations

from typing import Any

PASSWORD = "demonstration only"
MAKERS = (
    ("Example Ceramics", "示例陶瓷电子"),
    ("Sample Capacitor Works", "样例电容器厂"),
    ("Example Resistor Company", "示例电阻器公司"),
    ("Sample Microelectronics", "样例微电子"),
)
LABORATORIES = (
    ("Example Components Test Laboratory", "示例元器件检测实验室"),
    ("Sample Reliability Centre", "样例可靠性中心"),
    ("Example Environmental Laboratory", "示例环境试验所"),
)
AUTHORITY = ("Example Rating Authority", "示例评价中心")
PUBLISHER = ("Published life data", "公开发表数据")
PUBLISHED = (
    ("GLASS-1959", "glass-capacitors", "Glass capacitors; Zelen (1959), as in the help of R's survreg"),
    (
        "TANTALUM-1975",
        "tantalum-capacitors",
        "Tantalum capacitors; Singpurwalla, Castellino & Goldschen (1975), data of Meeker & Escobar (1998)",
    ),
    ("IC-1987", "integrated-circuits", "Integrated circuits, 1370 h; Meeker (1987)"),
)
STRESS: dict[str, dict[str, Any]] = {
    "MLCC-HTL": {"temperature_c": 125.0, "voltage_ratio": 2.0},
    "MLCC-BH:rated": {"temperature_c": 85.0, "humidity_rh": 85.0, "voltage_ratio": 1.0, "bias_mode": "rated"},
    "MLCC-BH:low": {"temperature_c": 85.0, "humidity_rh": 85.0, "bias_mode": "low"},
    "RES-LL70": {"temperature_c": 70.0, "power_ratio": 1.0},
    "SEMI-HTOL": {"junction_temperature_c": 125.0},
    "SEMI-THB": {"temperature_c": 85.0, "humidity_rh": 85.0},
    "SEMI-TC": {"condition": "B", "temperature_low_c": -55.0, "temperature_high_c": 125.0},
    "CON-DUR": {"matings": 100.0},
    "RFF-PWR": {"temperature_c": 85.0, "power_over_rated_db": 3.0},
    "MAG-AGE": {"temperature_c": 125.0},
    "PCB-CAF-TC": {"temperature_c": 85.0, "humidity_rh": 87.0, "bias_v": 100.0},
    "PAR-CPK": {},
}


def desks(role: str) -> tuple[str, str]:
    """Addresses of the two of a role: an appeal and a withdrawal need another person."""
    return f"{role}@authority.example", f"{role}2@authority.example"


def accounts() -> list[tuple[str, str]]:
    """Address and role of every account, for the one who starts the demonstration."""
    found = [(f"maker{i}@maker.example", f"maker, {names[0]}") for i, names in enumerate(MAKERS, 1)]
    found += [
        (f"laboratory{i}@laboratory.example", f"laboratory, {names[0]}")
        for i, names in enumerate(LABORATORIES, 1)
    ]
    return [
        *found,
        *((address, role) for role in ("reviewer", "issuer") for address in desks(role)),
        ("administrator@authority.example", "administrator"),
    ]
