"""Every benchmark, each as a ratio against a named peer or a bare baseline in the same run."""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # installations to measure are built as the tests build them

import catalogue
import certificates
import evidence
import files
import fits
import imports
import load
import log
import lots
import regrading
import use_conditions
import workers


def main() -> int:
    logging.disable(logging.WARNING)  # the peer comments on every fit
    warnings.simplefilter("ignore")
    print("| work | ours | peer | theirs | ours is faster by | target |")
    print("| --- | --- | --- | --- | --- | --- |")
    for part in (
        imports,
        fits,
        lots,
        files,
        evidence,
        log,
        certificates,
        regrading,
        use_conditions,
        workers,
        load,
        catalogue,
    ):
        for row in part.rows():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
