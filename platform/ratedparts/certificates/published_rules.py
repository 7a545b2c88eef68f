"""A rule set's limits as they are published: canonical JSON, which a certificate names by its digest."""

from __future__ import annotations

from functools import cache

from ratedparts.grading import released, rule_set_as_json
from ratedparts.proofs import canonical_bytes


@cache
def published_rule_set(name: str) -> bytes:
    """The released rule set of that name.  Raises ``unknown_rule_set``."""
    return canonical_bytes(rule_set_as_json(released(name)))
