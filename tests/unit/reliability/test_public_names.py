"""The package loads what is asked of it and nothing before."""

from __future__ import annotations

import subprocess
import sys

import ratedparts.reliability as reliability


def test_every_listed_name_is_there():
    assert len(reliability.__all__) > 100
    for name in reliability.__all__:
        assert callable(getattr(reliability, name)) or name.isupper() or name == "Termination"


def test_importing_the_package_alone_loads_neither_numpy_nor_scipy():
    program = "import sys, ratedparts.reliability; print({'numpy', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_a_fit_loads_neither_scipy_stats_nor_the_optimiser():
    program = (
        "import sys; from ratedparts.reliability import LifeSample, fit_weibull\n"
        "fit_weibull(LifeSample([1, 2, 3, 5], [1, 2, 3, 5])).life_bound(0.1, method='calibrated')\n"
        "print({'scipy.stats', 'scipy.optimize'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
