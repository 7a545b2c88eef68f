"""What may become of a certificate: the whole table of states and verbs."""

from __future__ import annotations

from collections.abc import Mapping

from ratedparts.errors import Kind, RatedPartsError

# As `standing.status_at` tells them: three are read off the dates of a certificate whose standing is "valid".
STATES = ("not_yet_valid", "valid", "suspended", "expired", "superseded", "revoked")
VERBS = ("suspend", "reinstate", "supersede", "revoke")

# (state, verb) → what the standing says afterwards.  Whatever is not here is refused: nothing comes back from
# a revocation, and what has expired is not suspended.  A superseded certificate was relied upon in its time,
# so it can still be revoked.
STEPS: Mapping[tuple[str, str], str] = {
    ("not_yet_valid", "suspend"): "suspended",
    ("not_yet_valid", "supersede"): "superseded",
    ("not_yet_valid", "revoke"): "revoked",
    ("valid", "suspend"): "suspended",
    ("valid", "supersede"): "superseded",
    ("valid", "revoke"): "revoked",
    ("suspended", "reinstate"): "valid",
    ("suspended", "supersede"): "superseded",
    ("suspended", "revoke"): "revoked",
    ("expired", "supersede"): "superseded",
    ("expired", "revoke"): "revoked",
    ("superseded", "revoke"): "revoked",
}
LOGGED = {"suspend": "suspended", "reinstate": "reinstated", "supersede": "superseded", "revoke": "revoked"}


def state_after(state: str, verb: str) -> str:
    """What the standing says after the verb.  Raises ``standing_step_impossible`` (state, verb)."""
    after = STEPS.get((state, verb))
    if after is None:
        raise RatedPartsError("standing_step_impossible", kind=Kind.CONFLICT, state=state, verb=verb)
    return after
