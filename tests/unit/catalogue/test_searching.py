"""Searches in columns, held against the plainest way to search: one part after the other."""

import math
from collections import Counter

import pytest

from ratedparts.catalogue.question import Question, Range
from ratedparts.catalogue.searching import search
from ratedparts.errors import RatedPartsError
from ratedparts.grading import GRADES
from ratedparts.protocols import load_library

from .published import FAMILIES, MAKERS, NOW, segments, some_parts, view

LIBRARY = load_library()
PARTS = some_parts()
VIEW = view(PARTS)
TITLES = {code: f"{one.title.en}\n{one.title.zh}\n{code}".lower() for code, one in LIBRARY.families.items()}
BY_ID = {part["id"]: part for part in PARTS}


def frozen(**chosen):
    return {name: frozenset(words) for name, words in chosen.items()}


QUESTIONS = {
    "everything": Question(),
    "a family": Question(chosen=frozen(family=["mlcc_class2"])),
    "two families": Question(chosen=frozen(family=list(FAMILIES))),
    "a grade": Question(grade="A"),
    "a level": Question(level="FR7"),
    "a maker": Question(chosen=frozen(maker=[f"{1:032x}"])),
    "a word of no part": Question(chosen=frozen(series=["S9"])),
    "a class and a family": Question(chosen=frozen(evidence_class=["E3"], family=["mlcc_class2"])),
    "an attribute's word": Question(chosen=frozen(dielectric=["X7R"])),
    "a range": Question(ranges={"capacitance_nf": Range(5, 50)}),
    "a range from below": Question(ranges={"resistance_ohm": Range(high=10)}),
    "a rate": Question(ranges={"failure_rate_90": Range(high=1e-7)}),
    "ranges that contradict each other": Question(
        ranges={"capacitance_nf": Range(low=1), "resistance_ohm": Range(low=1)}
    ),
    "a text": Question(text="x1"),
    "two words": Question(text="kk 陶瓷"),
    "a maker in capitals": Question(text="HUAQIANG g"),
    "a family's title": Question(text="电容 k"),
    "a letter beyond ASCII": Question(text="ää"),
    "signs of patterns": Question(text="%_.*"),
    "valid for long": Question(valid_on=NOW + 20),
    "much at once": Question(
        text="k", grade="B", level="FR6", chosen=frozen(evidence_class=["E1"]), valid_on=NOW + 1
    ),
}
ORDERS = [
    ("best", False),
    ("part_number", False),
    ("part_number", True),
    ("failure_rate_90", False),
    ("failure_rate_90", True),
    ("capacitance_nf", False),
    ("resistance_ohm", True),
    ("published_at", True),
]


def meets(part, question, *, leaving_out=None):
    """The question, asked of one part."""
    own = FAMILIES[part["family"]]
    numbers = {own: part["value"], "failure_rate_90": part["failure_rate_90"]}
    words = f"{part['part_number']}\n{MAKERS[int(part['maker'], 16)]}\n{part['series'] or ''}".lower()
    order = GRADES.index(part["grade"]) if part["grade"] else 9
    answers = {
        **{
            f"text:{word}": word.lower() in words or word.lower() in TITLES[part["family"]]
            for word in question.text.split()
        },
        "grade": question.grade is None or order <= GRADES.index(question.grade),
        "level": question.level is None or (part["level"] is not None and part["level"] >= question.level),
        "valid_on": question.valid_on is None or part["valid_until"] > question.valid_on,
        **{name: part[name] in wanted for name, wanted in question.chosen.items()},
        **{
            name: (limits.low is None or numbers.get(name, math.nan) >= limits.low)
            and (limits.high is None or numbers.get(name, math.nan) <= limits.high)
            and name in numbers
            and not math.isnan(numbers[name])
            for name, limits in question.ranges.items()
        },
    }
    return part["valid_until"] > NOW and all(met for name, met in answers.items() if name != leaving_out)


def in_catalogue_order(part):
    return (GRADES.index(part["grade"]) if part["grade"] else 9, part["part_number"], part["id"].int)


