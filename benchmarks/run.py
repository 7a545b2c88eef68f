"""Every benchmark, each as a ratio against a named peer or a bare baseline in the same run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.stats import CensoredData, weibull_min

from ratedparts.protocols import check_file, example_file, load_library
from ratedparts.reliability import LifeSample, fit_weibull

REPEATS = 7


def best_of(call: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds: what the machine can do when nothing disturbs it."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def weibull_fit() -> tuple[str, float, str, float]:
    lives = 1000.0 * np.random.default_rng(1).weibull(2.0, 100)
    failed = lives < np.median(lives)
    times = np.minimum(lives, np.median(lives))
    ours = best_of(lambda: fit_weibull(LifeSample.from_times(times, failed)).life_bound(0.10))
    censored = CensoredData.right_censored(times, ~failed)
    peer = best_of(lambda: weibull_min.fit(censored, floc=0))
    return "Weibull fit with bound, n = 100, half censored", ours, "scipy.stats, point fit only", peer


def file_check() -> tuple[str, float, str, float]:
    protocol = load_library().protocol("MLCC-HTL@1")
    content = example_file(protocol, 2000)
    ours = best_of(lambda: check_file(content, protocol))

    def baseline() -> object:
        import csv
        import io

        return list(csv.reader(io.StringIO(content.decode())))

    return "check of 10 000 rows", ours, "csv.reader alone", best_of(baseline)


def main() -> int:
    for measure in (weibull_fit, file_check):
        what, ours, against, theirs = measure()
        print(f"{what}: {1e3 * ours:.2f} ms; {against}: {1e3 * theirs:.2f} ms; ratio {ours / theirs:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
