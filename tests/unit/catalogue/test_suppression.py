"""Counts that are not shown cannot be worked out: tried by linear programming over tables drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from ratedparts.catalogue.quality_report.structure import MEASURES, PARTED
from ratedparts.catalogue.quality_report.suppression import Count, suppress


def drawn(seed, families=4, scale=20.0):
    """A quarter of some families: small ones and large ones, some with a single maker, some with nothing."""
    draw = np.random.default_rng(seed)
    names = [f"family{number}" for number in range(families)]
    counts = {}
    for family in names:
        size = scale * draw.lognormal(0.0, 1.4) * (draw.random() < 0.8)
        value = {one: int(draw.poisson(size)) for one in ("parts", "results", "decisions", "judgements")}
        for whole, parts in PARTED:
            shares = draw.dirichlet(np.full(len(parts), 0.6))
            value |= dict(zip(parts, map(int, draw.multinomial(value[whole], shares)), strict=True))
        makers = int(draw.integers(1, 9))
        for measure in MEASURES:
            most = min(value[measure], makers)
            public = int(draw.integers(0, value[measure] + 1)) if measure in ("parts", "approved") else 0
            counts[family, measure] = Count(value[measure], int(draw.integers(most // 2, most + 1)), public)
        seen = counts[family, "approved"].public
        judged = counts[family, "judgements"]
        counts[family, "judgements"] = Count(judged.value, judged.makers, seen)
    for measure in MEASURES:
        of = [counts[family, measure] for family in names]
        counts["", measure] = Count(
            sum(one.value for one in of), max(one.makers for one in of), sum(one.public for one in of)
        )
    relations = [((row, w), [(row, part) for part in parts]) for row in ("", *names) for w, parts in PARTED]
    relations += [(("", measure), [(family, measure) for family in names]) for measure in MEASURES]
    return counts, relations


def possible(shown, relations, key, counts=None):
    """The least and the largest that a hidden count can be, of all tables that look the same when shown and
    hold what certificates tell of ``counts``."""
    hidden = [one for one, said in shown.items() if not isinstance(said, int)]
    place = {one: number for number, one in enumerate(hidden)}
    rows, sums = [], []
    for whole, parts in relations:
        row, total = np.zeros(len(hidden)), 0.0
        for one, factor in [(whole, -1.0), *((part, 1.0) for part in parts)]:
            if one in place:
                row[place[one]] += factor
            else:
                total -= factor * shown[one]
        rows.append(row)
        sums.append(total)
    # Only where nothing else helps does a count that is small stand among the withheld ones.
    unsaid = any(shown[one] == "withheld" and counts[one].value < 5 for one in hidden) if counts else False
    bounds = [(0, 4) if shown[one] == "few" else (0 if unsaid else 5, None) for one in hidden]
    if counts:
        bounds = [
            (max(low, counts[one].public), high) for one, (low, high) in zip(hidden, bounds, strict=True)
        ]
    cost = np.zeros(len(hidden))
    cost[place[key]] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(sign * cost, A_eq=np.array(rows), b_eq=np.array(sums), bounds=bounds)
        assert answer.status in (0, 3), answer.message  # 3: there is no end on this side
        ends.append(np.inf * -sign if answer.status == 3 else float(answer.x[place[key]]))
    return ends


@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_count_can_be_recomputed(seed):
    counts, relations = drawn(seed, families=3 + seed % 3, scale=(4.0, 12.0, 60.0)[seed % 3])
    families = dict.fromkeys(row for row, _ in counts if row)
    rows = [[(family, measure) for measure in MEASURES] for family in families]
    shown = suppress(counts, relations, rows)
    for key, one in counts.items():
        if isinstance(shown[key], int):
            assert shown[key] == one.value >= 5
            assert one.makers >= 3
        elif one.sensitive:
            least, most = possible(shown, relations, key, counts)
            assert least <= one.value <= most
            assert most - least > one.left_open - 0.5, key


@pytest.mark.parametrize("seed", range(3))
def test_few_is_only_said_of_what_is_under_five(seed):
    counts, relations = drawn(seed)
    for key, said in suppress(counts, relations).items():
        if not isinstance(said, int):
            assert said == "withheld" or counts[key].value < 5


def test_hiding_only_the_small_ones_would_give_them_away():
    """The very thing that complementary suppression is for."""
    counts = {"results": Count(40, 9), "accepted": Count(38, 9), "refused": Count(2, 2)}
    relations = [("results", ["accepted", "refused"])]
    naive = {"results": 40, "accepted": 38, "refused": "few"}
    assert possible(naive, relations, "refused") == pytest.approx([2, 2])
    shown = suppress(counts, relations)
    assert shown["refused"] == "few"
    assert "withheld" in shown.values()
    assert possible(shown, relations, "refused") == pytest.approx([0, 4])


def test_what_comes_of_two_makers_is_not_shown_however_many_it_is():
    counts = {"all": Count(800, 30), "one": Count(500, 2), "other": Count(300, 29)}
    shown = suppress(counts, [("all", ["one", "other"])])
    assert shown["one"] == "withheld"
    assert len([said for said in shown.values() if said == "withheld"]) >= 2


def test_where_nothing_is_small_everything_is_shown():
    counts = {"all": Count(30, 5), "one": Count(20, 4), "other": Count(10, 3)}
    assert suppress(counts, [("all", ["one", "other"])]) == {"all": 30, "one": 20, "other": 10}


def test_what_certificates_tell_does_not_tell_how_many_were_refused():
    """As many certificates as judgements: then the number of judgements would say that none was refused."""
    counts = {"judged": Count(26, 4, 26), "approved": Count(26, 4, 26), "refused": Count(0, 0)}
    relations = [("judged", ["approved", "refused"])]
    least, most = possible(
        {"judged": 26, "approved": "withheld", "refused": "few"}, relations, "refused", counts
    )
    assert (least, most) == pytest.approx((0, 0))
    shown = suppress(counts, relations)
    assert shown == {"judged": "withheld", "approved": shown["approved"], "refused": "few"}
    assert possible(shown, relations, "refused", counts) == pytest.approx([0, 4])
