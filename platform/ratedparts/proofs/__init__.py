"""Everything that a stranger needs to verify a certificate without asking anybody.

Pure: no clock, no file, no environment; times are arguments.  ``docs/verifying-a-certificate.md`` says the
same for people who write their own verifier, and ``docs/transparency-log.md`` for those who watch the log.
"""

from ratedparts.proofs.bundle import build_bundle, evidence_in, evidence_name, read_bundle, write_bundle
from ratedparts.proofs.canonical import canonical_bytes, digest_of
from ratedparts.proofs.checkpoint import Checkpoint, parse_checkpoint, parse_note, sign_checkpoint
from ratedparts.proofs.data_integrity import Signer, sign_document, verify_proof
from ratedparts.proofs.growing_log import GrowingLog
from ratedparts.proofs.instants import format_instant, parse_instant
from ratedparts.proofs.keys import IssuingKey, TrustedKeys
from ratedparts.proofs.log_evidence import FindInLog, LogEvidence, LogRecord
from ratedparts.proofs.log_leaf import LogLeaf, parse_log_leaf, payload_digest
from ratedparts.proofs.multikey import (
    decode_multikey,
    did_key,
    encode_multikey,
    encode_p256_multikey,
    verification_method,
)
from ratedparts.proofs.strict_json import parse_json
from ratedparts.proofs.tiles import Tile, nodes_from_tiles, tiles_of
from ratedparts.proofs.trusted_checkpoint import check_continues, verify_checkpoint
from ratedparts.proofs.verdict import Check, Reason, Verdict
from ratedparts.proofs.verification import verify_certificate, verify_file

__all__ = [
    "Check",
    "Checkpoint",
    "FindInLog",
    "GrowingLog",
    "IssuingKey",
    "LogEvidence",
    "LogLeaf",
    "LogRecord",
    "Reason",
    "Signer",
    "Tile",
    "TrustedKeys",
    "Verdict",
    "build_bundle",
    "canonical_bytes",
    "check_continues",
    "decode_multikey",
    "did_key",
    "digest_of",
    "encode_multikey",
    "encode_p256_multikey",
    "evidence_in",
    "evidence_name",
    "format_instant",
    "nodes_from_tiles",
    "parse_checkpoint",
    "parse_instant",
    "parse_json",
    "parse_log_leaf",
    "parse_note",
    "payload_digest",
    "read_bundle",
    "sign_checkpoint",
    "sign_document",
    "tiles_of",
    "verification_method",
    "verify_certificate",
    "verify_checkpoint",
    "verify_file",
    "verify_proof",
    "write_bundle",
]
