"""A rule set's file as it was given: TOML."""

from __future__ import annotations

import tomllib
from typing import Any

from ratedparts.errors import RatedPartsError

LARGEST_BYTES = 2**18


def rule_set_content(file: bytes) -> dict[str, Any]:
    """What `ratedparts.grading.read_rule_set` reads.

    Raises
    ------
    RatedPartsError
        ``rule_set_too_large``, ``rule_set_not_toml``.
    """
    if len(file) > LARGEST_BYTES:
        raise RatedPartsError("rule_set_too_large", limit=LARGEST_BYTES)
    try:
        return tomllib.loads(file.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RatedPartsError("rule_set_not_toml", problem=str(error)[:200]) from None
