"""A folder of segments, as they were at one revision: written whole or not at all, and never the truth."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ratedparts.disk import held_folder
from ratedparts.fault_points import fault_point

from .segment import Segment

FORM = 1  # counted up whenever the columns change: older folders are not read
MANIFEST = "manifest.json"
UNFINISHED = "unfinished"
KEPT = 2  # processes that read an older one still have it open


@dataclass(frozen=True)
class Position:
    """Up to which change of the database something is known."""

    generation: int
    revision: int


def write_snapshot(folder: Path, position: Position, segments: Iterable[Segment]) -> None:
    """Under a name that sorts by position; what is older than the last but one is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with held_folder(folder):
        _write(folder, position, segments)


def _write(folder: Path, position: Position, segments: Iterable[Segment]) -> None:
    made = folder / UNFINISHED
    shutil.rmtree(made, ignore_errors=True)  # of a process that died over it
    made.mkdir()
    families = []
    for segment in segments:
        segment.write(made)
        families.append(segment.family)
    sizes = {file.name: file.stat().st_size for file in sorted(made.iterdir())}
    manifest = {"form": FORM, "families": families, "bytes": sizes, **asdict(position)}
    (made / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    place = folder / f"{position.generation:09d}-{position.revision:015d}"
    shutil.rmtree(place, ignore_errors=True)  # damaged, or the same: who has it open keeps it
    fault_point("folder.written")
    os.replace(made, place)
    fault_point("folder.placed")
    for older in sorted(folder.glob("0*-0*"))[:-KEPT]:
        shutil.rmtree(older, ignore_errors=True)


def _whole(place: Path, sizes: Mapping[str, int]) -> bool:
    """Whether no file was cut off: a file that is mapped would tell too late."""
    return all((place / name).stat().st_size == size for name, size in sizes.items())


def read_snapshot(folder: Path, generation: int) -> tuple[Position, tuple[Segment, ...]] | None:
    """The newest of that generation that can be read; None where there is none."""
    for place in sorted(folder.glob(f"{generation:09d}-*"), reverse=True):
        try:
            manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
            if manifest["form"] == FORM and _whole(place, manifest["bytes"]):
                position = Position(manifest["generation"], manifest["revision"])
                return position, tuple(Segment.read(place, family) for family in manifest["families"])
        except (OSError, ValueError, KeyError):
            continue  # it is being removed, or was cut off: an older one, or the database, has the same
    return None
