"""All that one file says by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .calendar_hours import before_its_plan, hours_beyond_the_calendar, read_at_once
from .copied_columns import copied_columns
from .copied_units import copied_units
from .finding import Finding
from .measured import Measured
from .narrow_spread import narrow_spread
from .one_curve import one_curve
from .repeated_readouts import repeated_readouts
from .terminal_digits import terminal_digits

RULES = (
    copied_columns,
    copied_units,
    repeated_readouts,
    terminal_digits,
    one_curve,
    narrow_spread,
    hours_beyond_the_calendar,
    read_at_once,
)


def findings_in(measured: Measured, registered_at: datetime) -> Iterator[Finding]:
    """Everything found, kind by kind."""
    for rule in RULES:
        yield from rule(measured)
    yield from before_its_plan(measured, registered_at)
