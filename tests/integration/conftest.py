"""Fixtures of several tests of this room."""

from __future__ import annotations

from .programs import programs
from .sending import planned, program

__all__ = ["planned", "program", "programs"]
