"""Failure rates and lives at any use: of one part from its evidence, and of all parts as columns."""

from .answer import AnswerAtUse, answer_at
from .applied_model import AppliedModel, UsedModel
from .columns import NUMBERS, AnswersAtUse, UseColumns, ValuesAtUse, codes_of, numbers_of
from .figures import UseFigures, figures_at_use
from .from_columns import response_of
from .limits import CODES
from .question import POSSIBLE, Phase, UseQuestion, at_condition, at_reference, over_mission
from .responding import use_response
from .response import UseResponse
from .situation import Situation, answers_nothing, read_situation, situation_of

__all__ = [
    "CODES",
    "NUMBERS",
    "POSSIBLE",
    "AnswerAtUse",
    "AnswersAtUse",
    "AppliedModel",
    "Phase",
    "Situation",
    "UseColumns",
    "UseFigures",
    "UseQuestion",
    "UseResponse",
    "UsedModel",
    "ValuesAtUse",
    "answer_at",
    "answers_nothing",
    "at_condition",
    "at_reference",
    "codes_of",
    "figures_at_use",
    "numbers_of",
    "over_mission",
    "read_situation",
    "response_of",
    "situation_of",
    "use_response",
]
