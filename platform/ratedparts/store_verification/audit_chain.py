"""The audit log is whole: every line follows from the one before, and no number is left out."""

from __future__ import annotations

from ratedparts.audit.service import broken_lines, length

from .findings import Findings
from .store import Store


def check_audit_chain(store: Store, findings: Findings) -> None:
    with store.reading() as work:
        findings.looked(length(work))
        for line in broken_lines(work):
            place = f"audit_line {line.sequence}"
            if line.expected != line.sequence:
                findings.invalid(
                    "audit_lines_missing", place=place, first=line.expected, last=line.sequence - 1
                )
            elif line.changed:
                findings.invalid("audit_line_changed", place=place)
            else:
                findings.invalid("audit_line_out_of_chain", place=place)
