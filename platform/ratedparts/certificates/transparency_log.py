"""The Merkle log of everything that ever happened to a certificate, in the certificates' own transaction."""

from __future__ import annotations

from sqlalchemy import func, select, text

from ratedparts.db import Work
from ratedparts.proofs import Checkpoint, LogEvidence, LogLeaf, merkle, sign_checkpoint

from .models import Certificate, LogCheckpoint, LogEntry, LogNode
from .signing_keys import SigningKey


class TransparencyLog:
    """Appends leaves and proves that they are there.  ``origin`` names the log in its checkpoints."""

    def __init__(self, origin: str, key: SigningKey) -> None:
        self.origin = origin
        self.key = key

    def append(
        self, work: Work, action: str, certificate: Certificate, reason_code: str | None = None
    ) -> LogEntry:
        """Add a leaf and sign the new size and root."""
        if work.session.get_bind().dialect.name == "postgresql":
            work.session.execute(text("SELECT pg_advisory_xact_lock(7203412)"))  # one leaf at a time
        size = self.size(work)
        leaf = LogLeaf(
            action, certificate.number, certificate.payload_digest, self.origin, work.at, reason_code
        ).to_bytes()
        nodes = merkle.nodes_added_by_append(size, merkle.leaf_hash(leaf), lambda *at: self._node(work, *at))
        for level, position, node_hash in nodes:
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
        root = merkle.root(size + 1, lambda *at: self._node(work, *at))
        note = sign_checkpoint(
            Checkpoint(self.origin, size + 1, root), self.key.private, public_key=self.key.public_bytes
        )
        work.session.add(LogCheckpoint(size=size + 1, note=note, signed_at=work.at))
        work.session.flush()
        return entry

    def size(self, work: Work) -> int:
        return work.session.scalar(select(func.count()).select_from(LogEntry)) or 0

    def checkpoint(self, work: Work) -> str | None:
        """The newest signed checkpoint; None while the log is empty."""
        return work.session.scalar(select(LogCheckpoint.note).order_by(LogCheckpoint.size.desc()).limit(1))

    def evidence_of_issue(self, work: Work, number: str) -> LogEvidence:
        """Proof that the issuing of a certificate is in the log as it stands now."""
        entry = work.session.scalars(
            select(LogEntry).where(LogEntry.certificate_number == number, LogEntry.action == "issued")
        ).one()
        size = self.size(work)
        note = work.session.get_one(LogCheckpoint, size).note
        hashes = merkle.inclusion_proof(entry.position, size, lambda *at: self._node(work, *at))
        return LogEvidence(
            note.encode("utf-8"), entry.leaf.encode("utf-8"), entry.position, size, tuple(hashes)
        )

    def _node(self, work: Work, level: int, position: int) -> bytes:
        return bytes.fromhex(work.session.get_one(LogNode, (level, position)).node_hash)
