"""All protocols and families of a folder, read once, checked as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ratedparts.errors import Kind, RatedPartsError
from ratedparts.protocols.family_files import read_families
from ratedparts.protocols.model import Applicability, Criterion, Degradation, Family, Protocol, Range
from ratedparts.protocols.protocol_files import read_protocol
from ratedparts.protocols.schema import Faults

FAMILIES_FILE = "families.toml"


@dataclass(frozen=True, eq=False)
class ProtocolLibrary:
    """Every protocol version by name (``MLCC-HTL@1``) and every family by code; equal only to itself."""

    protocols: Mapping[str, Protocol]
    families: Mapping[str, Family]

    def protocol(self, name: str) -> Protocol:
        """The version called ``name``.  Raises ``unknown_protocol`` with the names that exist."""
        try:
            return self.protocols[name]
        except KeyError:
            raise RatedPartsError(
                "unknown_protocol", kind=Kind.NOT_FOUND, given=name, known=sorted(self.protocols)
            ) from None

    def latest(self, identifier: str) -> Protocol:
        """The highest version of ``identifier`` (without ``@``).  Raises ``unknown_protocol``."""
        versions = [protocol for protocol in self.protocols.values() if protocol.id == identifier]
        if not versions:
            known = sorted({protocol.id for protocol in self.protocols.values()})
            raise RatedPartsError("unknown_protocol", kind=Kind.NOT_FOUND, given=identifier, known=known)
        return max(versions, key=lambda protocol: protocol.version)

    def family(self, code: str) -> Family:
        """The family with this code.  Raises ``unknown_family`` with the codes that exist."""
        try:
            return self.families[code]
        except KeyError:
            raise RatedPartsError(
                "unknown_family", kind=Kind.NOT_FOUND, given=code, known=sorted(self.families)
            ) from None


def load_library(folder: Path | None = None) -> ProtocolLibrary:
    """Read every ``*.toml`` of ``folder``, by default the folder that is installed with the platform.

    Raises ``protocols_faulty`` with every fault of every file as items.  The default folder is read once.
    """
    return _installed() if folder is None else read_library(folder)


@cache
def _installed() -> ProtocolLibrary:
    return read_library(resources.files("ratedparts.test_protocols"))


def read_library(folder: Traversable) -> ProtocolLibrary:
    """Read a folder now, whatever was read before."""
    protocols: dict[str, Protocol] = {}
    families: tuple[Family, ...] = ()
    all_faults: list[Faults] = []
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    for file in files:
        faults = Faults(file.name)
        all_faults.append(faults)
        content = file.read_bytes()
        document = _parse(content, faults)
        if document is None:
            continue
        if file.name == FAMILIES_FILE:
            families = read_families(document, faults)
        else:
            protocol = read_protocol(document, content, faults)
            protocols[protocol.name] = protocol
    library = ProtocolLibrary(protocols, {family.code: family for family in families})
    if not families and not any(faults.file == FAMILIES_FILE and faults.found for faults in all_faults):
        missing = Faults(FAMILIES_FILE)
        missing.add("missing_value", "families")
        all_faults.append(missing)
    if not any(faults.found for faults in all_faults):
        all_faults.extend(check_together(library))
    items = [fault for faults in all_faults for fault in faults.found]
    if items:
        raise RatedPartsError(
            "protocols_faulty", items=items, files=sorted({i.parameters["file"] for i in items})
        )
    return library


def _parse(content: bytes, faults: Faults) -> dict[str, Any] | None:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        faults.add("encoding", "(file)", offset=error.start, declared="utf-8")
    except tomllib.TOMLDecodeError as error:
        faults.add("toml_syntax", "(file)", reason=str(error))
    except ValueError:
        faults.add("toml_syntax", "(file)", reason="a number has too many digits")
    except RecursionError:
        faults.add("toml_syntax", "(file)", reason="nested too deeply")
    return None


def check_together(library: ProtocolLibrary) -> list[Faults]:
    """What the files say about each other: families that protocols name, protocols that families name."""
    found = [_check_against_families(protocol, library) for protocol in library.protocols.values()]
    found.append(_check_against_protocols(library))
    return found


def _check_against_families(protocol: Protocol, library: ProtocolLibrary) -> Faults:
    faults = Faults(f"{protocol.name}.toml")
    for index, code in enumerate(protocol.families):
        if code not in library.families:
            faults.add("unknown_family", f"families[{index}]", code, expected=sorted(library.families))
    rated = [library.families[code] for code in protocol.families if code in library.families]
    attributes = {attribute.name for family in rated for attribute in family.attributes}
    rules: dict[str, tuple[Criterion | Degradation, ...]]
    rules = {"criteria": protocol.criteria, "degradation": protocol.degradation}
    for key, parts in rules.items():
        for index, part in enumerate(parts):
            path = f"{key}[{index}]"
            _check_applicability(part.applies_to, path, protocol, attributes, faults)
            limit, name = (
                (part.limit, "limit") if isinstance(part, Criterion) else (part.threshold, "threshold")
            )
            for term in limit.terms:
                if term.of not in (None, "initial") and term.of not in attributes:
                    faults.add("unknown_attribute", f"{path}.{name}.of", term.of, expected=sorted(attributes))
    return faults


def _check_applicability(
    applies_to: Applicability, path: str, protocol: Protocol, attributes: set[str], faults: Faults
) -> None:
    for key, admitted in applies_to:
        place = f"{path}.applies_to.{key}"
        if key == "family":
            if isinstance(admitted, Range):
                faults.add("wrong_type", place, expected="array")
                continue
            for value in admitted:
                if value not in protocol.families:
                    faults.add("unknown_family", place, value, expected=list(protocol.families))
        elif key not in attributes:
            faults.add("unknown_attribute", place, key, expected=sorted(attributes))


def _check_against_protocols(library: ProtocolLibrary) -> Faults:
    """Families may name protocols that are still to be written; of those that exist, all must fit."""
    faults = Faults(FAMILIES_FILE)
    for family in library.families.values():
        for name in family.mandatory:
            identifier, _, variant = name.partition(":")
            for protocol in library.protocols.values():
                if protocol.id == identifier:
                    _check_mandatory(family, protocol, variant, faults)
    return faults


def _check_mandatory(family: Family, protocol: Protocol, variant: str, faults: Faults) -> None:
    path = f"families.{family.code}"
    if protocol.families and family.code not in protocol.families:
        faults.add("family_not_rated", f"{path}.mandatory", protocol.name, expected=list(protocol.families))
    targets = [target for stress in protocol.stress for target in stress.targets]
    if variant and variant not in targets:
        faults.add("not_a_choice", f"{path}.mandatory", f"{protocol.id}:{variant}", expected=targets)
    names = [quantity.name for quantity in protocol.quantities]
    for key in family.key_parameters:
        if names and not set(names).intersection(family.names_of(key)):
            faults.add("unknown_parameter", f"{path}.key_parameters", key, expected=names)
