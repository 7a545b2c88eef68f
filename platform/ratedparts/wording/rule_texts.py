"""What the clauses of the rule sets say in plain words, and what their reason codes mean, as short titles.

The texts are data, one file a language.  The numbers of a rule set are not written in them: a ``{name}`` is
filled in from the rule set by whoever shows the text, so that it cannot say another number than the rule has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ratedparts.wording.catalogues import known_language


@dataclass(frozen=True)
class RuleText:
    """``says``: paragraphs; ``number`` and ``limit``: what is looked at, and what it is held against."""

    title: str
    says: tuple[str, ...]
    number: str
    limit: str

    def filled(self, values: Mapping[str, str]) -> RuleText:
        """With the numbers of a rule set.  Raises ``KeyError`` for a name that the rule set does not give."""
        says = tuple(paragraph.format_map(values) for paragraph in self.says)
        return RuleText(
            self.title.format_map(values),
            says,
            self.number.format_map(values),
            self.limit.format_map(values),
        )


@dataclass(frozen=True)
class RuleTexts:
    rules: Mapping[str, RuleText]  # by clause, in the order in which they are read
    codes: Mapping[str, str]  # titles of the reason codes


@cache
def rule_texts(language: str) -> RuleTexts:
    """All of them in the language of ours that serves the reader."""
    name = f"rules.{known_language(language)}.toml"
    found = tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    rules = {
        clause: RuleText(**{**text, "says": tuple(text["says"])}) for clause, text in found["rules"].items()
    }
    return RuleTexts(MappingProxyType(rules), MappingProxyType(found["codes"]))
