"""The Merkle tree of the transparency log (RFC 6962 section 2.1, RFC 9162 section 2.1).

Only complete subtrees are ever stored: the node (level, index) is the root over the leaves from
``index * 2**level`` up to, not including, ``(index + 1) * 2**level``.  Such a node never changes once it
exists, so a log is a table to which rows are added, and every root and proof is put together from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from ratedparts.errors import RatedPartsError

NodeReader = Callable[[int, int], bytes]
"""Gives the stored hash of the complete subtree (level, index)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf; the prefix 0 keeps leaves and nodes apart (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def nodes_added_by_append(size: int, leaf_hash: bytes, node: NodeReader) -> list[tuple[int, int, bytes]]:
    """Return the rows (level, index, hash) to store when a leaf joins a tree of ``size`` leaves."""
    rows = [(0, size, leaf_hash)]
    level, index, value = 0, size, leaf_hash
    while index % 2:  # a right child completes its parent
        value = node_hash(node(level, index - 1), value)
        level, index = level + 1, index // 2
        rows.append((level, index, value))
    return rows


def root(size: int, node: NodeReader) -> bytes:
    """Return the root over the first ``size`` leaves."""
    return _subtree(0, size, node)


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the audit path of the leaf ``index`` (from 0) in the tree of the first ``size`` leaves.

    Source: RFC 6962 section 2.1.1.  Raises ``log_position`` (index, size) for a leaf that is not in it.
    """
    if not 0 <= index < size:
        raise RatedPartsError("log_position", index=index, size=size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is the beginning of the tree of ``new`` leaves.

    Source: RFC 6962 section 2.1.2.  It is empty where ``old`` is 0 or equals ``new``.  Raises
    ``log_position`` (index, size) where ``old`` is not within ``new``.
    """
    if not 0 <= old <= new:
        raise RatedPartsError("log_position", index=old, size=new)
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, is_old_root = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_subtree(middle, end, node))
            end = middle
        else:
            proof.append(_subtree(start, middle, node))
            start, is_old_root = middle, False
    if not is_old_root:  # the verifier holds the old root already where that is where we arrived
        proof.append(_subtree(start, end, node))
    return proof[::-1]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves that the leaf is number ``index`` of the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if position % 2 or position == last:
            value = node_hash(sibling, value)
            while position % 2 == 0 and position:
                position, last = position // 2, last // 2
        else:
            value = node_hash(value, sibling)
        position, last = position // 2, last // 2
    return last == 0 and value == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the older tree begins the newer one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    position, last = old - 1, new - 1
    while position % 2:
        position, last = position // 2, last // 2
    old_value = new_value = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            old_value = node_hash(sibling, old_value)
            new_value = node_hash(sibling, new_value)
            while position % 2 == 0 and position:
                position, last = position // 2, last // 2
        else:
            new_value = node_hash(new_value, sibling)
        position, last = position // 2, last // 2
    return last == 0 and old_value == old_root and new_value == new_root


def _split(width: int) -> int:
    """The largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def _subtree(start: int, end: int, node: NodeReader) -> bytes:
    """The root over the leaves ``start`` to ``end``; ``start`` is where a complete subtree can begin."""
    parts = list(_complete_subtrees(start, end, node))
    if not parts:
        return EMPTY_ROOT
    value = parts.pop()
    while parts:
        value = node_hash(parts.pop(), value)
    return value


def _complete_subtrees(start: int, end: int, node: NodeReader) -> Iterator[bytes]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield node(level, start >> level)
        start += 1 << level
