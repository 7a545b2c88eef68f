"""A search as its page shows it: what is chosen, what could be, and what each choice leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import request, url_for

from ratedparts.catalogue.conditions import name_of
from ratedparts.catalogue.question import BEST, Question
from ratedparts.catalogue.searching import Answer
from ratedparts.catalogue.typed_values import terms_of
from ratedparts.grading.at_use import UseQuestion
from ratedparts.protocols import Attribute, ColumnType, Family, ProtocolLibrary

from .addresses import with_query
from .asked_use import FIELDS
from .catalogue_query import Asked
from .language import language, named, text, word

PHASES_TOLD = 6
KINDS = {
    "rated": "Rated, with a certificate",
    "analysed": "Analysed, not graded",
    "generated": "Made up for trials",
}
TITLES = {
    "family": "Family",
    "evidence_class": "Evidence class",
    "use_condition": "Use condition",
    "quality": "Quality class",
    "maker": "Maker",
    "kind": "Kind of entry",
}
SORTS = {
    BEST: "Best grade first",
    "part_number": "Part number",
    "rate_at_use": "Failure rate at my use",
    "-b10_at_use": "B10 life at my use",
    "failure_rate_90": "Lowest failure rate",
    "-b10_lower_90": "Longest B10 life",
    "-unit_hours": "Most hours on test",
    "-published_at": "Newest",
    "-valid_until": "Valid the longest",
}


@dataclass(frozen=True)
class Choice:
    value: str
    title: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def open(self) -> bool:
        return any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class Said:
    """One condition in words, and the address of the search without it."""

    name: str
    words: str
    without: str


def facets_shown(question: Question, answer: Answer, library: ProtocolLibrary) -> list[Facet]:
    """Those in which there is something to choose."""
    own = {one.name: one for one in own_attributes(question, library) if one.type is not ColumnType.NUMBER}
    facets = []
    for name, counts in answer.facets.items():
        if name not in TITLES and name not in own:
            continue
        chosen = question.chosen.get(name, frozenset())
        known = {_value(name, said): (said, count) for said, count in counts.items()}
        for value in sorted(chosen - known.keys()):
            known[value] = (value, 0)
        title = text(TITLES[name]) if name in TITLES else named(own[name].title)
        choices = tuple(
            Choice(value, choice_title(name, said, library), count, value in chosen)
            for value, (said, count) in known.items()
        )
        if len(choices) > 1 or chosen:
            facets.append(Facet(name, title, choices))
    return facets


def own_attributes(question: Question, library: ProtocolLibrary) -> tuple[Attribute, ...]:
    """Of the one family that is asked for; of several, or all, none."""
    family = family_of(question, library)
    return () if family is None else family.attributes


def family_of(question: Question, library: ProtocolLibrary) -> Family | None:
    codes = question.chosen.get("family", frozenset())
    return library.family(next(iter(codes))) if len(codes) == 1 else None


def said_conditions(asked: Asked, answer: Answer, library: ProtocolLibrary) -> Iterator[Said]:
    """Each condition of the search, in words."""
    question = asked.question
    attributes = {one.name: one for family in library.families.values() for one in family.attributes}
    terms = terms_of(question.text, library)
    for term in terms:
        others = " ".join(one.written for one in terms if one is not term)
        given = {**dict(request.args.lists()), "q": [others]}
        yield Said(name_of(term), f"“{term.written}”", address(given))
    for name, words in question.chosen.items():
        titles = {_value(name, said): said for said in answer.facets.get(name, {})}
        shown = [choice_title(name, titles.get(one, one), library) for one in sorted(words)]
        title = text(TITLES[name]) if name in TITLES else named(attributes[name].title)
        yield _said(name, f"{title}: {', '.join(shown)}")
    for name, written in asked.texts.items():
        yield _said(name, f"{named(attributes[name].title)}: {written}")
    for name in question.ranges.keys() - asked.texts.keys():
        title = named(attributes[name].title) if name in attributes else name
        ends = [
            f"{end[1:]} {request.args[name + end]}" for end in ("_min", "_max") if name + end in request.args
        ]
        yield Said(name, f"{title}: {', '.join(ends)}", without_of(f"{name}_min", f"{name}_max"))
    if question.grade:
        yield _said("grade_at_least", text("{grade} or better", grade=question.grade))
    if question.level:
        yield _said("level_at_least", text("{level} or better", level=question.level))
    if question.use is not None:
        yield Said("use", text("my use: {use}", use=use_in_words(question.use)), without_of(*FIELDS, "sort"))
    if question.rate_at_most is not None:
        limit = text("at most {rate} FIT at my use", rate=request.args["use_rate_max"])
        yield Said("rate_at_use", limit, without_of("use_rate_max"))
    if question.valid_on:
        yield _said("valid_for_days", text("valid for {days} days more", days=request.args["valid_for_days"]))


def use_in_words(use: UseQuestion) -> str:
    phases = use.phases
    if len(phases) > 1:
        said = text("a mission of {count} phases", count=len(phases))
        each = (
            f"{100 * one.share:g} % {one.temperature_c:g} °C {one.voltage_ratio:g}"
            for one in phases[:PHASES_TOLD]
        )
        return f"{said}: {'; '.join(each)}{' …' if len(phases) > PHASES_TOLD else ''}"
    rated = text("at the part's rating")
    at = rated if phases[0].temperature_c is None else f"{phases[0].temperature_c:g} °C"
    return text("{at}, {ratio} × rated voltage or power", at=at, ratio=f"{phases[0].voltage_ratio:g}")


def _said(name: str, words: str) -> Said:
    return Said(name, words, without_of(name))


def without_of(*names: str) -> str:
    """This search without these conditions, from its first page."""
    return address({name: values for name, values in request.args.lists() if name not in names})


def address(given: Mapping[str, list[str]], *, cursor: str | None = None) -> str:
    """The search of these names and values, at another place of its result."""
    kept = {name: [one for one in values if one] for name, values in given.items() if name != "cursor"}
    return with_query(url_for("catalogue.find"), {**kept, "cursor": [cursor] if cursor else []})


def choice_title(name: str, said: str, library: ProtocolLibrary) -> str:
    if name == "family":
        return named(library.family(said).title) if said in library.families else said
    if name == "maker":
        _, english, chinese = [*said.split("\n"), "", ""][:3]
        return (chinese if language() == "zh_CN" else english) or said
    if name == "kind":
        return text(KINDS[said]) if said in KINDS else said
    if said in ("yes", "no"):
        return word(said)
    return said


def _value(name: str, said: str) -> str:
    """What stands in the address: of a maker the id alone."""
    return said.partition("\n")[0] if name == "maker" else said
