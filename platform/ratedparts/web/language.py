"""Chinese or English: asked for by ?lang=, remembered in a cookie, else what the browser prefers."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request

from ratedparts.wording import sentence, title, translate
from ratedparts.wording import word as stored_word

LANGUAGES = {"zh": "zh_CN", "en": "en"}
COOKIE = "lang"


def install(app: Flask) -> None:
    @app.before_request
    def choose() -> None:
        asked = request.args.get(COOKIE)
        g.language_asked = asked if asked in LANGUAGES else None
        short = g.language_asked or request.cookies.get(COOKIE)
        if short not in LANGUAGES:
            preferred = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans-CN", "zh-TW"])
            short = preferred or ("en" if request.path.startswith("/api/") else "zh")
            short = short[:2]
        g.language = LANGUAGES[short]

    @app.after_request
    def remember(response: Response) -> Response:
        if g.get("language_asked"):
            year = 365 * 24 * 3600
            response.set_cookie(
                COOKIE,
                g.language_asked,
                max_age=year,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
        return response

    app.jinja_env.globals.update(
        _=text, said=said, word=word, language=language, named=named, kind_title=kind_title
    )


def language() -> str:
    """``zh_CN`` or ``en``.  Whoever asks makes an answer that differs by language: `keeping` says so."""
    g.language_used = True
    return str(g.get("language", "en"))


def text(message: str, /, **values: Any) -> str:
    """An interface text in the reader's language, with its values filled in."""
    translated = translate(message, language())
    return translated.format(**values) if values else translated


def said(code: str, parameters: dict[str, Any] | None = None, **more: Any) -> str:
    """The sentence of a code in the reader's language."""
    return sentence(code, {**(parameters or {}), **more}, language())


def word(value: Any) -> str:
    """A stored word, such as a state or a role, in the reader's language."""
    return stored_word(value, language())


def kind_title(code: str) -> str | None:
    """What kind of fault a code is, in few words; None where it has no heading."""
    return title(code, language())


def named(thing: Any) -> str:
    """The name of an organisation, a protocol or a family in the reader's language."""
    chinese = language() == "zh_CN"
    for en, zh in (("name_en", "name_zh"), ("maker_en", "maker_zh"), ("en", "zh")):
        if isinstance(thing, dict) and en in thing:
            return str(thing[zh] if chinese else thing[en])
        if hasattr(thing, en):
            return str(getattr(thing, zh if chinese else en))
    return str(thing)
