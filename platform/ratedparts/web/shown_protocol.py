"""A protocol version as it is shown to people and to programs, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.protocols import Criterion, Degradation, Family, Protocol, ProtocolLibrary

from .acceleration_question import Asked, asked_acceleration
from .protocol_versions import versions_of
from .protocol_words import (
    Ageing,
    ageing_in_words,
    applies_in_words,
    criterion_in_words,
    degradation_in_words,
)


@dataclass(frozen=True)
class ShownRule:
    """``of`` says when a unit has failed, or when its drift ends its life.  ``parts`` empty: for all."""

    of: Criterion | Degradation
    sentence: str
    parts: str


@dataclass(frozen=True)
class ShownProtocol:
    protocol: Protocol
    current: bool  # no later version of it is published
    versions: tuple[str, ...]  # the newest first
    families: tuple[Family, ...]  # empty: any family
    criteria: tuple[ShownRule, ...]
    ageing: tuple[Ageing, ...]
    degradation: tuple[ShownRule, ...]
    asked: Asked | None  # by the calculator of its acceleration; None where no rule computes it


def shown_protocol(protocol: Protocol, library: ProtocolLibrary) -> ShownProtocol:
    versions = tuple(one.name for one in versions_of(protocol.id, library))
    return ShownProtocol(
        protocol,
        versions[0] == protocol.name,
        versions,
        tuple(library.family(code) for code in protocol.families),
        tuple(
            ShownRule(
                one,
                criterion_in_words(one, protocol, library),
                applies_in_words(one.applies_to, library),
            )
            for one in protocol.criteria
        ),
        tuple(ageing_in_words(protocol, library)),
        tuple(
            ShownRule(
                one,
                degradation_in_words(one, protocol, library),
                applies_in_words(one.applies_to, library),
            )
            for one in protocol.degradation
        ),
        asked_acceleration(protocol, library),
    )
