"""What can be wanting in a dossier, one thing at a time."""

from .test_every_family import with_units


def fewer_units(given):
    with_units(given["tests"][0], 22)


def a_late_failure(given):
    units = given["tests"][0]["lots"][0]["units"]
    units[0]["count"] -= 1
    end = units[0]["lower"]
    units.append({"count": 1, "lower": end / 2, "upper": end})


def only_the_reliability_test(given):
    del given["tests"][1:]


def no_reliability_test(given):
    del given["tests"][0]


def a_declaration(given):
    given["tests"][0]["evidence_class"] = "E1"


def stopped_early(given):
    test = given["tests"][0]
    test["planned"] = {"duration": 2 * test["lots"][0]["units"][0]["lower"]}


def unregistered(given):
    given["tests"][0]["registered_on"] = None


def one_bad_lot(given):
    units = given["tests"][0]["lots"][-1]["units"]
    end = units[0]["lower"]
    failed = units[0]["count"] // 3
    units[0]["count"] -= failed
    units.append({"count": failed, "lower": end / 2, "upper": end})


def early_failures(given):
    for lot in given["tests"][0]["lots"]:
        units = lot["units"]
        units[0]["count"] -= 2
        units.append({"count": 2, "lower": 0, "upper": units[0]["lower"] / 10})


def small_lot_sample(given):
    test = given["tests"][-1]
    test["capability"] = [{**one, "n": 25} for one in test["capability"]]
    test["conformity"]["sampled"] = 75


def other_tests_with_a_failure(given):
    for test in given["tests"][1:-1]:
        with_units(test, 50, failed=1)


def long_ago(given):
    given["evaluated_on"] = "2029-09-01"


def a_change_announced(given):
    given["change_notices"] = [{"effective_on": "2027-01-15", "delta_qualification": None}]


def as_it_is(given):
    pass


STATES = (
    as_it_is,
    fewer_units,
    a_late_failure,
    only_the_reliability_test,
    no_reliability_test,
    a_declaration,
    stopped_early,
    unregistered,
    one_bad_lot,
    early_failures,
    small_lot_sample,
    other_tests_with_a_failure,
    long_ago,
    a_change_announced,
)


def good_enough(given):
    """Whatever a family needs to have a grade at all, besides the tests."""
    for test in given["tests"]:
        if test["protocol"].startswith("TA-WG"):
            test["stress"]["voltage_ratio"] = 1.5
    return given
