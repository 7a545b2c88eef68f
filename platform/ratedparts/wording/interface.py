"""The words of pages and buttons.  English is the key; the Chinese stands in ``interface.zh_CN.po``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ratedparts.wording.catalogues import catalogue, known_language


@dataclass(frozen=True)
class Words:
    """What a template calls as ``_``: ``gettext`` and ``ngettext`` of one language."""

    language: str

    def __call__(self, text: str) -> str:
        return translate(text, self.language)

    def gettext(self, text: str) -> str:
        return translate(text, self.language)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        if self.language == "en":
            return singular if count == 1 else plural
        return catalogue("interface.zh_CN").get(singular, singular if count == 1 else plural)


@cache
def words(language: str) -> Words:
    """The words of a language, to be handed to a template."""
    return Words(known_language(language))


def translate(text: str, language: str) -> str:
    """An English text of the interface in ``language``; as it is where nobody has translated it yet."""
    if known_language(language) == "en":
        return text
    return catalogue("interface.zh_CN").get(text, text)
