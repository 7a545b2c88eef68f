"""What it costs to import the statistics."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from timing import Row, best_of


def rows() -> Iterator[Row]:
    bare = best_of(lambda: _run("import numpy, scipy.special"))
    ours = best_of(lambda: _run("import ratedparts.reliability"))
    yield Row("a process that imports ratedparts.reliability", ours, "numpy, scipy.special alone", bare)
    fit = best_of(lambda: _run("from ratedparts.reliability import LifeSample, fit_weibull"))
    yield Row("a process that imports what a fit needs", fit, "numpy, scipy.special alone", bare)


def _run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)
