"""What a certificate's page says: the payload, in words and figures, for the template to lay out.

Figures are the signed ones, digit for digit; only their notation changes.  FIT (failures in 10^9
device-hours) are the same digits with the decimal point moved, years are rounded down.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Context, Decimal
from functools import cache
from importlib import resources
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.grading.failure_rate_levels import BY_CODE, level_of
from ratedparts.proofs import parse_instant, payload_digest

SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991
HOURS_A_YEAR = 8760
LONGEST_LIFE_HOURS = 262_800  # clause 6.10: beyond thirty years a bound is not told any finer
SHORTEST_TOLD_YEARS = Decimal("0.01")
LANGUAGES = ("zh", "en")
RATES = (("all", ""), ("first_year", "first_year_"), ("wearout", "wearout_"))


@cache
def wording() -> Mapping[str, Any]:
    text = (resources.files("ratedparts.reports") / "certificate.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def certificate_text(secured: Mapping[str, Any], state: str) -> dict[str, Any]:
    """Everything that the page shows.  Raises ``certificate_state_unknown``, ``environment_unknown`` or
    ``certificate_incomplete`` (member) where the payload lacks what a page must say."""
    words = wording()
    if state not in words["state"]:
        raise RatedPartsError("certificate_state_unknown", given=state, known=sorted(words["state"]))
    try:
        return _text(secured, secured["credentialSubject"], state, words)
    except KeyError as missing:
        raise RatedPartsError("certificate_incomplete", member=str(missing.args[0])) from None


def _text(
    secured: Mapping[str, Any], subject: Mapping[str, Any], state: str, words: Mapping[str, Any]
) -> dict[str, Any]:
    environment = subject["environment"]
    if environment != "production" and environment not in words["environment"]:
        raise RatedPartsError("environment_unknown", given=environment)
    decision, use = subject["decision"], subject["use_condition"]
    figures = decision["figures"]
    return {
        "number": subject["number"],
        "environment": words["environment"].get(environment),
        "state": {"code": state, **words["state"][state]},
        "issuer": {"zh": _name(secured["issuer"], "zh"), "en": _name(secured["issuer"], "en")},
        "issuer_id": secured["issuer"]["id"],
        "part": _part(subject["part"]),
        "use_condition": {"code": use["code"], **_use_condition(use, words["use_condition"])},
        "design_life": {
            "hours": _grouped(Decimal(subject["design_life_hours"])),
            "years": _years(Decimal(subject["design_life_hours"])),
        },
        "rule_set": decision["rule_set"],
        "grade": decision["grade"],
        "vector": _vector(decision, use["code"], words),
        "level_notes": _rate_sentences(decision["vector"]["R"], use["code"], words)[1:],
        "binding": _binding(decision, words),
        "facts": {
            "acceleration_factor": _number(figures.get("acceleration_factor")),
            "unit_hours": _number(figures.get("unit_hours")),
            "failures": _number(figures.get("failures")),
        },
        "rates": _rates(figures, words["rate"]),
        "lives": _lives(figures, words["life_method"].get(decision.get("life_method"))),
        "evidence": [_evidence(item) for item in subject["evidence"]],
        "series": {
            "name": subject["part"]["series"]["name"],
            "members": list(subject["part"]["series"]["members"]),
        },
        "address": secured["credentialStatus"]["id"],
        "payload_digest": payload_digest(secured),
        "dossier_digest": subject["dossier_digest"],
        "engine": f"{subject['engine']['name']} {subject['engine']['version']}",
        "protocols": ", ".join(protocol["name"] for protocol in subject["protocols"]),
        "valid_from": _instant(secured["validFrom"]),
        "valid_until": _end(secured["validUntil"]),
        "reviewed_at": _instant(subject["reviewed_at"]),
        "issued_at": _instant(subject["issued_at"]),
    }


def _name(named: Mapping[str, Any], language: str) -> str:
    """A name in one language; where it has none, in the other, rather than nothing."""
    return str(named[f"name_{language}"] or named["name_en" if language == "zh" else "name_zh"])


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": part["part_number"],
        "maker": {language: _name(part["maker"], language) for language in LANGUAGES},
        "family": {language: part["family_title"][language] for language in LANGUAGES},
        "attributes": [
            {
                **{language: attribute["title"][language] for language in LANGUAGES},
                "value": " ".join(str(x) for x in (attribute["value"], attribute.get("unit")) if x),
            }
            for attribute in part["attributes"]
        ],
    }


def _use_condition(use: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    stated = (("temperature", "temperature_c"), ("humidity", "humidity_rh"), ("voltage", "voltage_ratio"))
    said = {}
    for language in LANGUAGES:
        parts = [
            words[f"{name}_{language}"].format(value=use[member])
            for name, member in stated
            if use.get(member) is not None
        ]
        if use.get("temperature_c") is None:
            parts.insert(0, words[f"rating_{language}"])
        said[language] = ("，" if language == "zh" else ", ").join(parts)
    return said


def _vector(
    decision: Mapping[str, Any], use_condition: str, words: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rows = []
    for axis in ("R", "L", "Q", "E"):
        code = decision["vector"][axis]
        shown = "–" if code == "run" else code
        row = {"axis": axis, "name": words["axis"][axis], "code": shown, "cap": decision["caps"].get(axis)}
        row["binding"] = axis in decision["binding"]
        if axis in ("Q", "E"):
            row |= words["vector"][axis][code]
        elif axis == "L":
            row |= _life_sentence(code, words["vector"]["L"])
        else:
            row |= _rate_sentences(code, use_condition, words)[0]
        rows.append(row)
    return rows


def _life_sentence(code: str, words: Mapping[str, str]) -> dict[str, str]:
    if code == "run":
        return _both(words, "run")
    told = re.fullmatch(r"B(\d+)>=([\d.]+)y", code)
    if not told:
        return _both(words, "none")
    return _both(words, "life", percent=told[1], years=told[2])


def _rate_sentences(code: str, use_condition: str, words: Mapping[str, Any]) -> list[dict[str, str]]:
    of_rates = words["vector"]["R"]
    told = re.fullmatch(r"(FR[\d.]+)@(\d+)", code)
    if told and told[1] in BY_CODE:
        level = BY_CODE[told[1]]
        limit = Decimal(str(level.maximum))
        said = {
            "code": level.code,
            "confidence": told[2],
            "limit": _powers(limit),
            "fit": _grouped(limit * 10**9),
        }
        return [
            _both(of_rates, "rate", **said),
            _both(
                words["level"],
                "names",
                **_level_names(level.code, words["level"]),
                use_condition=use_condition,
            ),
            _both(of_rates, "risk", risk=100 - int(told[2])),
        ]
    told = re.fullmatch(r"R(\.\d+)@(\d+)", code)
    if told:
        percent = _plain(Decimal("0" + told[1]) * 100)
        return [
            _both(of_rates, "run", percent=percent, confidence=told[2]),
            _both(of_rates, "risk", risk=100 - int(told[2])),
        ]
    return [_both(of_rates, "none")]


def _level_names(code: str, words: Mapping[str, str]) -> dict[str, str]:
    """The level's names in full: a bare letter means different rates in different standards."""
    level = BY_CODE[code]
    names = {"code": code, "name": level.name_zh, "gbt": level.gbt1772}
    for body, symbol in (("gjb", level.gjb), ("mil", level.mil)):
        for suffix, language in (("", "zh"), ("_en", "en")):
            form = "symbol" if symbol else "absent"
            names[body + suffix] = words[f"{form}_{language}"].format(symbol=symbol)
    return names


