"""By how much a test accelerates: with the parameters that a grade uses, and at their careful ends."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.grading.stress import AccelerationFactor, acceleration_factor
from ratedparts.protocols import Parameter

from .acceleration_question import Question, with_parameters

STATED_HOURS = 1000.0


@dataclass(frozen=True)
class CarefulEnd:
    """One parameter at whichever end of its range credits the least, the others as used."""

    parameter: Parameter
    value: float
    factor: AccelerationFactor


@dataclass(frozen=True)
class Answer:
    question: Question
    used: AccelerationFactor
    ends: tuple[CarefulEnd, ...]  # of the parameters that have a range
    careful: AccelerationFactor  # all of them at once
    maximum: float

    @property
    def hours_at_use(self) -> float:
        """What 1,000 hours of the test are at use, as a grade credits them."""
        return STATED_HOURS * self.used.value

    @property
    def careful_hours_at_use(self) -> float:
        return STATED_HOURS * self.careful.value


def answer(question: Question) -> Answer:
    """The factors of ``question``.

    In every model a parameter pulls in one direction whatever the others are, so the least of all corners of
    the ranges is where each parameter stands at its own careful end.
    """
    acceleration = question.protocol.acceleration
    assert acceleration is not None  # asked before: can_be_asked
    ends = tuple(_careful_end(question, one) for one in acceleration.parameters if one.low < one.high)
    careful = with_parameters(question, **{end.parameter.name: end.value for end in ends})
    return Answer(question, _factor(question), ends, _factor(careful), acceleration.maximum)


def _careful_end(question: Question, parameter: Parameter) -> CarefulEnd:
    tried = [
        (_factor(with_parameters(question, **{parameter.name: value})), value)
        for value in (parameter.low, parameter.high)
    ]
    factor, value = min(tried, key=lambda one: one[0].before_cap)
    return CarefulEnd(parameter, value, factor)


def _factor(question: Question) -> AccelerationFactor:
    return acceleration_factor(question.test, question.protocol, question.part, question.use)
