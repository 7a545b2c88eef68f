"""The evidence bundle: a certificate with everything that is needed to check it and to recompute it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.archive import ArchiveLimits, read_archive, write_archive
from ratedparts.proofs.canonical import canonical_bytes
from ratedparts.proofs.evidence_columns import OpenColumns, read_open_columns
from ratedparts.proofs.strict_json import parse_json

CREDENTIAL = "credential.json"
CHECKPOINT = "log/checkpoint.txt"
INCLUSION = "log/inclusion.json"
KEYS = "keys.json"
DOSSIER = "dossier.json"
README = "README.txt"
RULE_SET = "rule_set.json"
MANIFEST = "manifest.json"
MANIFEST_SCHEMA = "ratedparts-bundle/1"

_REQUIRED = (CREDENTIAL, CHECKPOINT, INCLUSION, KEYS, DOSSIER, MANIFEST)
_FIXED = {*_REQUIRED, README, RULE_SET}
_EVIDENCE = re.compile(r"evidence/([0-9a-f]{64})\.(?:csv|xlsx)", re.ASCII)
_COLUMNS = re.compile(r"evidence/([0-9a-f]{64})\.(columns\.csv|salts\.json)", re.ASCII)
_PROTOCOL = re.compile(r"protocols/([A-Z][A-Z0-9-]{0,40}@[1-9][0-9]{0,3})\.toml", re.ASCII)
_WORKBOOK = b"PK\x03\x04"  # how a file begins that is an archive, as Excel's workbooks are
_MAX_MANIFEST_BYTES = 2 * 1024 * 1024


def evidence_name(content: bytes) -> str:
    """Return the name in the bundle of a piece of evidence: its digest, and what a reader opens it with."""
    ending = "xlsx" if content.startswith(_WORKBOOK) else "csv"
    return f"evidence/{hashlib.sha256(content).hexdigest()}.{ending}"


def build_bundle(
    *,
    credential: bytes,
    checkpoint: str,
    inclusion: bytes,
    keys: bytes,
    dossier: bytes,
    evidence: Iterable[bytes],
    readme: str,
    columns: Mapping[str, OpenColumns] | None = None,
    protocols: Mapping[str, bytes] | None = None,
    rule_set: bytes | None = None,
) -> bytes:
    """Return the bundle; the same arguments give the same bytes on every machine.

    Parameters
    ----------
    credential
        The signed certificate, as it is published.
    checkpoint
        The log's signed checkpoint.
    inclusion
        `LogEvidence.inclusion_json`.
    keys
        The published key list, for the reader's convenience; a verifier never trusts it.
    dossier
        The file whose digest the certificate names as ``dossier_digest``.
    evidence
        The measurement files, byte for byte as they were uploaded.
    columns
        Digest of a measurement file → what is open of it, for files of which columns are withheld.
    protocols
        Name of a protocol → its text, for each that the certificate names.
    rule_set
        The limits by which the grade was decided, as the certificate names them by their digest.
    """
    files = {
        CREDENTIAL: credential,
        CHECKPOINT: checkpoint.encode(),
        INCLUSION: inclusion,
        KEYS: keys,
        DOSSIER: dossier,
        README: readme.encode(),
    }
    for content in evidence:
        files[evidence_name(content)] = content
    for digest, opened in (columns or {}).items():
        stem = f"evidence/{digest.removeprefix('sha256:')}"
        files[f"{stem}.columns.csv"] = opened.as_csv()
        files[f"{stem}.salts.json"] = opened.salts_json()
    for name, content in (protocols or {}).items():
        files[f"protocols/{name}.toml"] = content
    if rule_set is not None:
        files[RULE_SET] = rule_set
    return write_bundle(files)


def write_bundle(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of ``files`` and of the manifest that lists them.

    Raises
    ------
    RatedPartsError
        ``archive_name`` (name) for a name that a bundle cannot have; see `archive.write_archive`.
    """
    for name in files:
        if name == MANIFEST or not _may_occur(name):
            raise RatedPartsError("archive_name", name=ascii(name)[:120])
    manifest = {"schema": MANIFEST_SCHEMA, "files": _listing(files)}
    return write_archive({**files, MANIFEST: canonical_bytes(manifest)})


def read_bundle(content: bytes, *, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Return the files of a bundle, name → content, after checking the archive and the manifest.

    Raises
    ------
    RatedPartsError
        Those of `archive.read_archive`; ``bundle_file_missing`` (name), ``bundle_manifest_malformed``,
        ``bundle_file_changed`` (name): the manifest says otherwise, ``bundle_evidence_changed`` (name): the
        file is not what its name says.
    """
    files = read_archive(content, accepts=_may_occur, limits=limits)
    for name in _REQUIRED:
        if name not in files:
            raise RatedPartsError("bundle_file_missing", name=name)
    _compare_with_manifest(files)
    for name, body in files.items():
        if _EVIDENCE.fullmatch(name) and name != evidence_name(body):
            raise RatedPartsError("bundle_evidence_changed", name=name)
    return files


def evidence_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the evidence of a bundle that was read: digest (``sha256:…``) → content."""
    named = ((_EVIDENCE.fullmatch(name), body) for name, body in files.items())
    return {f"sha256:{name[1]}": body for name, body in named if name is not None}


def columns_in(files: Mapping[str, bytes]) -> dict[str, OpenColumns]:
    """Return the open columns in a bundle that was read: digest of the whole file → columns.

    Raises ``bundle_columns_malformed``, ``bundle_file_missing`` (name): columns without salts or the reverse.
    """
    found = {}
    for hexadecimal in sorted({named[1] for named in map(_COLUMNS.fullmatch, files) if named is not None}):
        names = [f"evidence/{hexadecimal}.{ending}" for ending in ("columns.csv", "salts.json")]
        for name in names:
            if name not in files:
                raise RatedPartsError("bundle_file_missing", name=name)
        found[f"sha256:{hexadecimal}"] = read_open_columns(files[names[0]], files[names[1]])
    return found


def protocols_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the protocols in a bundle that was read: name → text."""
    named = ((_PROTOCOL.fullmatch(name), body) for name, body in files.items())
    return {name[1]: body for name, body in named if name is not None}


def _may_occur(name: str) -> bool:
    return name in _FIXED or any(form.fullmatch(name) for form in (_EVIDENCE, _COLUMNS, _PROTOCOL))


def _listing(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    return {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
    }


def _compare_with_manifest(files: Mapping[str, bytes]) -> None:
    listed = {name: content for name, content in files.items() if name != MANIFEST}
    actual = _listing(listed)
    expected = canonical_bytes({"schema": MANIFEST_SCHEMA, "files": actual})
    if files[MANIFEST] == expected:
        return
    try:
        manifest = parse_json(files[MANIFEST], max_bytes=_MAX_MANIFEST_BYTES)
    except RatedPartsError:
        manifest = None
    claimed = manifest.get("files") if isinstance(manifest, dict) else None
    if isinstance(claimed, dict):
        for name in sorted({*claimed, *actual}):
            if claimed.get(name) != actual.get(name):
                raise RatedPartsError("bundle_file_changed", name=name[:120])
    raise RatedPartsError("bundle_manifest_malformed")
