"""How often one-sided 90 % bounds cover the truth: measured, printed, and drawn into docs/.

``make coverage`` runs all cells on all cores; ``SAMPLES=500 make coverage`` is a quick look.  Every figure is
seeded: the same command gives the same table.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import enumeration
import exact_times
import readouts
import report

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> int:
    samples = int(os.environ.get("SAMPLES", "4000"))
    with ProcessPoolExecutor() as pool:
        exact = list(pool.map(exact_times.measure, exact_times.cells(samples), chunksize=1))
        grouped = list(pool.map(readouts.measure, readouts.cells(samples), chunksize=1))
        enumerated = list(pool.map(enumeration.measure, enumeration.cells(), chunksize=1))
    text = report.tables(exact, grouped, enumerated, samples)
    print(text)
    (DOCS / "coverage.md").write_text(text, encoding="utf-8")
    report.plot(exact, DOCS / "coverage.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
