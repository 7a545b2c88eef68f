"""A protocol's failure criteria in words: what its data says, as a sentence in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.protocols import (
    Acceleration,
    Applicability,
    Criterion,
    Degradation,
    Limit,
    Measure,
    Protocol,
    ProtocolLibrary,
    Range,
    Scalar,
    ShapeRange,
    Term,
)

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
    "arrhenius_film": "Arrhenius: temperature of the film",
    "peck_voltage_spacing": "Peck: humidity and temperature, with the voltage over the spacing",
    "ten_degree": "Ten-degree rule: temperature",
    "weibull_voltage_exponential": "Exponential of the voltage ratio",
}
LAWS = {
    "linear": "in proportion to time",
    "square_root": "with the square root of time",
    "power": "with a power of time",
    "logarithmic": "with the logarithm of time",
}
UNITS = {"cycles": "cycles", "step": "step"}  # those that are words


@dataclass(frozen=True)
class Ageing:
    """An acceleration with its shape range, and the families for which both hold; empty: all."""

    families: str
    model: str
    acceleration: Acceleration
    shape: ShapeRange | None


def ageing_in_words(protocol: Protocol, library: ProtocolLibrary) -> list[Ageing]:
    """What ages the parts: one entry, or one for each group of families that ages alike."""
    if protocol.acceleration is not None:
        return [Ageing("", _model(protocol.acceleration), protocol.acceleration, protocol.shape)]
    return [
        Ageing(_families(life.families, library), _model(life.acceleration), life.acceleration, life.shape)
        for life in protocol.by_family
    ]


def _model(acceleration: Acceleration) -> str:
    return text(MODELS.get(acceleration.model, acceleration.model))


def unit_in_words(unit: str | None) -> str:
    """The unit of a column or a readout; most are symbols, the same in every language."""
    return text(UNITS[unit]) if unit in UNITS else unit or ""


def criterion_in_words(criterion: Criterion, protocol: Protocol, library: ProtocolLibrary) -> str:
    """``Relative change of: Capacitance beyond ± 12.5 %``."""
    return _compared(
        criterion.column, criterion.measure, criterion.comparison, criterion.limit, protocol, library
    )


def degradation_in_words(degradation: Degradation, protocol: Protocol, library: ProtocolLibrary) -> str:
    """``Change of: Offset beyond ± 25 mg, in proportion to time, up to 10 times the last readout``."""
    return text(
        "{compared}: {laws}; a life of at most {times} times the last readout",
        compared=_compared(
            degradation.column,
            degradation.measure,
            degradation.comparison,
            degradation.threshold,
            protocol,
            library,
        ),
        laws=text(" or ").join(text(LAWS[law]) for law in degradation.laws),
        times=number(degradation.maximum_extrapolation),
    )


def _compared(
    name: str, measure: Measure, comparison: str, limit: Limit, protocol: Protocol, library: ProtocolLibrary
) -> str:
    column = protocol.column(name)
    quantity = text(MEASURES[measure], quantity=named(column.title) if column is not None else name)
    said = _limit(limit, library)
    if any(term.of for term in limit.terms):
        said = f"({said})"
    unit = _unit(measure, column.unit if column is not None else None)
    return text(COMPARISONS[comparison], quantity=quantity, limit=f"{said} {unit}".strip())


def applies_in_words(applies_to: Applicability, library: ProtocolLibrary) -> str:
    """To which parts something applies; empty where to all."""
    said = []
    for name, admitted in applies_to:
        if isinstance(admitted, Range):
            said.append(f"{_attribute(name, library)}: {_range(admitted)}")
        elif name == "family":
            said.append(_families(admitted, library))
        else:
            said.append(f"{_attribute(name, library)}: {', '.join(map(_value, admitted))}")
    return "; ".join(said)


def _families(codes: tuple[Scalar, ...], library: ProtocolLibrary) -> str:
    return ", ".join(named(library.family(str(code)).title) for code in codes)


def _range(admitted: Range) -> str:
    ends = []
    if admitted.above is not None:
        ends.append(text("above {value}", value=number(admitted.above)))
    if admitted.up_to is not None:
        ends.append(text("up to {value}", value=number(admitted.up_to)))
    return ", ".join(ends)


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
        product = f"({of})" if term.plus else of
    else:
        product = f"{number(term.times)} × ({of})"
    return f"{product} + {number(term.plus)}" if term.plus else product


def _attribute(name: str, library: ProtocolLibrary) -> str:
    for family in library.families.values():
        for attribute in family.attributes:
            if attribute.name == name:
                return named(attribute.title) + (f", {attribute.unit}" if attribute.unit else "")
    return name
