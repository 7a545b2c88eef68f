"""The Merkle tree is built again from its leaves: every node, and every checkpoint that was ever signed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, select

from ratedparts.certificates.models import Certificate, LogCheckpoint, LogEntry, LogNode
from ratedparts.db import Work
from ratedparts.proofs import LogLeaf, merkle, parse_log_leaf, verify_checkpoint

from .contained import contained
from .findings import Findings
from .recorded_keys import recorded_keys
from .store import Store

AT_ONCE = 1000
Nodes = dict[tuple[int, int], bytes]


def check_log(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        nodes: Nodes = {}
        size = _check_leaves(store, work, nodes, findings)
        _check_nodes(work, nodes, findings)
        _check_checkpoints(store, work, nodes, size, findings)


def _check_leaves(store: Store, work: Work, nodes: Nodes, findings: Findings) -> int:
    """Fills ``nodes``; the number of leaves up to the first that is missing."""
    query = (
        select(LogEntry, Certificate.payload_digest)
        .join(Certificate, Certificate.number == LogEntry.certificate_number, isouter=True)
        .order_by(LogEntry.position)
        .execution_options(yield_per=AT_ONCE)
    )
    with work.session.execute(query) as rows:
        return _built(store, rows, nodes, findings)


def _built(store: Store, rows: Iterable[Row[LogEntry, str]], nodes: Nodes, findings: Findings) -> int:
    size = 0
    for entry, payload in rows:
        place = f"log_entry {entry.position}"
        findings.looked()
        if entry.position != size:
            findings.invalid("log_entries_missing", place=place, first=size, last=entry.position - 1)
            return size  # every hash after the gap would be another
        leaf = entry.leaf.encode("utf-8")
        # Each node reads only those of leaves that came before.
        added = merkle.nodes_added_by_append(size, merkle.leaf_hash(leaf), lambda *at: nodes[at])
        nodes.update({(level, position): value for level, position, value in added})
        size += 1
        with contained(findings, place):
            for member in _contradicted(entry, parse_log_leaf(leaf), payload, store.log_origin):
                findings.invalid("log_entry_differs", place=place, member=member)
    return size


def _contradicted(entry: LogEntry, leaf: LogLeaf, payload: str | None, origin: str) -> list[str]:
    pairs = {
        "action": (entry.action, leaf.action),
        "certificate_number": (entry.certificate_number, leaf.certificate_number),
        "recorded_at": (entry.recorded_at, leaf.recorded_at),
        "payload_digest": (payload, leaf.payload_digest),
        "log_origin": (origin, leaf.log_origin),
    }
    return [member for member, (kept, said) in pairs.items() if kept != said]


def _check_nodes(work: Work, nodes: Nodes, findings: Findings) -> None:
    """What the row has beyond the first missing leaf is not told: the gap is."""
    left = set(nodes)
    query = select(LogNode.level, LogNode.position, LogNode.node_hash)
    for level, position, kept in work.session.execute(query.execution_options(yield_per=AT_ONCE)):
        left.discard((level, position))
        value = nodes.get((level, position))
        if value is not None and value.hex() != kept:
            findings.invalid("log_node_differs", place=f"log_node {level}/{position}")
    for level, position in sorted(left):
        findings.invalid("log_node_missing", place=f"log_node {level}/{position}")


def _check_checkpoints(store: Store, work: Work, nodes: Nodes, size: int, findings: Findings) -> None:
    """The root of every size that was signed: so each older log is the beginning of the newest."""
    keys, left = recorded_keys(work), set(range(1, size + 1))
    query = select(LogCheckpoint).order_by(LogCheckpoint.size).execution_options(yield_per=AT_ONCE)
    for row in work.session.scalars(query):
        place = f"log_checkpoint {row.size}"
        findings.looked()
        left.discard(row.size)
        with contained(findings, place):
            signed = verify_checkpoint(
                row.note, trust=keys, origin=store.log_origin, environment=store.environment
            )
            if signed.size != row.size:
                findings.invalid("log_checkpoint_differs", place=place, size=signed.size)
            elif row.size > size:
                findings.invalid("log_entries_missing", place=place, first=size, last=row.size - 1)
            elif merkle.root(row.size, lambda *at: nodes[at]) != signed.root_hash:
                findings.invalid("log_checkpoint_differs", place=place, size=signed.size)
    for missing in sorted(left):
        findings.invalid("log_checkpoint_missing", place=f"log_checkpoint {missing}")
