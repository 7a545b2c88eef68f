"""A folder of letters waiting for whoever carries them: any mail program can send an .eml file."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from ratedparts.disk import write_whole


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


class Outbox:
    """``held``: letters of a restored installation that nobody has released yet, which no carrier sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held = folder / "held"

    def waiting(self) -> list[Path]:
        """Every letter that nobody has carried yet, and those that no server took."""
        return sorted(
            path
            for pattern in ("*.eml", "*.refused", "held/*.eml", "held/*.refused")
            for path in self.folder.glob(pattern)
        )

    def hold(self, letter: Path) -> None:
        """Keep a copy of a letter, and do not let it out."""
        self.held.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(letter, self.held / letter.name)

    def let_go(self) -> None:
        """Lay down what was held; harmless where nothing was."""
        for letter in sorted(self.held.iterdir()) if self.held.is_dir() else []:
            letter.rename(self.folder / letter.name)

    def put(self, letter: Letter, at: datetime) -> Path:
        """Lay a letter down; it appears whole or not at all.

        One that says the same to the same person, and still waits, is that letter: whoever wrote it died
        before it could say so.
        """
        message = EmailMessage()
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(at)
        message.set_content(letter.text)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = hashlib.sha256(repr(letter).encode()).hexdigest()[:16]
        for waiting in self.folder.glob(f"*-{mark}.eml"):
            return waiting
        laid = self.folder / f"{at:%Y%m%dT%H%M%S}-{mark}.eml"
        write_whole(laid, bytes(message))
        return laid
