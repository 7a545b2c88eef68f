"""The log as others hold it: checkpoints that are believed, tiles, and the whole of it built anew."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratedparts.errors import RatedPartsError
from ratedparts.proofs import (
    Checkpoint,
    GrowingLog,
    LogEvidence,
    LogRecord,
    Tile,
    TrustedKeys,
    check_continues,
    nodes_from_tiles,
    sign_checkpoint,
    tiles_of,
    verify_certificate,
    verify_checkpoint,
)
from ratedparts.proofs.merkle import consistency_proof, inclusion_proof, leaf_hash, root
from ratedparts.proofs.tiles import read_entries, read_hashes, write_entries

from .samples import (
    LOG,
    MIDDLE,
    ORIGIN,
    STEADY,
    STRANGER,
    TRUST,
    issuing_key,
    leaf_for,
    logged,
    raw_public_key,
    signed,
    unsigned,
)
from .test_merkle_log import LEAVES, ROOTS, StoredNodes

HEAD = Checkpoint(ORIGIN, 8, bytes.fromhex(ROOTS[8]))
NOTE = sign_checkpoint(HEAD, LOG, public_key=raw_public_key(LOG)).encode()


def refused(note: bytes | str, trust: TrustedKeys = TRUST, origin: str | None = ORIGIN) -> str:
    with pytest.raises(RatedPartsError) as caught:
        verify_checkpoint(note, trust=trust, origin=origin)
    return caught.value.code


def test_a_checkpoint_is_believed_from_the_log_that_is_meant() -> None:
    assert verify_checkpoint(NOTE, trust=TRUST, origin=ORIGIN) == HEAD
    assert verify_checkpoint(NOTE, trust=TRUST) == HEAD
    assert refused(NOTE, origin="log.ratedparts.example/other") == "log_other_origin"
    assert refused(NOTE, TrustedKeys((issuing_key(STRANGER),))) == "log_not_trusted"
    assert refused(NOTE, TrustedKeys(())) == "log_not_trusted"
    assert refused(NOTE, TrustedKeys((issuing_key(LOG, purpose="certificates"),))) == "log_not_trusted"
    withdrawn = issuing_key(LOG, revoked_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert refused(NOTE, TrustedKeys((withdrawn,))) == "log_key_revoked"
    with pytest.raises(RatedPartsError, match="log_not_trusted"):
        verify_checkpoint(NOTE, trust=TRUST, environment="test")


def test_a_log_changes_its_key_by_signing_with_both() -> None:
    line = sign_checkpoint(HEAD, STRANGER, public_key=raw_public_key(STRANGER)).rpartition("\n\n")[2]
    both = NOTE + line.encode()
    assert verify_checkpoint(both, trust=TRUST, origin=ORIGIN) == HEAD
    withdrawn = issuing_key(LOG, revoked_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert verify_checkpoint(both, trust=TrustedKeys((withdrawn, issuing_key(STRANGER)))) == HEAD
    assert refused(both, TrustedKeys((withdrawn,))) == "log_key_revoked"


def test_the_signature_of_another_size_does_not_do() -> None:
    assert refused(NOTE.replace(b"\n8\n", b"\n9\n")) == "log_signature_failed"
    assert refused(NOTE.replace(b"\n8\n", b"\n08\n")) == "checkpoint_malformed"
    assert refused(NOTE.replace(b"\n\n", b"\nmore\n\n")) == "log_signature_failed"


def test_a_checkpoint_with_one_byte_changed_is_refused_wherever_it_is() -> None:
    codes = set()
    for position in range(len(NOTE)):
        for bit in range(8):
            other = bytearray(NOTE)
            other[position] ^= 1 << bit
            codes.add(refused(bytes(other), origin=None))
    malformed = {"note_malformed", "checkpoint_malformed"}
    assert codes == malformed | {"log_not_trusted", "log_signature_failed"}


def test_proofs_of_the_well_known_tree_with_one_byte_changed_are_refused() -> None:
    node = StoredNodes(LEAVES)
    heads = {size: Checkpoint(ORIGIN, size, root(size, node)) for size in range(1, 9)}
    proof = consistency_proof(6, 8, node)
    check_continues(heads[6], heads[8], proof)
    for number, position in ((number, position) for number in range(len(proof)) for position in range(32)):
        changed = bytearray(proof[number])
        changed[position] ^= 0x10
        with pytest.raises(RatedPartsError, match="log_inconsistent"):
            check_continues(heads[6], heads[8], [*proof[:number], bytes(changed), *proof[number + 1 :]])
    for old, new in ((5, 8), (6, 7), (7, 8)):  # the proof of another pair of sizes
        with pytest.raises(RatedPartsError, match="log_inconsistent"):
            check_continues(heads[old], heads[new], proof)
    with pytest.raises(RatedPartsError, match="log_rolled_back"):
        check_continues(heads[8], heads[6], proof)
    with pytest.raises(RatedPartsError, match="log_other_origin"):
        check_continues(dataclasses.replace(heads[6], origin="another.log"), heads[8], proof)


def test_the_evidence_of_a_certificate_with_one_byte_changed_is_refused() -> None:
    secured = signed()
    evidence = logged(leaf_for(secured))
    assert verify_certificate(secured, trust=TRUST, at=MIDDLE, log=evidence).verdict == "valid"
    content = evidence.inclusion_json()
    for position in range(len(content)):
        other = bytearray(content)
        other[position] ^= 1 << position % 7
        assert _word(secured, evidence.checkpoint, bytes(other)) == "invalid", (position, bytes(other))


def _word(secured: dict[str, Any], checkpoint: bytes, inclusion: bytes) -> str:
    """What the verifier says of the two files; what it cannot read is refused before."""
    with contextlib.suppress(RatedPartsError):
        read = LogEvidence.from_files(checkpoint, inclusion)
        return verify_certificate(secured, trust=TRUST, at=MIDDLE, log=read).verdict
    return "invalid"


def test_what_a_log_at_hand_lacks_is_never_valid() -> None:
    secured = signed()

    def of(find: object) -> tuple[str, str]:
        verdict = verify_certificate(secured, trust=TRUST, at=MIDDLE, find_in_log=find)  # type: ignore[arg-type]
        return verdict.verdict, verdict.codes[0]

    evidence = logged(leaf_for(secured))
    assert of(lambda number: LogRecord(evidence))[0] == "valid"
    assert of(lambda number: None) == ("cannot_tell", "not_in_log")
    for action in ("suspended", "revoked", "superseded"):
        assert of(lambda number, action=action: LogRecord(evidence, action)) == ("invalid", "log_records_end")
    of_another = logged(leaf_for(secured, certificate_number="RP-OTHER"))
    assert of(lambda number: LogRecord(of_another)) == ("invalid", "log_other_certificate")
    other_log = logged(leaf_for(secured), origin="another.log")
    assert of(lambda number: LogRecord(other_log)) == ("invalid", "log_origin_mismatch")
    strangers = logged(leaf_for(secured), key=STRANGER)
    assert of(lambda number: LogRecord(strangers)) == ("cannot_tell", "log_not_trusted")

    def damaged(number: str) -> LogRecord | None:
        raise RatedPartsError("log_root_differs", size=8)

    assert of(damaged) == ("cannot_tell", "log_root_differs")
    # What a file carries does not help it where the log at hand knows nothing of it.
    carried = verify_certificate(
        secured, trust=TRUST, at=MIDDLE, log=evidence, find_in_log=lambda number: None
    )
    assert (carried.verdict, carried.codes[0]) == ("cannot_tell", "not_in_log")
    # Two histories of one number: that of the log at hand counts as well as that in the file.
    of_two = {"trust": TRUST, "at": MIDDLE, "log": evidence}
    forked = logged(leaf_for(signed(unsigned(decision={"grade": "C"}))))
    two = verify_certificate(secured, **of_two, find_in_log=lambda number: LogRecord(forked))
    assert (two.verdict, two.codes[0]) == ("invalid", "log_other_certificate")
    other = verify_certificate(
        secured, **{**of_two, "log": forked}, find_in_log=lambda number: LogRecord(evidence)
    )
    assert (other.verdict, other.codes[0]) == ("invalid", "log_other_certificate")
    assert verify_certificate(secured, trust=TRUST, at=MIDDLE).codes[0] == "log_not_checked"


def test_the_tiles_of_a_log_are_those_of_the_specifications_example() -> None:
    """https://c2sp.org/tlog-tiles, Partial Tiles: the trees of 70,000 and of 256."""
    tiles = [tile for tile in tiles_of(70_000) if tile.level is not None]
    full = [tile for tile in tiles if tile.is_full]
    assert [len([tile for tile in full if tile.level == level]) for level in (0, 1, 2)] == [273, 1, 0]
    assert [(tile.level, tile.width) for tile in tiles if not tile.is_full] == [(0, 112), (1, 17), (2, 1)]
    assert [tile.path for tile in tiles_of(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_of(0)) == []
    for size in (1, 255, 256, 257, 70_000):
        assert all(tile.is_in(size) for tile in tiles_of(size))
        assert not any(tile.is_in(size - 1) for tile in tiles_of(size) if tile not in set(tiles_of(size - 1)))


def test_a_tile_has_one_address() -> None:
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"  # the specification's example
    for tile in (Tile(0, 0), Tile(None, 999, 1), Tile(63, 1000, 255), Tile(1, 1_234_067)):
        assert Tile.at(tile.path) == tile
    for path in (
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/1000",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/../000",
        "tile/0/000\n",
        "",
    ):
        with pytest.raises(RatedPartsError, match="log_tile_path"):
            Tile.at(path)


@STEADY
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_a_bundle_of_entries_gives_the_entries_back(leaves: list[bytes]) -> None:
    tile = Tile(None, 0, len(leaves))
    content = write_entries(leaves)
    assert read_entries(tile, content) == leaves
    for damaged in (content[:-1], content + b"\0", b"", content + content):
        with pytest.raises(RatedPartsError, match="log_tile_malformed"):
            read_entries(tile, damaged)


def test_an_entry_or_a_tile_of_another_length_is_refused() -> None:
    assert read_entries(Tile(None, 0, 1), write_entries([b"x" * 0xFFFF])) == [b"x" * 0xFFFF]
    with pytest.raises(RatedPartsError, match="log_entry_too_long"):
        write_entries([b"x" * 0x10000])
    for length in (0, 63, 65, 96):
        with pytest.raises(RatedPartsError, match="log_tile_malformed"):
            read_hashes(Tile(0, 0, 2), b"h" * length)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537])
