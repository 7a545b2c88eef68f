"""Recomputes a certificate from its evidence bundle: bytes → units → decision, and names every difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ratedparts.errors import RatedPartsError
from ratedparts.evidence.summary import summarise
from ratedparts.grading import decide_json
from ratedparts.proofs import digest_of, parse_json
from ratedparts.proofs.bundle import columns_in, evidence_in, read_bundle
from ratedparts.proofs.evidence_columns import OpenColumns
from ratedparts.protocols import ProtocolLibrary, check_file

from .payload import certified_part, decided_part, signed_decision
from .published_rules import published_rule_set

WITHHELD = "withheld"
BAND = 1e-9  # means and deviations of a lot sample may differ in their last digits between machines


@dataclass(frozen=True)
class Recheck:
    """The decision recomputed, and where it is not the signed one."""

    decision: dict[str, Any]
    differences: tuple[dict[str, Any], ...]

    @property
    def same(self) -> bool:
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        return {"same": self.same, "differences": list(self.differences), "decision": self.decision}


def recheck_bundle(content: bytes, library: ProtocolLibrary) -> Recheck:
    """Decide the bundle's dossier anew, after deriving it from the measurements themselves.

    Raises ``RatedPartsError`` where the bundle cannot be read or lacks its credential or dossier.
    """
    files = read_bundle(content)
    for name in ("credential.json", "dossier.json"):
        if name not in files:
            raise RatedPartsError("bundle_file_missing", name=name)
    credential, dossier = parse_json(files["credential.json"]), parse_json(files["dossier.json"])
    try:
        return _recheck(credential["credentialSubject"], dossier, files, library)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        # It is not what this platform writes, so there is nothing to recompute it against.
        raise RatedPartsError("credential_malformed", member=str(error)[:120]) from error


def _recheck(
    subject: Mapping[str, Any], dossier: Any, files: Mapping[str, bytes], library: ProtocolLibrary
) -> Recheck:
    ours = digest_of(files["dossier.json"])
    found = list(differences("dossier_digest", subject["dossier_digest"], ours))
    found += list(differences("part", certified_part(subject), decided_part(dossier)))
    found += list(_evidence_differences(subject, dossier, _files_of(subject, files), library))
    decision = signed_decision(decide_json(dossier, library).as_json())
    signed = subject["decision"]
    for part in (
        "rule_set",
        "grade",
        "vector",
        "caps",
        "binding",
        "figures",
        "life_method",
        "reasons",
        "valid_until",
    ):
        found += differences(f"decision.{part}", signed.get(part), decision.get(part))
    name = subject["rule_set"]["name"]
    found += differences("rule_set.name", name, signed["rule_set"])
    ours = digest_of(published_rule_set(name))
    found += differences("rule_set.digest", subject["rule_set"]["digest"], ours)
    for protocol in subject["protocols"]:
        ours = library.protocol(protocol["name"]).digest
        found += differences(f"protocols.{protocol['name']}", protocol["digest"], ours)
    return Recheck(decision, tuple(found))


def _files_of(subject: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, tuple[bytes, str]]:
    """Digest → a results file and its encoding: as uploaded, or put together from its open columns."""
    whole, opened = evidence_in(files), columns_in(files)
    found = {}
    for named in subject["evidence"]:
        digest = named["digest"]
        if digest in whole:
            found[digest] = whole[digest], named.get("encoding", "utf-8")
        elif digest in opened:
            found[digest] = _completed(named, opened[digest]), "utf-8"
    return found


def _completed(named: Mapping[str, Any], opened: OpenColumns) -> bytes:
    """The file with something in every withheld cell: no figure depends on what stands there."""
    filled = [WITHHELD] * opened.rows
    cells = {one["name"]: opened.cells.get(one["name"], filled) for one in named["columns"]}
    return OpenColumns({}, cells).as_csv()


def _evidence_differences(
    subject: Mapping[str, Any],
    dossier: Mapping[str, Any],
    evidence: Mapping[str, tuple[bytes, str]],
    library: ProtocolLibrary,
) -> Iterator[dict[str, Any]]:
    """Each file is checked and summarised again, and must give the units that the dossier counts."""
    for index, (named, test) in enumerate(zip(subject["evidence"], dossier["tests"], strict=True)):
        path = f"tests.{index}"
        for key in ("protocol", "evidence_class", "started_on", "ended_on"):
            yield from differences(f"{path}.{key}", named[key], test[key])
        if named["digest"] not in evidence:
            yield {"path": path, "signed": named["digest"], "recomputed": None}
            continue
        content, encoding = evidence[named["digest"]]
        protocol = library.protocol(test["protocol"])
        part = {
            "family": dossier["part"]["family"],
            "attributes": dossier["part"]["attributes"],
            "limits": {
                one["parameter"]: [one.get("lower_limit"), one.get("upper_limit")]
                for one in test.get("capability", [])
            },
        }
        report = check_file(content, protocol, library=library, part=part, encoding=encoding)
        if not report.accepted:
            yield {"path": path, "signed": "accepted", "recomputed": f"refused: {report.fault_count}"}
            continue
        summary = summarise(report, protocol)
        for key in ("lots", "capability", "conformity"):
            if key in test:
                yield from differences(f"{path}.{key}", _counted(test[key]), summary.get(key))


def _counted(value: Any) -> Any:
    """Without the units that were planned and never came: no file can show them."""
    if not isinstance(value, list):
        return value
    return [
        {**lot, "units": [group for group in lot["units"] if group.get("mode") != "missing"]}
        if "units" in lot
        else lot
        for lot in value
    ]


def differences(path: str, signed: Any, recomputed: Any) -> Iterator[dict[str, Any]]:
    """Where two values are not the same, each with its path; numbers within `BAND` are."""
    if isinstance(signed, dict) and isinstance(recomputed, dict):
        for key in sorted(set(signed) | set(recomputed)):
            yield from differences(f"{path}.{key}", signed.get(key), recomputed.get(key))
    elif isinstance(signed, list) and isinstance(recomputed, list) and len(signed) == len(recomputed):
        for index, (one, other) in enumerate(zip(signed, recomputed, strict=True)):
            yield from differences(f"{path}.{index}", one, other)
    elif not _equal(signed, recomputed):
        yield {"path": path, "signed": signed, "recomputed": recomputed}


def _equal(signed: Any, recomputed: Any) -> bool:
    if isinstance(signed, int | float) and isinstance(recomputed, int | float):
        return abs(signed - recomputed) <= BAND * max(abs(signed), abs(recomputed))
    return bool(signed == recomputed)
