"""What a certificate's page says: the payload, in words and figures, for the template to lay out.

Figures are the signed ones, digit for digit; only their notation changes.  FIT (failures in 10^9
device-hours) are the same digits with the decimal point moved, years are rounded down.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.grading.failure_rate_levels import level_of
from ratedparts.proofs import payload_digest

from .vector_words import LANGUAGES, binding_sentence, in_both, rate_sentences, vector_rows
from .written_figures import at_the_point, end_of_term, grouped, in_prose, local_time, scientific, years_of

LONGEST_LIFE_HOURS = 262_800  # clause 6.10: beyond thirty years a bound is not told any finer
SHORTEST_TOLD_YEARS = Decimal("0.01")
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
            "hours": grouped(Decimal(subject["design_life_hours"])),
            "years": years_of(Decimal(subject["design_life_hours"])),
        },
        "rule_set": decision["rule_set"],
        "grade": decision["grade"],
        "vector": vector_rows(decision, use["code"], words),
        "level_notes": rate_sentences(decision["vector"]["R"], use["code"], words)[1:],
        "binding": binding_sentence(decision, words),
        "facts": {
            "acceleration_factor": in_prose(figures.get("acceleration_factor")),
            "unit_hours": in_prose(figures.get("unit_hours")),
            "failures": in_prose(figures.get("failures")),
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
        "valid_from": local_time(secured["validFrom"]),
        "valid_until": end_of_term(secured["validUntil"]),
        "reviewed_at": local_time(subject["reviewed_at"]),
        "issued_at": local_time(subject["issued_at"]),
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


def _rates(figures: Mapping[str, Any], words: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for kind, prefix in RATES:
        for confidence in ("60", "90"):
            rate = figures.get(f"{prefix}failure_rate_{confidence}")
            if rate is None:
                continue
            rated = figures.get(f"rated_failure_rate_{confidence}") if kind == "all" else None
            rows.append(
                {**in_both(words, kind), "confidence": confidence, "use": _rate(rate), "rated": _rate(rated)}
            )
    return rows


def _rate(text: Any) -> dict[str, Any] | None:
    if text is None:
        return None
    value = Decimal(str(text))
    level = level_of(float(value))
    return {
        "per_hour": scientific(value),
        "fit": at_the_point(value * 10**9),
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
        years = Decimal(years_of(hours))
        short = years < SHORTEST_TOLD_YEARS
        rows.append(
            {
                "name": f"B{percent}",
                "percent": percent,
                "hours": [("> " if beyond else "") + at_the_point(hours)[0], at_the_point(hours)[1]],
                "years": [
                    ("> " if beyond else "< " if short else "")
                    + at_the_point(max(years, SHORTEST_TOLD_YEARS))[0],
                    at_the_point(max(years, SHORTEST_TOLD_YEARS))[1],
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
