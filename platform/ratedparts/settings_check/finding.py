"""What a trial found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Outcome(Enum):
    FINE = "fine"
    REMARK = "remark"  # the start will see to it, or the operator may want to know
    REFUSED = "refused"  # the installation would not work
    LEFT_OUT = "left_out"  # what the trial needs is refused or away itself


@dataclass(frozen=True)
class Finding:
    """``code`` with its parameters is a sentence of the catalogues.  Nothing of an address is in it."""

    code: str
    outcome: Outcome
    parameters: Mapping[str, Any] = field(default_factory=dict)
