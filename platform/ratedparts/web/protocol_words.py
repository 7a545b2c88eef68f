"""A protocol's failure criteria in words: what its data says, as a sentence in the reader's language."""

from __future__ import annotations

from ratedparts.protocols import Criterion, Limit, Measure, Protocol, ProtocolLibrary, Scalar, Term

from .formatting import number
from .language import named, text

COMPARISONS = {
    "below": "{quantity} below {limit}",
    "above": "{quantity} above {limit}",
    "beyond": "{quantity} beyond ± {limit}",
    "equals": "{quantity} equal to {limit}",
}
MEASURES = {
    Measure.VALUE: "{quantity}",
    Measure.CHANGE: "Change of: {quantity}",
    Measure.RELATIVE_CHANGE_PERCENT: "Relative change of: {quantity}",
    Measure.RATIO_TO_INITIAL: "Ratio to the initial value of: {quantity}",
}
JOINED = {"smallest": "the smaller of {limits}", "largest": "the larger of {limits}"}
MODELS = {
    "arrhenius": "Arrhenius: temperature",
    "prokopowicz_vaskas": "Prokopowicz and Vaskas: voltage and temperature",
    "peck": "Peck: humidity and temperature",
    "coffin_manson": "Coffin and Manson: temperature swing",
    "arrhenius_power": "Arrhenius: temperature raised by the power",
    "none": "No acceleration is credited",
}


def criterion_in_words(criterion: Criterion, protocol: Protocol, library: ProtocolLibrary) -> str:
    """``Relative change of: Capacitance beyond ± 12.5 %``."""
    column = protocol.column(criterion.column)
    title = named(column.title) if column is not None else criterion.column
    quantity = text(MEASURES[criterion.measure], quantity=title)
    limit = _limit(criterion.limit, library)
    if any(term.of for term in criterion.limit.terms):
        limit = f"({limit})"
    unit = _unit(criterion.measure, column.unit if column is not None else None)
    return text(COMPARISONS[criterion.comparison], quantity=quantity, limit=f"{limit} {unit}".strip())


def applies_in_words(criterion: Criterion, library: ProtocolLibrary) -> str:
    """To which parts a criterion applies; empty where to all."""
    said = []
    for name, admitted in criterion.applies_to:
        if name == "family":
            said.append(", ".join(named(library.family(str(code)).title) for code in admitted))
        else:
            said.append(f"{_attribute(name, library)}: {', '.join(map(_value, admitted))}")
    return "; ".join(said)


def _value(value: Scalar) -> str:
    if isinstance(value, bool):
        return text("yes") if value else text("no")
    return number(value)


def _unit(measure: Measure, unit: str | None) -> str:
    if measure is Measure.RATIO_TO_INITIAL:
        return ""
    return "%" if measure is Measure.RELATIVE_CHANGE_PERCENT else unit or ""


def _limit(limit: Limit, library: ProtocolLibrary) -> str:
    terms = [_term(term, library) for term in limit.terms]
    return terms[0] if limit.take == "only" else text(JOINED[limit.take], limits=text(" and ").join(terms))


def _term(term: Term, library: ProtocolLibrary) -> str:
    if term.of is None:
        return number(term.plus)
    of = text("initial value") if term.of == "initial" else _attribute(term.of, library)
    if term.power == -1.0:
        product = f"{number(term.times)} ÷ ({of})"
    elif term.times == 1.0:
        product = f"({of})"
    else:
        product = f"{number(term.times)} × ({of})"
    return f"{product} + {number(term.plus)}" if term.plus else product


def _attribute(name: str, library: ProtocolLibrary) -> str:
    for family in library.families.values():
        for attribute in family.attributes:
            if attribute.name == name:
                return named(attribute.title) + (f", {attribute.unit}" if attribute.unit else "")
    return name
