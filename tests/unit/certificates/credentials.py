"""Certificates as the issuing module writes them, built from the reference dossiers."""

from __future__ import annotations

import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from pathlib import Path
from typing import Any

from ratedparts.grading import decide_json
from ratedparts.protocols import load_library

DOSSIERS = Path(__file__).parents[2] / "reference" / "dossiers"
NUMBER = "CEG-7K3M9-QX2PD"


def dossier(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DOSSIERS / f"dossier-{name}.json").read_text(encoding="utf-8"))
    return loaded


def secured(
    name: str = "G1",
    *,
    environment: str = "demonstration",
    part_number: str = "EX-0603X7R104K",
    maker_zh: str = "示例电子元件有限公司",
    maker_en: str = "Example Electronic Components Co., Ltd.",
    members: tuple[str, ...] = ("EX-0603X7R104K", "EX-0603X7R473K", "EX-0603X7R223K"),
) -> dict[str, Any]:
    decision = decide_json(dossier(name), load_library())
    use = {"UC-A": "85", "UC-I": "55"}[decision.vector["use_condition"]]
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-11-22T03:00:00Z",
        "verificationMethod": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#key",
        "proofPurpose": "assertionMethod",
        "proofValue": "z3FXQjecWufY46yg5abdVZsXqLhxhueuSoZgNSARiKBk9czhSePTFehP8c3PGfb6a22gkfUKods5D2UAUL5n",
    }
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:ratedparts:certificate:{NUMBER}",
        "type": ["VerifiableCredential", "ComponentRatingCertificate"],
        "issuer": {
            "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "name_en": "Demonstration Rating Authority",
            "name_zh": "示范评级机构",
        },
        "validFrom": "2026-11-22T00:00:00Z",
        "validUntil": "2027-01-30T16:00:00Z",
        "credentialStatus": {
            "type": "RatedPartsStatus",
            "id": f"https://ratedparts.example/certificates/{NUMBER}",
        },
        "credentialSubject": {
            "schema": "ratedparts-certificate/1",
            "number": NUMBER,
            "environment": environment,
            "part": {
                "part_number": part_number,
                "maker": {"name_en": maker_en, "name_zh": maker_zh},
                "series": {"name": "EX-0603 X7R", "members": list(members)},
                "family": "mlcc_class2",
                "family_title": {"en": "Ceramic capacitor, class 2", "zh": "2 类瓷介电容器"},
                "attributes": [
                    _attribute("capacitance_nf", "电容量", "Capacitance", "100", "nF"),
                    _attribute("rated_voltage_v", "额定电压", "Rated voltage", "50", "V"),
                    _attribute("dielectric", "介质代码", "Dielectric", "X7R", None),
                    _attribute("upper_c", "上限类别温度", "Upper category temperature", "125", "°C"),
                ],
            },
            "use_condition": {
                "code": decision.vector["use_condition"],
                "temperature_c": use,
                "humidity_rh": "60",
                "voltage_ratio": "0.5",
            },
            "design_life_hours": "87600",
            "decision": {
                "rule_set": decision.rule_set,
                "grade": decision.grade,
                "vector": dict(decision.vector),
                "caps": dict(decision.caps),
                "binding": list(decision.binding),
                "figures": {key: _signed(key, value) for key, value in decision.figures.items()},
                "life_method": "weibayes" if name == "G1" else "likelihood_ratio",
                "reasons": [],
            },
            "engine": {"name": "ratedparts", "version": "0.1.0"},
            "protocols": [
                {"name": protocol, "digest": "sha256:" + "5d" * 32} for protocol in decision.protocols
            ],
            "dossier_digest": "sha256:" + "3b" * 32,
            "evidence": [_evidence(test, index) for index, test in enumerate(dossier(name)["tests"])],
            "reviewed_at": "2026-11-21T08:30:00Z",
            "issued_at": "2026-11-22T03:00:00Z",
        },
        "proof": proof,
    }


def exact(credential: dict[str, Any]) -> bytes:
    return json.dumps(credential, ensure_ascii=False, indent=1).encode()


def _attribute(name: str, zh: str, en: str, value: str, unit: str | None) -> dict[str, Any]:
    return {"name": name, "title": {"zh": zh, "en": en}, "value": value, "unit": unit}


def _evidence(test: dict[str, Any], index: int) -> dict[str, Any]:
    lots = test.get("lots", [])
    groups = [group for lot in lots for group in lot["units"]]
    return {
        "digest": f"sha256:{index:02x}" + "ab" * 31,
        "protocol": test["protocol"],
        "laboratory": {"name_en": "Example Reliability Laboratory", "name_zh": "示例可靠性实验室"},
        "evidence_class": test["evidence_class"],
        "started_on": test["started_on"],
        "ended_on": test["ended_on"],
        "units": str(sum(group["count"] for group in groups) or 150),
        "lots": str(len(lots) or 3),
        "failures": str(sum(group["count"] for group in groups if group["upper"] is not None)),
    }


def _signed(name: str, value: float | int | str | None) -> str | None:
    """Six digits, rounded away from what would flatter the part."""
    if value is None or isinstance(value, int | str):
        return None if value is None else str(value)
    rounding = ROUND_CEILING if "rate" in name else ROUND_FLOOR
    return f"{Context(prec=6, rounding=rounding).create_decimal(Decimal(value)).normalize():g}".lower()
