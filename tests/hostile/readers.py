"""What the platform answers to a file of each kind, in the form of the table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.grading import decide_json
from ratedparts.proofs import parse_json
from ratedparts.protocols import load_library
from ratedparts.wording import error_sentence, fault_as_json

from .corpus import Answer

INSTALLED = Path(str(resources.files("ratedparts.test_protocols")))
LARGEST_DOSSIER_BYTES = 64 * 2**20  # as `ratedparts evaluate` reads it


def as_answer(fault: Fault) -> Answer:
    return answer_of(fault_as_json(fault, "en"))


def answer_of(fault: Mapping[str, Any]) -> Answer:
    """A fault as the interface gives it."""
    return Answer(fault["code"], fault["message"], fault["row"], fault["column"] or None)


def refusal(error: RatedPartsError) -> list[Answer]:
    """The faults of a refusal; the refusal itself where it has none."""
    if error.items:
        return [as_answer(fault) for fault in error.items]
    return [Answer(error.code, error_sentence(error, "en"))]


def read_dossier(content: bytes) -> list[Answer]:
    try:
        decide_json(parse_json(content, max_bytes=LARGEST_DOSSIER_BYTES), load_library())
    except RatedPartsError as error:
        return refusal(error)
    return []


def read_protocol(content: bytes, name: str, folder: Path) -> list[Answer]:
    """Load a folder of the installed families and this protocol."""
    shutil.copy(INSTALLED / "families.toml", folder)
    (folder / name).write_bytes(content)
    try:
        load_library(folder)
    except RatedPartsError as error:
        return refusal(error)
    return []


def problem_of(answer: Any) -> list[Answer]:
    """The faults in an answer over HTTP; nothing of one that succeeded."""
    assert answer.status_code < 500, answer.text
    if answer.status_code < 400:
        return []
    problem = json.loads(answer.data)
    if problem.get("errors"):
        return [answer_of(fault) for fault in problem["errors"]]
    return [Answer(problem["code"], problem["title"])]
