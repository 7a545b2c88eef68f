"""A code with its parameters becomes a sentence.

Keys of the code catalogues:

``CODE``                  the sentence
``CODE.met``, ``.unmet``  of a rule that reads differently when it is met and when it is not
``CODE.name=value``       where the parameter ``name`` has that value
``CODE+name``             a further sentence where the parameter ``name`` is there and says something
``CODE.expected``         what was expected, without a sentence around it
``CODE.title``            what kind of fault it is, as a heading
``word.x``                a fixed word that stands in a parameter
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ratedparts.wording.catalogues import code_texts, known_language
from ratedparts.wording.values import MISSING, shown, word

_ABSENT = object()
LONGEST_CHOICE = 40  # a value that chooses between two sentences is a word, never a text


def sentence(code: str, parameters: Mapping[str, Any], language: str, *, given: str | None = None) -> str:
    """The sentence of ``code``; ``Q_MISSING:SEMI-TC`` is ``Q_MISSING`` with the subject ``SEMI-TC``.

    Never raises: a missing parameter is a question mark, an unknown code a neutral sentence with the code.
    """
    name, _, subject = code.partition(":")
    values: dict[str, Any] = {str(key): value for key, value in parameters.items()}
    if subject:
        values.setdefault("subject", subject)
    if given is not None:
        values["given"] = given
    values.setdefault("range", _range(values, language))
    texts = code_texts(language)
    template = _template(name, values, texts)
    if template is None:
        return fill(texts["unknown_code"], {"code": code}, language)
    parts = [fill(template, values, language)]
    for parameter, addition in _additions(known_language(language)).get(name, ()):
        if _says_something(values.get(parameter)):
            parts.append(fill(addition, values, language))
    return ("" if known_language(language) == "zh_CN" else " ").join(parts)


def title(code: str, language: str) -> str | None:
    """What kind of fault a code is, in few words; None where it has no heading of its own."""
    return code_texts(language).get(f"{code}.title")


def brief(code: str, parameters: Mapping[str, Any], language: str) -> str:
    """The same as `sentence` in few words, for a line of a list; the sentence where it has none."""
    template = code_texts(language).get(f"{code}.short")
    return sentence(code, parameters, language) if template is None else fill(template, parameters, language)


def reason_sentence(reason: Mapping[str, Any], language: str) -> str:
    """The sentence of a reason as its JSON, of a decision or of a verification."""
    around = {name: reason[name] for name in ("number", "limit", "margin", "met") if name in reason}
    inner = reason.get("parameters")
    return sentence(
        str(reason.get("code", "")), {**around, **(inner if isinstance(inner, Mapping) else {})}, language
    )


def expected_text(code: str, parameters: Mapping[str, Any], language: str) -> str | None:
    """What was expected, as a phrase; None where the code says nothing of it."""
    name = code.partition(":")[0]
    values = {str(key): value for key, value in parameters.items()}
    values.setdefault("range", _range(values, language))
    template = code_texts(language).get(f"{name}.expected")
    if template is not None:
        return fill(template, values, language)
    expected = values.get("expected", values.get("known"))  # a register answers with what it knows
    # A single word names a kind of value; a list holds what has to be typed, in whatever language.
    manner = "word" if isinstance(expected, str) else ""
    return shown(expected, manner, language) if _says_something(expected) else None


def fill(template: str, values: Mapping[str, Any], language: str) -> str:
    return _Filler(language).vformat(template, (), values)


class _Filler(string.Formatter):
    """``str.format`` with plain names only, the manners of `values`, and a mark for what is missing."""

    def __init__(self, language: str) -> None:
        self._language = language

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(field_name, _ABSENT), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return MISSING if value is _ABSENT else shown(value, format_spec, self._language)


def _template(name: str, values: Mapping[str, Any], texts: Mapping[str, str]) -> str | None:
    met = values.get("met")
    if isinstance(met, bool):
        chosen = texts.get(f"{name}.met" if met else f"{name}.unmet")
        if chosen is not None:
            return chosen
    for parameter, value in values.items():
        if isinstance(value, bool) or (isinstance(value, str) and len(value) <= LONGEST_CHOICE):
            chosen = texts.get(f"{name}.{parameter}={value}")
            if chosen is not None:
                return chosen
    return texts.get(name)


@cache
def _additions(language: str) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for key, text in code_texts(language).items():
        name, plus, parameter = key.partition("+")
        if plus:
            found.setdefault(name, []).append((parameter, text))
    return found


def _says_something(value: Any) -> bool:
    """Whether a further sentence is due: not for None, zero, False or an empty list."""
    try:
        return bool(value)
    except Exception:  # an array, or whatever else has no truth
        return True


def _range(values: Mapping[str, Any], language: str) -> Any:
    """``between 0 and 100 nF`` of a minimum and a maximum, either of which may be None."""
    low, high, unit = values.get("minimum"), values.get("maximum"), values.get("unit")
    if low is None and high is None:
        return _ABSENT
    key = "range.least" if high is None else "range.most" if low is None else "range.between"
    text = fill(code_texts(language)[key], {"low": low, "high": high}, language)
    return f"{text} {word(unit, language)}" if _says_something(unit) else text
