"""A family whose reliability protocol the rule set cannot compute is refused by name, not rated by chance."""

from dataclasses import replace

from ratedparts.grading import CEG_2026_1, can_rate
from ratedparts.grading.stress import can_accelerate


def test_every_family_is_rated_but_published_data(library):
    rated = {code for code, family in library.families.items() if can_rate(family, library, CEG_2026_1)}
    assert set(library.families) - rated == {"published_data"}


def test_a_model_that_is_not_computed_carries_no_failure_rate(library):
    protocol = library.protocol("SEMI-HTOL@1")
    assert can_accelerate(protocol, "ic")
    unknown = replace(protocol.acceleration, model="coffin_manson")
    assert not can_accelerate(replace(protocol, acceleration=unknown), "ic")
    unstated = tuple(one for one in protocol.stress if one.name != "junction_temperature_c")
    assert not can_accelerate(replace(protocol, stress=unstated), "ic")


def test_a_family_without_targets_is_not_rated(library):
    assert not can_rate(replace(library.family("ic"), group="published"), library, CEG_2026_1)
