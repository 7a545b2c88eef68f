"""A released rule set stays what it was: certificates name it by its digest."""

from ratedparts.certificates.published_rules import published_rule_set
from ratedparts.grading import RULE_SETS
from ratedparts.proofs import digest_of

# A line is added with each release, and never changed.
RELEASED = {"CEG-2026.1": "sha256:bf37a84927fd3ac4746860b4bddc2faa208421af4aed522e395f2f07e2401240"}


def test_no_limit_of_a_released_rule_set_ever_changes():
    assert {name: digest_of(published_rule_set(name)) for name in RULE_SETS} == RELEASED
