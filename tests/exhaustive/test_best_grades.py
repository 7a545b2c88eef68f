"""What the documentation prints of the best grades is what the rule set gives (clause 6.10.20)."""

import re
from pathlib import Path

from .best_grades import table

DOCUMENT = Path(__file__).parents[2] / "docs" / "rule-set-CEG-2026.1.md"


def test_the_documentation_prints_the_best_grade_of_every_family(library):
    computed = table(library)
    assert computed in DOCUMENT.read_text(encoding="utf-8")
    told = {code for line in computed.splitlines()[2:] for code in re.findall(r"\w+", line.split("|")[1])}
    assert told == {code for code, family in library.families.items() if family.group != "published"}
