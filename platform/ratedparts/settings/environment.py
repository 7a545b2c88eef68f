"""What an installation is for."""

from __future__ import annotations

from enum import Enum


class Environment(Enum):
    """What an installation is for; its certificates say so."""

    DEMONSTRATION = "demonstration"
    TEST = "test"
    PRODUCTION = "production"
