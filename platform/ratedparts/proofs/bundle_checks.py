"""Whether the dossier, the evidence and the protocols in a bundle are those that the certificate names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.bundle import DOSSIER, RULE_SET, columns_in, evidence_in, protocols_in
from ratedparts.proofs.canonical import digest_of, is_digest
from ratedparts.proofs.evidence_columns import OpenColumns
from ratedparts.proofs.verdict import CheckResult, Findings


def check_named_files(subject: Mapping[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    """Compare every file of a bundle with its digest in the certificate's subject."""
    _check_dossier(subject, files, findings)
    _check_rule_set(subject, files, findings)
    _check_protocols(subject, files, findings)
    try:
        columns = columns_in(files)
    except RatedPartsError:
        findings.check("evidence", "failed")
        raise
    _check_evidence(subject, set(evidence_in(files)), columns, findings)


def _check_dossier(subject: Mapping[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    named, found = subject.get("dossier_digest"), digest_of(files[DOSSIER])
    if named is None:
        findings.check("dossier", "unknown")
        findings.cannot_tell("bundle_dossier_not_named")
        return
    findings.check("dossier", named == found)
    if named != found:
        findings.invalid("bundle_dossier_differs", named=str(named)[:80], found=found)


def _check_rule_set(subject: Mapping[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    if RULE_SET not in files:
        findings.check("rule_set", "absent")
        return
    stated = subject.get("rule_set")
    named = stated.get("digest") if isinstance(stated, Mapping) else None
    found = digest_of(files[RULE_SET])
    findings.check("rule_set", named == found)
    if named != found:
        findings.invalid("bundle_rule_set_differs", named=str(named)[:80], found=found)


def _check_protocols(subject: Mapping[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    present = protocols_in(files)
    listed = subject.get("protocols", [])
    named = {
        entry.get("name"): entry.get("digest")
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, Mapping)
    }
    differing = [
        name
        for name, content in sorted(present.items())
        if named.get(name) != hashlib.sha256(content).hexdigest()
    ]
    findings.check("protocols", not differing if present else "absent")
    if differing:
        findings.invalid("bundle_protocol_differs", name=differing[0], count=len(differing))


def _check_evidence(
    subject: Mapping[str, Any],
    whole: set[str],
    columns: Mapping[str, OpenColumns],
    findings: Findings,
) -> None:
    listed = subject.get("evidence", [])
    entries = listed if isinstance(listed, list) else [None]
    named = {str(entry.get("digest")): entry for entry in entries if isinstance(entry, Mapping)}
    if not all(isinstance(entry, Mapping) and is_digest(entry.get("digest")) for entry in entries):
        findings.check("evidence", "failed")
        findings.invalid("credential_malformed", member="credentialSubject.evidence")
        return
    results: set[CheckResult] = {"passed"}
    strangers = sorted((whole | set(columns)) - set(named))
    if strangers:
        results.add("failed")
        findings.invalid("bundle_evidence_not_named", digest=strangers[0], count=len(strangers))
    withheld: set[str] = set()
    for digest, opened in columns.items():
        if digest in named:
            results.add(_check_columns(named[digest], opened, withheld, findings))
    if withheld:
        findings.note("evidence_columns_withheld", columns=", ".join(sorted(withheld)), count=len(columns))
    absent = sorted(set(named) - whole - set(columns))
    if absent:
        results.add("unknown")
        findings.cannot_tell("bundle_evidence_missing", digest=absent[0], count=len(absent))
    findings.check(
        "evidence", "failed" if "failed" in results else "unknown" if "unknown" in results else "passed"
    )


def _check_columns(
    entry: Mapping[str, Any], opened: OpenColumns, withheld: set[str], findings: Findings
) -> CheckResult:
    """The open columns are the signed ones; what is missing may be, and is added to ``withheld``."""
    digest = entry["digest"]
    try:
        signed = {str(one["name"]): one["digest"] for one in entry["columns"]}
        may_be_missing = set(entry["withheld"])
        rows = entry["rows"]
    except (KeyError, TypeError):
        findings.invalid("credential_malformed", member="credentialSubject.evidence.columns")
        return "failed"
    for name, found in opened.digests().items():
        if signed.get(name) != found:
            findings.invalid("bundle_column_differs", column=name[:80], digest=digest)
            return "failed"
    # The digest of a column that is there says how many rows it has; of a file with none it has to be said.
    if rows != str(opened.rows) or [name for name in signed if name in opened.cells] != list(opened.cells):
        findings.invalid("bundle_columns_malformed", digest=digest)
        return "failed"
    missing = [name for name in signed if name not in opened.cells]
    lacking = [name for name in missing if name not in may_be_missing]
    if lacking:
        findings.cannot_tell("bundle_column_missing", column=lacking[0][:80], digest=digest)
        return "unknown"
    withheld.update(missing)
    return "passed"
