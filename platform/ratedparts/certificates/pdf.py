"""The certificate as a PDF/A-3b file, with the signed credential attached to it.

The page is for people; the attached JSON is what is signed.  The same inputs give the same bytes in every
process, so whoever holds them can make the file again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from ratedparts.certificates.certificate_text import certificate_text
from ratedparts.certificates.plot_text import words_as_text
from ratedparts.certificates.plot_words import plot_summary
from ratedparts.certificates.plotted_lives import LifeBound, PlottedLives, groups_of
from ratedparts.certificates.qr_code import certificate_square
from ratedparts.certificates.typesetting import NotSet, typeset
from ratedparts.certificates.weibull_plot import weibull_plot_svg
from ratedparts.errors import RatedPartsError
from ratedparts.grading import RULE_SETS, read_dossier
from ratedparts.grading.evidence import gather
from ratedparts.grading.graded import what_is_graded
from ratedparts.proofs import parse_instant
from ratedparts.protocols import ProtocolLibrary, load_library
from ratedparts.wording.certificate_font import require_glyphs

LANGUAGES = "zh-en"  # both, side by side


def render_certificate_pdf(
    secured: Mapping[str, Any],
    dossier: Mapping[str, Any],
    *,
    exact_json: bytes,
    state: str = "valid",
    plot: bytes | None = None,
) -> bytes:
    """The certificate's file.

    ``secured`` is the credential with its proof, ``dossier`` the JSON that its grade was decided on,
    ``exact_json`` the bytes that are attached as ``credential.json``, ``state`` what the page says of the
    certificate today: valid, suspended, revoked, superseded or expired.  ``plot`` is what `draw_plot` draws,
    where it was drawn before.

    Raises
    ------
    RatedPartsError
        ``certificate_state_unknown``; ``environment_unknown``; ``certificate_incomplete`` (member);
        ``credential_not_utf8``; ``glyph_missing`` (characters), where the font cannot write a name;
        ``certificate_not_rendered`` (problem), which is a fault of ours; and what `read_dossier` refuses.
    """
    inputs = page_inputs(secured, dossier, exact_json=exact_json, state=state, plot=plot)
    return _compile(inputs, secured["credentialSubject"]["issued_at"])


def page_inputs(
    secured: Mapping[str, Any],
    dossier: Mapping[str, Any],
    *,
    exact_json: bytes,
    state: str = "valid",
    plot: bytes | None = None,
) -> dict[str, str]:
    """What the template lays out, by the names under which it asks for it; raises as the rendering does."""
    page = certificate_text(secured, state)
    require_glyphs("".join(_strings(page)))
    lives = certified_lives(dossier, secured["credentialSubject"])
    contents = {"qr": certificate_square(secured), "credential": exact_json}
    if lives:
        contents["plot"] = words_as_text(plot or draw_plot(lives))
        page["plot_summary"] = plot_summary(lives, LANGUAGES)
    try:
        inputs = {name: content.decode("utf-8") for name, content in contents.items()}
    except UnicodeDecodeError:
        raise RatedPartsError("credential_not_utf8") from None
    return {**inputs, "page": json.dumps(page, ensure_ascii=False, sort_keys=True)}


def draw_plot(lives: PlottedLives) -> bytes:
    """The plot of the certificate's page: an SVG with words in both languages, always the same bytes."""
    return weibull_plot_svg(lives, language=LANGUAGES)


def certified_lives(
    dossier: Mapping[str, Any], subject: Mapping[str, Any], library: ProtocolLibrary | None = None
) -> PlottedLives | None:
    """The lives on which the grade rests, at the use condition; None where no unit was watched for a time."""
    read = read_dossier(dossier)
    rule_set = RULE_SETS.get(read.rule_set)
    if rule_set is None:
        raise RatedPartsError("unknown_rule_set", given=read.rule_set, known=sorted(RULE_SETS))
    evidence = gather(read, library or load_library(), rule_set)
    graded = what_is_graded(evidence, read.part, rule_set)
    if graded.by_units:  # passed or failed: no times to draw
        return None
    sample = graded.exposure.life_sample()
    if sample is None or not sample.lower.any():
        return None
    figures = subject["decision"]["figures"]
    bounds = ((0.01, figures.get("b1_lower_90")), (0.10, figures.get("b10_lower_90")))
    return PlottedLives(
        groups=groups_of(sample),
        bounds=tuple(LifeBound(fraction, float(text)) for fraction, text in bounds if text is not None),
        design_life=float(subject["design_life_hours"]),
        # Where wear-out has a factor of its own, the signed one is not that of these times.
        acceleration_factor=figures.get("acceleration_factor")
        if all(one.life_factor == one.factor for one in graded.exposure.lots)
        else None,
        use_condition=subject["use_condition"]["code"],
    )


def _compile(inputs: dict[str, str], issued_at: str) -> bytes:
    try:
        return typeset(template(), inputs, parse_instant(issued_at))
    except NotSet as error:
        raise RatedPartsError("certificate_not_rendered", problem=str(error)) from error


@cache
def template() -> bytes:
    """The page's layout."""
    return (resources.files("ratedparts.reports") / "certificate.typ").read_bytes()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
