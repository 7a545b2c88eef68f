"""Columns beside the evidence: figure by figure, exact or careful."""

import numpy as np
import pytest

from ratedparts.grading import CEG_2026_1
from ratedparts.grading.at_use import (
    Phase,
    UseColumns,
    at_condition,
    codes_of,
    figures_at_use,
    over_mission,
    use_response,
)
from ratedparts.protocols import load_library

LIBRARY = load_library()
MISSION = over_mission([Phase(0.2, -10.0, 0.5), Phase(0.5, 40.0, 0.6), Phase(0.3, 105.0, 0.9)], hours=1e5)
USES = [
    *(at_condition(at, ratio) for at, ratio in ((-60.0, 0.5), (25.0, 0.1), (60.0, 1.0), (130.0, 1.3))),
    at_condition(90.0, 0.7, hours=2e5),
    at_condition(None, 1.0),
    MISSION,
]
EXACT = {"rel": 1e-9, "abs": 0.0}
CAREFUL = 1.0 + 1e-9


def responses_of(dossiers):
    return [use_response(one, LIBRARY, CEG_2026_1) for one in dossiers]


def exact(dossier, use):
    return figures_at_use(dossier, LIBRARY, CEG_2026_1, use)


def in_columns(columns, use):
    answers = columns.at(use)
    return {
        "rates_60": answers.rates(0.6),
        "rates_90": answers.rates(0.9),
        "worst_60": answers.worst_rates(0.6),
        "worst_90": answers.worst_rates(0.9),
        "b1": answers.lives(0.01),
        "b10": answers.lives(0.1),
    }


def from_evidence(found):
    return {
        "rates_60": found.figures["failure_rate_60"],
        "rates_90": found.figures["failure_rate_90"],
        "worst_60": found.rates[0.6],
        "worst_90": found.rates[0.9],
        "b1": found.lives.b1,
        "b10": found.lives.b10,
    }


def codes(cautions):
    return {caution.code for caution in cautions}


def named(parts):
    return list(parts), list(parts.values()), responses_of(parts.values())


def each(parts, use, among=None):
    """Name, figures in columns with their codes, and figures from the evidence, part by part."""
    names, dossiers, responses = parts
    found = in_columns(UseColumns.from_responses(responses), use)
    for place, name in enumerate(names):
        if among is None or name in among:
            shown = {figure: one.values[place] for figure, one in found.items()}
            beyond = set(codes_of(int(found["rates_90"].beyond[place])))
            yield name, shown, beyond, exact(dossiers[place], use)


def require_exact(parts, use, among=None):
    for name, shown, beyond, expected in each(parts, use, among):
        for figure, value in from_evidence(expected).items():
            assert shown[figure] == pytest.approx(value, **EXACT), (figure, name)
        assert beyond == codes(expected.extrapolated), name


def require_little_too_bad(parts, use, among=None):
    """Wear-out is read from a table by chords, all else is exact."""
    for name, shown, _, expected in each(parts, use, among):
        for figure, value in from_evidence(expected).items():
            if figure.startswith("worst"):
                assert value <= shown[figure] * CAREFUL, (figure, name)
                assert shown[figure] <= 1.01 * value, (figure, name)
            else:
                assert shown[figure] == pytest.approx(value, **EXACT), (figure, name)


def require_careful(parts, use, among=None):
    """No rate too low, no life too long, nothing flagged less than it should be."""
    for name, shown, beyond, expected in each(parts, use, among):
        assert beyond >= codes(expected.extrapolated), name
        for figure, value in from_evidence(expected).items():
            if np.isnan(shown[figure]):  # a fit may turn out otherwise: only the evidence can tell
                assert name in ("many", "stretched", "fitted", "fitted_in_one_lot"), (figure, name)
                assert not figure.startswith("rates"), (figure, name)
            elif figure.startswith("b"):
                assert shown[figure] <= value * CAREFUL, (figure, name)
            else:
                assert value <= shown[figure] * CAREFUL, (figure, name)
