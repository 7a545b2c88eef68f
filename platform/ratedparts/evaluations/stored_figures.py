"""Figures that grading has computed, kept by evidence, by the way of measuring and by engine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata

from sqlalchemy import select

from ratedparts import __version__
from ratedparts.db import Work
from ratedparts.grading import Figures, RuleSet, figures_of, figures_text
from ratedparts.proofs import canonical_bytes, digest_of

from .models import StoredFigures

Key = tuple[str, str]  # digest of the dossier, digest of the way of measuring


@lru_cache(maxsize=1)
def engine_version() -> str:
    """What computed a decision: another version is another evaluation."""
    numeric = " ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy"))
    return f"ratedparts {__version__}; {numeric}"


def measuring_digest(rule_set: RuleSet) -> str:
    """Rule sets that differ in their limits alone decide on the same figures."""
    return digest_of(canonical_bytes(rule_set.measuring()))


def stored_figures(work: Work, digests: Iterable[str], measuring: Iterable[str]) -> dict[Key, Figures]:
    """Those of this engine."""
    query = select(StoredFigures.dossier_digest, StoredFigures.measuring_digest, StoredFigures.figures).where(
        StoredFigures.dossier_digest.in_(list(digests)),
        StoredFigures.measuring_digest.in_(list(measuring)),
        StoredFigures.engine_version == engine_version(),
    )
    return {(dossier, how): figures_of(text) for dossier, how, text in work.session.execute(query)}


def store_figures(work: Work, key: Key, figures: Figures) -> None:
    """Harmless where they are there already."""
    at = {"dossier_digest": key[0], "measuring_digest": key[1], "engine_version": engine_version()}
    if work.session.get(StoredFigures, at) is None:
        row = StoredFigures(**at, figures=figures_text(figures), computed_at=work.at)
        work.session.add(row)
