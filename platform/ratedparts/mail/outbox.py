"""A folder of letters waiting for whoever carries them: any mail program can send an .eml file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


class Outbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, letter: Letter, at: datetime) -> Path:
        """Lay a letter down; it appears whole or not at all."""
        message = EmailMessage()
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(at)
        message.set_content(letter.text)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(bytes(message))
        return unfinished.rename(self.folder / f"{name}.eml")
