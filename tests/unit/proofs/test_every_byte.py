"""One byte changed at every position: never "valid", and the answer says which part it was.

A position costs a quarter of a millisecond in the JSON and half of one in the bundle.  Whoever changes a
bundle can put its sums in order again: that is done as well, as far as it can be without a key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator

import pytest

from ratedparts.proofs import Verdict, canonical_bytes, evidence_name, read_bundle, verify_file, write_bundle
from ratedparts.proofs.archive import write_archive
from ratedparts.proofs.bundle import CHECKPOINT, CREDENTIAL, DOSSIER, INCLUSION, MANIFEST

from .samples import EVIDENCE, MIDDLE, TRUST, bundle, signed

BUNDLE = bundle()
FILES = {name: content for name, content in read_bundle(BUNDLE).items() if name != MANIFEST}
NAMES = [evidence_name(content) for content in EVIDENCE]
JSON = canonical_bytes(signed())


def verdict_of(content: bytes) -> Verdict:
    return verify_file(content, trust=TRUST, at=MIDDLE)


def changes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The content with one bit changed, for every position; another bit at each."""
    for position in range(len(content)):
        other = bytearray(content)
        other[position] ^= 1 << position % 8
        yield position, bytes(other)


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if check.result == "failed"}


def _places(part: bytes) -> range:
    start = JSON.index(part)
    assert JSON.count(part) == 1
    return range(start, start + len(part))


def test_a_byte_of_payload_proof_or_signature_fails_the_signature_or_is_no_certificate() -> None:
    proof = signed()["proof"]
    value = _places(json.dumps(proof["proofValue"]).encode()[1:-1])
    told: dict[str, set[str]] = {"signature": set(), "proof": set(), "payload": set()}
    whole = _places(b'"proof":' + canonical_bytes(proof))
    for position, other in changes(JSON):
        verdict = verdict_of(other)
        assert verdict.verdict == "invalid", position
        passed = {check.name for check in verdict.checks if check.result == "passed"}
        assert "signature" not in passed, (position, verdict.codes)
        part = "signature" if position in value else "proof" if position in whole else "payload"
        told[part].add(verdict.codes[0])
    # What can still be read is told by the signature; the rest is JSON no more, or has lost a member.
    readable = {code for code in told["signature"] if not code.startswith("json_")}
    assert readable == {"signature_failed"}
    assert "signature_failed" in told["payload"]
    assert told["proof"] & {
        "proof_changed",
        "proof_malformed",
        "proof_purpose",
        "verification_method_malformed",
    }


def test_a_byte_of_the_packed_bundle_is_told_by_the_name_of_its_file() -> None:
    for name, content in FILES.items():
        start = BUNDLE.index(content)
        for position in range(len(content)):
            other = bytearray(BUNDLE)
            other[start + position] ^= 1 << position % 8
            verdict = verdict_of(bytes(other))
            assert (verdict.verdict, verdict.codes) == ("invalid", ("archive_damaged",)), (name, position)
            assert verdict.reasons[0].parameters == {"name": name}, position


def _packed_anew(files: dict[str, bytes]) -> bytes:
    """The sums of the archive are right; the manifest is the old one."""
    return write_archive({**files, MANIFEST: read_bundle(BUNDLE)[MANIFEST]})


@pytest.mark.parametrize("name", FILES)
def test_a_byte_of_a_bundle_packed_anew_is_told_by_the_manifest(name: str) -> None:
    for position, other in changes(FILES[name]):
        verdict = verdict_of(_packed_anew({**FILES, name: other}))
        assert (verdict.verdict, verdict.codes) == ("invalid", ("bundle_file_changed",)), position
        assert verdict.reasons[0].parameters == {"name": name}


@pytest.mark.parametrize("name", NAMES)
def test_a_byte_of_the_evidence_is_told_when_the_manifest_was_made_anew(name: str) -> None:
    for position, other in changes(FILES[name]):
        verdict = verdict_of(write_bundle({**FILES, name: other}))
        assert (verdict.verdict, verdict.codes) == ("invalid", ("bundle_evidence_changed",)), position
        assert verdict.reasons[0].parameters == {"name": name}


@pytest.mark.parametrize("name", NAMES)
def test_a_byte_of_the_evidence_is_told_when_the_file_got_its_new_name(name: str) -> None:
    others = {other: content for other, content in FILES.items() if other != name}
    for position, other in changes(FILES[name]):
        verdict = verdict_of(write_bundle({**others, evidence_name(other): other}))
        assert (verdict.verdict, verdict.codes[0]) == ("invalid", "bundle_evidence_not_named"), position
        digest = f"sha256:{hashlib.sha256(other).hexdigest()}"
        assert verdict.reasons[0].parameters == {"digest": digest, "count": 1}
        assert failed(verdict) == {"evidence"}


PARTS: dict[str, Callable[[Verdict], bool]] = {
    DOSSIER: lambda verdict: verdict.codes[0] == "bundle_dossier_differs" and failed(verdict) == {"dossier"},
    CREDENTIAL: lambda verdict: "signature" not in _passed(verdict),
    INCLUSION: lambda verdict: (
        verdict.codes[0].startswith("log_") and "log_inclusion" not in _passed(verdict)
    ),
    CHECKPOINT: lambda verdict: (
        verdict.codes[0].startswith(("log_", "note_", "checkpoint_"))
        and not {"log_inclusion", "log_signature"} <= _passed(verdict)
    ),
}


def _passed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if check.result == "passed"}


@pytest.mark.parametrize("name", PARTS)
def test_a_byte_of_what_is_signed_is_told_when_everything_unsigned_was_made_anew(name: str) -> None:
    for position, other in changes(FILES[name]):
        verdict = verdict_of(write_bundle({**FILES, name: other}))
        assert verdict.verdict != "valid", position
        assert PARTS[name](verdict), (position, verdict.codes, verdict.checks)
