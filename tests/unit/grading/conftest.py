"""Dossiers to vary: the reference ones, changed by the test that wants another."""

import copy
import json
from pathlib import Path

import pytest

from ratedparts.grading import decide_json
from ratedparts.protocols import load_library

DOSSIERS = Path(__file__).parents[2] / "reference" / "dossiers"


def dossier(name):
    return json.loads((DOSSIERS / f"dossier-{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def library():
    return load_library()


@pytest.fixture
def g1():
    return dossier("G1")


@pytest.fixture
def g5():
    return dossier("G5")


@pytest.fixture
def g3(g5):
    """An integrated circuit, three lots of 77 at 125 °C for 1000 h without a failure."""
    g3 = copy.deepcopy(g5)
    g3["tests"][0]["lots"] = [
        {"lot_code": code, "units": [{"count": 77, "lower": 1000, "upper": None}]}
        for code in ("L1", "L2", "L3")
    ]
    return g3


@pytest.fixture
def decided(library):
    return lambda value: decide_json(value, library)


def codes(decision):
    return {reason.code for reason in decision.reasons}