def _binding(decision: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, str]:
    binding = decision["binding"]
    if not binding:
        return _both(words["binding"], "none")
    said = {}
    for language, between in (("zh", "、"), ("en", ", ")):
        axes = between.join(_axis(axis, words["axis"].get(axis), language) for axis in binding)
        said[language] = words["binding"][f"held_{language}"].format(axes=axes, grade=decision["grade"])
    return said


def _axis(code: str, name: Mapping[str, str] | None, language: str) -> str:
    if name is None:
        return code
    if code == "flags":
        return name[language].lower()
    return f"{code}（{name['zh']}）" if language == "zh" else f"{code} ({name['en'].lower()})"


def _rates(figures: Mapping[str, Any], words: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for kind, prefix in RATES:
        for confidence in ("60", "90"):
            rate = figures.get(f"{prefix}failure_rate_{confidence}")
            if rate is None:
                continue
            rated = figures.get(f"rated_failure_rate_{confidence}") if kind == "all" else None
            rows.append(
                {**_both(words, kind), "confidence": confidence, "use": _rate(rate), "rated": _rate(rated)}
            )
    return rows


def _rate(text: Any) -> dict[str, Any] | None:
    if text is None:
        return None
    value = Decimal(str(text))
    level = level_of(float(value))
    return {
        "per_hour": _scientific(value),
        "fit": _split(value * 10**9),
        "level": level.code if level else "未达 none",
    }


def _lives(figures: Mapping[str, Any], method: Mapping[str, str] | None) -> list[dict[str, Any]]:
    rows = []
    for percent in (1, 10):
        text = figures.get(f"b{percent}_lower_90")
        if text is None:
            continue
        hours = Decimal(str(text))
        beyond = hours > LONGEST_LIFE_HOURS
        hours = min(hours, Decimal(LONGEST_LIFE_HOURS))
        years = Decimal(_years(hours))
        short = years < SHORTEST_TOLD_YEARS
        rows.append(
            {
                "name": f"B{percent}",
                "percent": percent,
                "hours": [("> " if beyond else "") + _split(hours)[0], _split(hours)[1]],
                "years": [
                    ("> " if beyond else "< " if short else "") + _split(max(years, SHORTEST_TOLD_YEARS))[0],
                    _split(max(years, SHORTEST_TOLD_YEARS))[1],
                ],
                "method": dict(method) if method else {"zh": "", "en": ""},
            }
        )
    return rows


def _evidence(item: Mapping[str, Any]) -> dict[str, Any]:
    algorithm, _, digits = item["digest"].partition(":")
    return {
        "protocol": item["protocol"],
        "laboratory": {language: _name(item["laboratory"], language) for language in LANGUAGES},
        "class": item["evidence_class"],
        "started_on": item["started_on"],
        "ended_on": item["ended_on"],
        "lots": item["lots"],
        "units": item["units"],
        "failures": item["failures"],
        "digest": f"{algorithm}:{digits[:12]}…" if digits else algorithm[:12] + "…",
    }


def _both(words: Mapping[str, str], key: str, **values: object) -> dict[str, str]:
    said = {language: words[f"{key}_{language}"].format(**values) for language in LANGUAGES}
    # A percent sign never begins a line.
    return {language: text.replace(" %", "\u00a0%") for language, text in said.items()}


def _years(hours: Decimal) -> str:
    """Years of 8760 hours, three digits, rounded down."""
    years = Context(prec=3, rounding=ROUND_FLOOR).divide(hours, Decimal(HOURS_A_YEAR))
    return _plain(years)


def _plain(value: Decimal) -> str:
    """All digits, no exponent, no idle zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grouped(value: Decimal) -> str:
    whole, point, fraction = _plain(value).partition(".")
    return f"{int(whole):,}{point}{fraction}"


def _split(value: Decimal) -> list[str]:
    """A number cut at its decimal point, for a column aligned there."""
    whole, point, fraction = _grouped(value).partition(".")
    return [whole, point + fraction]


def _scientific(value: Decimal) -> list[str]:
    """Mantissa before the point, the rest of it, and the power of ten."""
    exponent = value.adjusted() if value else 0
    whole, fraction = _split(value.scaleb(-exponent))
    return [whole, fraction, str(exponent).replace("-", "−")]


def _powers(value: Decimal) -> str:
    whole, fraction, exponent = _scientific(value)
    mantissa = whole + fraction
    return f"10^{exponent}" if mantissa == "1" else f"{mantissa} × 10^{exponent}"


def _number(text: Any) -> str | None:
    """A figure as prose shows it: a power of ten from a million on."""
    if text is None:
        return None
    value = Decimal(str(text))
    return _powers(value) if abs(value) >= 10**6 else _grouped(value)


def _local(text: str) -> datetime:
    return parse_instant(text).astimezone(SHANGHAI)


def _instant(text: str) -> str:
    return _local(text).strftime("%Y-%m-%d %H:%M")


def _end(text: str) -> str:
    """The end of a term: midnight closes the day before it, so that is the day to name."""
    moment = _local(text)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return (moment - timedelta(days=1)).strftime("%Y-%m-%d 24:00")
    return moment.strftime("%Y-%m-%d %H:%M")
