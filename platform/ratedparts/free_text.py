"""Text that people write freely: bounded, and without characters that nobody can see."""

from __future__ import annotations

import unicodedata

from ratedparts.errors import Fault

UNSEEN = ("Cc", "Cf", "Cs", "Cn")  # categories of Unicode: controls, formats, surrogates, unassigned


def text_faults(column: str, given: str, longest: int) -> list[Fault]:
    """What is wrong with a required text of at most ``longest`` characters."""
    text = given.strip()
    if not text or len(text) > longest:
        return [Fault("text_length", column=column, given=given[:80], parameters={"longest": longest})]
    unseen = next((one for one in text if unicodedata.category(one) in UNSEEN), None)
    return [Fault("control_character", column=column, given=f"U+{ord(unseen):04X}")] if unseen else []
