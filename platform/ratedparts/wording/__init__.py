"""The words of the platform: stable codes with parameters become sentences in Chinese and English.

Rooms store codes and parameters, never prose; here, and only here, is what a reader sees of them.  Nothing
in this package ever raises for want of a parameter: a page with a "?" in it is better than no page.  Texts
are plain; whoever puts them into HTML escapes them.
"""

from ratedparts.wording.catalogues import LANGUAGES
from ratedparts.wording.faults import error_sentence, fault_as_json, fault_sentence
from ratedparts.wording.interface import Words, translate, words
from ratedparts.wording.sentences import brief, reason_sentence, sentence, title
from ratedparts.wording.values import word

__all__ = [
    "LANGUAGES",
    "Words",
    "brief",
    "error_sentence",
    "fault_as_json",
    "fault_sentence",
    "reason_sentence",
    "sentence",
    "title",
    "translate",
    "word",
    "words",
]
