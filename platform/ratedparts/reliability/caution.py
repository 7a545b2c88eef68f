"""Something that a reader of a figure must know, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Caution:
    """A code with the parameters of its sentence, as of an error that does not stop anything."""

    code: str
    parameters: Mapping[str, object]
