"""The file that says that a restoring has begun and has not ended: what is there is no installation yet."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path

from ratedparts.disk import sync_folder, write_synced


@dataclass(frozen=True)
class Unfinished:
    """``id``: that of the row which the database has once it is filled."""

    id: uuid.UUID
    backup_digest: str

    @classmethod
    def found(cls, path: Path) -> Unfinished | None:
        """What a restoring that died has left; a file that was cut off is of one that had hardly begun."""
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            return cls(uuid.UUID(said["id"]), str(said["backup"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return cls(uuid.UUID(int=0), "")

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(path, json.dumps({"id": str(self.id), "backup": self.backup_digest}).encode())
        sync_folder(path.parent)


def end(path: Path) -> None:
    path.unlink()
    sync_folder(path.parent)
