"""What must not be shown."""

from __future__ import annotations


class Secret:
    """A text that no log and no error shows: whoever needs it asks for it by name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"
