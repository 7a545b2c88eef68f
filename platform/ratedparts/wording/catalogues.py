"""The catalogues: gettext files that are read once and kept.

``codes.*.po`` map a code to its sentence, ``interface.zh_CN.po`` an English text to its Chinese one.  They
are read as text at run time, so that there is no compiled file that could be older than its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

LANGUAGES = ("zh_CN", "en")


def known_language(language: str) -> str:
    """The language of ours that serves a reader of ``language``: any Chinese is zh_CN, all else is en."""
    return "zh_CN" if language.lower().startswith("zh") else "en"


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """The texts of ``<name>.po`` by their msgid; of a plural, by its singular."""
    content = files(__package__).joinpath(f"{name}.po").read_bytes()
    texts: dict[str, str] = {}
    for message in read_po(BytesIO(content)):
        identifier = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        forms = message.string
        text = forms if isinstance(forms, str) else forms[0] if forms else ""
        if identifier and text:
            texts[identifier] = text
    return texts


def code_texts(language: str) -> Mapping[str, str]:
    return catalogue(f"codes.{known_language(language)}")
