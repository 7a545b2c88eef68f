"""The Merkle log of everything that ever happened to a certificate, in the certificates' own transaction."""

from __future__ import annotations

from sqlalchemy import select, text

from ratedparts.db import Work
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import Checkpoint, LogEvidence, LogLeaf, merkle, sign_checkpoint
from ratedparts.proofs.log_leaf import ACTIONS
from ratedparts.proofs.tiles import MOST_ENTRY_BYTES

from .log_proofs import gathered, inclusion, log_size, position_of
from .models import Certificate, LogCheckpoint, LogEntry, LogNode
from .signing_keys import SigningKeys


class TransparencyLog:
    """Appends leaves and proves that they are there.  ``origin`` names the log in its checkpoints."""

    def __init__(self, origin: str, keys: SigningKeys) -> None:
        self.origin = origin
        self.keys = keys

    def append(
        self, work: Work, action: str, certificate: Certificate, reason_code: str | None = None
    ) -> LogEntry:
        """Add a leaf and sign the new size and root.

        Raises ``log_leaf_malformed`` (member) for an action that no verifier knows, ``log_entry_too_long``.
        """
        if action not in ACTIONS:
            raise RatedPartsError("log_leaf_malformed", member="action")
        if work.session.get_bind().dialect.name == "postgresql":
            work.session.execute(text("SELECT pg_advisory_xact_lock(7203412)"))  # one leaf at a time
        size = log_size(work)
        leaf = LogLeaf(
            action, certificate.number, certificate.payload_digest, self.origin, work.at, reason_code
        ).to_bytes()
        if len(leaf) > MOST_ENTRY_BYTES:  # no bundle could hold it, so nobody could mirror the log
            raise RatedPartsError("log_entry_too_long", bytes=len(leaf))
        added = gathered(work, lambda node: merkle.nodes_added_by_append(size, merkle.leaf_hash(leaf), node))
        for level, position, node_hash in added:
            work.session.add(LogNode(level=level, position=position, node_hash=node_hash.hex()))
        entry = LogEntry(
            position=size,
            action=action,
            certificate_number=certificate.number,
            leaf=leaf.decode("utf-8"),
            recorded_at=work.at,
        )
        work.session.add(entry)
        work.session.flush()
        root = gathered(work, lambda node: merkle.root(size + 1, node))
        key = self.keys.current(work, "log")
        note = sign_checkpoint(
            Checkpoint(self.origin, size + 1, root), key.private, public_key=key.public_bytes
        )
        work.session.add(LogCheckpoint(size=size + 1, note=note, signed_at=work.at))
        work.session.flush()
        return entry

    def size(self, work: Work) -> int:
        return log_size(work)

    def checkpoint(self, work: Work) -> str | None:
        """The newest signed checkpoint; None while the log is empty."""
        return work.session.scalar(select(LogCheckpoint.note).order_by(LogCheckpoint.size.desc()).limit(1))

    def evidence_of_issue(self, work: Work, number: str) -> LogEvidence | None:
        """Proof that the issuing of a certificate is in the log as it stands now; None where it is not."""
        position = position_of(work, number)
        return None if position is None else inclusion(work, position, log_size(work))
