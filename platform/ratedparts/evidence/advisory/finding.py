"""What is shown to a reviewer: a code with its parameters, and how seldom honest data may give one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# At most one honest file in a thousand gives a finding of a kind: shared out among what it compares.
ALARM = 1e-3
# Of honest readings, how many at most agree with any one prediction to the last digit: they scatter by at
# least the last digit (standard deviation), and 68 % of a normal distribution lie within one.
AGREEING = 0.7
EXAMPLES = 5  # units or lines that a finding names


@dataclass(frozen=True)
class Finding:
    code: str
    parameters: Mapping[str, Any]