def expected_order(parts, question):
    catalogue = sorted(parts, key=in_catalogue_order)
    if question.sort == "best":
        if not question.words:
            return catalogue
        word = question.words[0]
        return sorted(
            catalogue,
            key=lambda one: (
                one["part_number"].lower() != word,
                not one["part_number"].lower().startswith(word),
            ),
        )
    if question.sort == "part_number":
        return sorted(catalogue, key=lambda one: one["part_number"], reverse=question.descending)

    def key(part):
        own = {FAMILIES[part["family"]]: part["value"]}
        number = {**part, **own}.get(question.sort, math.nan)
        return math.inf if math.isnan(number) else -number if question.descending else number

    return sorted(catalogue, key=key)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_what_is_found_and_counted_is_what_looking_at_each_part_finds(question):
    answer = search(VIEW, question, LIBRARY, NOW, facets=True)
    wanted = [part for part in PARTS if meets(part, question)]
    assert answer.total == len(wanted)
    assert [BY_ID[one] for one in answer.part_ids] == expected_order(wanted, question)[: question.limit]
    for column in ("family", "grade", "level", "evidence_class", "kind"):
        left = [part for part in PARTS if meets(part, question, leaving_out=column)]
        counts = Counter(part[column] for part in left if part[column] is not None)
        assert dict(answer.facets[column]) == dict(counts), column
    makers = Counter(part["maker"] for part in PARTS if meets(part, question, leaving_out="maker"))
    assert {said.partition("\n")[0]: count for said, count in answer.facets["maker"].items()} == makers


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_page_after_page_is_the_whole_result_in_order(sort, descending, limit):
    question = Question(sort=sort, descending=descending, limit=limit)
    found, cursor = [], None
    for _ in range(len(PARTS) + 1):
        asked = Question(sort=sort, descending=descending, limit=limit, cursor=cursor)
        answer = search(VIEW, asked, LIBRARY, NOW, facets=False)
        found += answer.part_ids
        cursor = answer.next_cursor
        if cursor is None:
            break
    wanted = expected_order([part for part in PARTS if meets(part, question)], question)
    assert [BY_ID[one] for one in found] == wanted


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_a_page_begins_where_the_last_one_ended_though_its_last_part_is_gone(sort, descending):
    question = Question(sort=sort, descending=descending, limit=20)
    first = search(VIEW, question, LIBRARY, NOW, facets=False)
    whole = expected_order([part for part in PARTS if meets(part, question)], question)
    left = [part for part in PARTS if part["id"] != first.part_ids[-1]]
    more = Question(sort=sort, descending=descending, limit=20, cursor=first.next_cursor)
    second = search(view(left), more, LIBRARY, NOW, facets=False)
    assert [BY_ID[one] for one in second.part_ids] == whole[20:40]


def test_where_nothing_is_found_it_says_what_to_leave_out():
    question = Question(text="x1", grade="A+", chosen=frozen(series=["S9"]))
    answer = search(VIEW, question, LIBRARY, NOW, facets=False)
    assert answer.total == 0
    for name in ("text:x1", "grade", "series"):
        left = sum(meets(part, question, leaving_out=name) for part in PARTS)
        assert answer.without.get(name, 0) == left, name
    assert answer.without.keys() == {"series"}


def test_of_a_text_it_says_which_word_to_leave_out():
    question = Question(text="kk x1 nowhere")
    answer = search(VIEW, question, LIBRARY, NOW, facets=False)
    left = {
        name: sum(meets(part, question, leaving_out=name) for part in PARTS)
        for name in ("text:kk", "text:x1", "text:nowhere")
    }
    assert answer.total == 0
    assert answer.without == {name: many for name, many in left.items() if many}
    assert answer.without


@pytest.mark.parametrize("typed", ["huaqiamg", "huaqang", "huaqqiang", "huqaiang"])
def test_a_mistake_of_typing_is_forgiven_where_nothing_else_matches(typed):
    right = search(VIEW, Question(text="huaqiang"), LIBRARY, NOW, facets=False)
    answer = search(VIEW, Question(text=typed), LIBRARY, NOW, facets=False)
    assert right.total > 0
    assert (answer.nearly, answer.total) == (True, right.total)
    assert not right.nearly


def test_a_short_word_beside_a_mistaken_one_is_found_as_it_is():
    right = search(VIEW, Question(text="kk huaqiang"), LIBRARY, NOW, facets=False)
    answer = search(VIEW, Question(text="kk huaqiamg"), LIBRARY, NOW, facets=False)
    assert right.total > 0
    assert (answer.nearly, answer.total) == (True, right.total)


def test_a_mistake_is_not_forgiven_where_the_words_are_found_and_something_else_is_missing():
    question = Question(text="huaqiang", chosen=frozen(series=["S9"]))
    answer = search(VIEW, question, LIBRARY, NOW, facets=False)
    assert (answer.total, answer.nearly) == (0, False)
    assert answer.without["series"] > 0


@pytest.mark.parametrize("cursor", ["x", "====", "W10", "WzEsMiwiYSIsIjAiXQ" * 40, "bnVsbA"])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(RatedPartsError, match="query_refused"):
        search(VIEW, Question(cursor=cursor), LIBRARY, NOW, facets=False)


def test_a_cursor_of_another_order_is_refused():
    first = search(VIEW, Question(limit=5), LIBRARY, NOW, facets=False)
    with pytest.raises(RatedPartsError, match="query_refused"):
        search(VIEW, Question(sort="part_number", cursor=first.next_cursor), LIBRARY, NOW, facets=False)


def test_a_segment_written_and_read_is_the_same(tmp_path):
    for segment in segments(PARTS):
        segment.write(tmp_path)
        again = type(segment).read(tmp_path, segment.family)
        assert again.frame.equals(segment.frame)
        assert again.labels == segment.labels
        assert again.plain().equals(segment.plain())
