"""The source as the architecture sees it: modules, what they import, and the rooms they stand in."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "platform" / "ratedparts"
PURE = ("reliability", "proofs", "protocols", "grading")
STAGES = ("submissions", "evidence", "evaluations", "review", "certificates", "catalogue")


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(SOURCE.rglob("*.py")))


def room_of(path: Path) -> str:
    """The folder below ratedparts, or the module's own name: ``proofs``, ``errors``, ``cli``."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, absolute and by its full name, wherever in the file."""
    package = ("ratedparts", *path.relative_to(SOURCE).parts[:-1])
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            # `from package import module` names a module only where there is one.
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def rooms_imported(path: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports_of(path):
        parts = name.split(".")
        if parts[0] == "ratedparts" and len(parts) > 1 and parts[1] != "__version__":
            yield parts[1], line


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def tracked_files() -> tuple[Path, ...]:
    """What git holds; nothing where this is no checkout."""
    found = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    return tuple(ROOT / name for name in found.stdout.decode().split("\0") if name)
