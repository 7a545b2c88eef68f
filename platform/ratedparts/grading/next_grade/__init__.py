"""What would bring a part its next grade: the tests to add, tried by deciding on them, cheapest first."""

from .finding import next_grade
from .paths import Allowance, Further, NextGrade, Path, Step

__all__ = ["Allowance", "Further", "NextGrade", "Path", "Step", "next_grade"]
