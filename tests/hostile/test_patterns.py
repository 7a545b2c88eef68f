"""No pattern of the platform can be made to go back and forth over a text: each is done in linear time."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from pathlib import Path

import pytest

import ratedparts
from ratedparts.errors import RatedPartsError
from ratedparts.protocols.quantities import read_quantity
from ratedparts.protocols.quantities.reading import LONGEST_TEXT

LONG = 10_000
SECONDS = 2.0  # for one text; a pattern that goes back takes minutes of the shortest of these
PIECES = (
    "1",
    "1.",
    "a",
    "A1",
    " ",
    "\t",
    "-",
    "--",
    '"',
    '""',
    "\\",
    '\\"',
    "/",
    "../",
    "[",
    "<",
    "aé",
    "1e",
)
# Patterns of a room that looks at no longer text.
CAPPED = {"ratedparts.protocols.quantities": LONGEST_TEXT}
ENDS = ("", "!", "\n", '"', "e")


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    found: dict[str, re.Pattern[str] | re.Pattern[bytes]] = {}
    for module in pkgutil.walk_packages(ratedparts.__path__, "ratedparts."):
        if module.name.endswith("__main__") or ".migrations" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for place, one in enumerate(value.values() if isinstance(value, dict) else [value]):
                if isinstance(one, re.Pattern):
                    found[f"{module.name}.{name}[{place}]"] = one
    return found


PATTERNS = patterns()
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(ratedparts.__path__[0]).rglob("*.py"))


def is_searched(name: str) -> bool:
    """Whether the pattern is ever looked for inside a text: that tries every place in it."""
    own = name.rpartition(".")[2].partition("[")[0]
    return re.search(rf"\b{own}\.(?:search|finditer|findall|sub|split)\(", SOURCE) is not None


def test_the_patterns_are_found() -> None:
    assert {"ratedparts.protocols.cells.NUMBER[0]", "ratedparts.submissions.parts.PART_NUMBER[0]"} < set(
        PATTERNS
    )


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_is_done_in_linear_time(name: str) -> None:
    pattern, searched = PATTERNS[name], is_searched(name)
    long = next((cap for room, cap in CAPPED.items() if name.startswith(room)), LONG)
    for piece in PIECES:
        for end in ENDS:
            text = piece * (long // len(piece)) + end
            given = text.encode() if isinstance(pattern.pattern, bytes) else text
            began = time.monotonic()
            pattern.fullmatch(given)  # type: ignore[arg-type]
            pattern.match(given)  # type: ignore[arg-type]
            if searched:
                pattern.search(given)  # type: ignore[arg-type]
            assert time.monotonic() - began < SECONDS, (piece, end)


def test_the_length_of_a_quantity_is_looked_at_first() -> None:
    began = time.monotonic()
    with pytest.raises(RatedPartsError, match="quantity_format"):
        read_quantity("+" + " " * 15_000 + "\nx", "nF")
    assert time.monotonic() - began < 0.3
