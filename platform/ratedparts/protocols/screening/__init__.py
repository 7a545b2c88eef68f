"""A quick first look over a large results file, so that only what may be wrong is looked at closely.

The exact checker reads cell by cell and knows every fault.  The screen reads whole columns and knows only
when a unit is beyond doubt.  Units that are not go to the exact checker, with all their rows; a file whose
structure is in doubt goes there as a whole.  So there is one definition of every fault, and the screen may
err to one side only: what it passes must be right, what it holds back may be right too.
"""

from .line_blocks import Doubt
from .screen import Scattered, Screen

__all__ = ["Doubt", "Scattered", "Screen"]