def test_the_whole_log_built_anew_is_the_stored_one(size: int) -> None:
    leaves = [b"%d" % number for number in range(size)]
    node, log = StoredNodes(leaves), GrowingLog()
    tiles: dict[Tile, bytes] = {}
    for leaf in leaves:
        tiles.update(log.add(leaf))
        assert log.size % 1009 or log.root() == root(log.size, node)
    tiles.update(log.partial_tiles())
    assert log.root() == root(size, node)
    assert set(tiles) == {tile for tile in tiles_of(size) if tile.level is not None}
    from_tiles = nodes_from_tiles(size, tiles.__getitem__)
    for tile, content in tiles.items():
        level = 8 * (tile.level or 0)
        stored = [node(level, tile.start + at) for at in range(tile.width)]
        assert read_hashes(tile, content) == stored
    assert root(size, from_tiles) == log.root()
    for index in {0, size // 3, size - 1}:
        assert inclusion_proof(index, size, from_tiles) == inclusion_proof(index, size, node)
        assert consistency_proof(index, size, from_tiles) == consistency_proof(index, size, node)


def test_the_well_known_roots_come_out_of_a_growing_log() -> None:
    log = GrowingLog()
    roots = [log.root().hex()]
    for leaf in LEAVES:
        log.add(leaf)
        roots.append(log.root().hex())
    assert roots == ROOTS
    assert log.partial_tiles()[0][1][:32] == leaf_hash(LEAVES[0])
