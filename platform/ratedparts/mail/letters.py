"""Letters to people whose language is not known: in Chinese and in English."""

from __future__ import annotations

from ratedparts.wording import translate

from .outbox import Letter


def bilingual(to: str, subject: str, told: str, address: str) -> Letter:
    """``subject`` in both languages, what it is about, and where to read more."""
    chinese, english = (translate(subject, language) for language in ("zh_CN", "en"))
    return Letter(to, f"{chinese} / {english}", f"{chinese}\n{english}\n\n{told}\n\n{address}\n")
