"""The tree against the vectors of Certificate Transparency and against the RFC's own words.

Vectors: the eight leaves and their roots and proofs of the Certificate Transparency reference implementation
(google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc), also in transparency-dev/merkle.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_added_by_append,
    root,
    verify_consistency,
    verify_inclusion,
)

from .samples import STEADY

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class StoredNodes:
    """The table of a log: rows are added, and a row that is not there is an error."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.rows: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, index, value in nodes_added_by_append(size, leaf_hash(leaf), self):
                assert (level, index) not in self.rows
                self.rows[level, index] = value

    def __call__(self, level: int, index: int) -> bytes:
        return self.rows[level, index]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    node = StoredNodes(LEAVES)
    assert [root(size, node).hex() for size in range(9)] == ROOTS
    assert EMPTY_ROOT.hex() == ROOTS[0]


def test_the_proofs_are_those_of_the_reference_implementation() -> None:
    node = StoredNodes(LEAVES)
    assert [value.hex() for value in inclusion_proof(5, 8, node)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [value.hex() for value in consistency_proof(6, 8, node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@STEADY
@given(st.data())
def test_roots_and_proofs_are_what_the_rfc_defines(data: st.DataObject) -> None:
    leaves = data.draw(st.lists(st.binary(max_size=3), min_size=1, max_size=40))
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    node = StoredNodes(leaves)
    assert root(size, node) == naive_root(leaves[:size])
    path = inclusion_proof(index, size, node)
    assert path == naive_path(index, leaves[:size])
    assert verify_inclusion(leaf_hash(leaves[index]), index, size, path, root(size, node))
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, size, node)
    assert proof == naive_subproof(old, leaves[:size], True)
    assert verify_consistency(old, size, root(old, node), root(size, node), proof)


def test_every_leaf_of_every_small_tree_is_proved_and_no_other_place_of_it() -> None:
    leaves = [bytes([number]) for number in range(17)]
    node = StoredNodes(leaves)
    for size in range(1, 18):
        top = root(size, node)
        for index in range(size):
            path = inclusion_proof(index, size, node)
            value = leaf_hash(leaves[index])
            proved = [
                place for place in range(-1, size + 1) if verify_inclusion(value, place, size, path, top)
            ]
            assert proved == [index]
            assert not verify_inclusion(value, index, size, [*path, top], top)
            assert not path or not verify_inclusion(value, index, size, path[:-1], top)
            assert not verify_inclusion(leaf_hash(b"other"), index, size, path, top)


def test_no_tree_is_shown_to_continue_another() -> None:
    leaves = [bytes([number]) for number in range(17)]
    node, forked = StoredNodes(leaves), StoredNodes([b"forked", *leaves[1:]])
    for new in range(1, 18):
        for old in range(new + 1):
            proof = consistency_proof(old, new, node)
            old_root, new_root = root(old, node), root(new, node)
            assert verify_consistency(old, new, old_root, new_root, proof)
            assert not verify_consistency(old, new, old_root, b"\0" * 32, proof) or old == 0
            assert not verify_consistency(old, new, old_root, new_root, [*proof, new_root])
            if old > 0:
                assert not verify_consistency(old, new, root(old, forked), new_root, proof)
            if proof:
                assert not verify_consistency(old, new, old_root, new_root, proof[:-1])


def test_a_place_outside_the_tree_has_no_proof() -> None:
    node = StoredNodes(LEAVES)
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(RatedPartsError, match="log_position"):
            inclusion_proof(index, size, node)
    with pytest.raises(RatedPartsError, match="log_position"):
        consistency_proof(9, 8, node)
    assert not verify_consistency(9, 8, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(3, 8, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 8, b"x", EMPTY_ROOT, [])
