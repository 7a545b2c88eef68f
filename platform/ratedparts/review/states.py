"""What may become of an application: the whole machine as one table, and whose each step is."""

from __future__ import annotations

from collections.abc import Mapping

from ratedparts.errors import Kind, RatedPartsError

STATES = ("waiting", "asked", "approved", "refused", "withdrawn")
OPEN = ("waiting", "asked", "approved")  # an evaluation has at most one application in these

# (state, verb) → state; what is not here is refused.  `appeal` leaves a refusal as it is and opens another
# application, for another reviewer.  `release`, after a key was lost, lets the maker apply again on evidence
# with which nothing is wrong.
STEPS: Mapping[tuple[str, str], str] = {
    ("waiting", "ask"): "asked",
    ("asked", "answer"): "waiting",
    ("waiting", "approve"): "approved",
    ("waiting", "refuse"): "refused",
    ("approved", "send_back"): "waiting",
    ("waiting", "withdraw"): "withdrawn",
    ("asked", "withdraw"): "withdrawn",
    ("refused", "appeal"): "refused",
    ("approved", "release"): "withdrawn",
}
VERBS = ("ask", "answer", "approve", "refuse", "send_back", "withdraw", "appeal", "release")
ROLES: Mapping[str, tuple[str, ...]] = {
    "apply": ("maker",),
    "withdraw": ("maker",),
    "appeal": ("maker",),
    "answer": ("maker", "laboratory"),
    "ask": ("reviewer",),
    "approve": ("reviewer",),
    "refuse": ("reviewer",),
    "send_back": ("issuer",),
    "release": ("issuer",),
}


def state_after(state: str, verb: str) -> str:
    """The state to which the verb leads.  Raises ``review_step_impossible`` (state, verb)."""
    after = STEPS.get((state, verb))
    if after is None:
        raise RatedPartsError("review_step_impossible", kind=Kind.CONFLICT, state=state, verb=verb)
    return after
