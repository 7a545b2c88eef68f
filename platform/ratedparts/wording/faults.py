"""Refusals and their faults, as sentences and as JSON."""

from __future__ import annotations

from typing import Any

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.wording.sentences import expected_text, sentence


def error_sentence(error: RatedPartsError, language: str) -> str:
    """The sentence of a refusal; its items have their own."""
    values: dict[str, Any] = dict(error.parameters)
    if error.subject is not None:
        values.setdefault("subject", error.subject)
    values.setdefault("count", len(error.items))
    return sentence(error.code, values, language)


def fault_sentence(fault: Fault, language: str) -> str:
    """The sentence of one fault, without its place: row and column are shown beside it."""
    values: dict[str, Any] = {"given": fault.given, "row": fault.row, "column": fault.column}
    return sentence(fault.code, {**values, **fault.parameters}, language, given=fault.given)


def fault_as_json(fault: Fault, language: str) -> dict[str, Any]:
    """A fault as the API, the pages and the command line give it."""
    at = {"cell": fault.parameters["cell"]} if fault.parameters.get("cell") else {}  # of a workbook
    return {
        "row": fault.row,
        "column": fault.column,
        "given": fault.given,
        "expected": expected_text(fault.code, fault.parameters, language),
        "code": fault.code,
        "message": fault_sentence(fault, language),
        **at,
    }
