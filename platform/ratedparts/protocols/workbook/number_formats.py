"""Number formats of a spreadsheet: whether a cell shows the number that it holds."""

from __future__ import annotations

import re
from functools import cache

# In the order of a scan: text in quotes, a character taken literally, room for one, filling with one,
# a colour, condition or currency in brackets.
TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
COLOUR_OR_LANGUAGE = re.compile(r"[A-Za-z]{3,7}|Color ?[0-9]{1,2}|\$-[0-9A-Fa-f]+", re.IGNORECASE)
# A comma behind the last digit would divide by a thousand; a letter or a sign would stand beside the number.
PLAIN = re.compile(r"[-+(]?(?:[#0?,]*[#0?](?:\.[#0?]+)?(?:[eE][+-][#0?]+)?|General)\)?")
LONGEST = 255  # characters of a format that a spreadsheet program writes


def shows_its_value(number_format: str, value: float) -> bool:
    """Whether a reader of the sheet sees ``value``, if perhaps rounded: not hidden, scaled or renamed."""
    if len(number_format) > LONGEST:
        return False
    sections = _sections(number_format)
    place = 0
    if len(sections) > 1 and value < 0:
        place = 1
    elif len(sections) > 2 and value == 0:
        place = 2
    section = sections[place]
    if section == "@":
        return True
    signed = place != 1 or section.startswith(("-", "("))  # otherwise -5 is shown as 5, perhaps in red
    return signed and PLAIN.fullmatch(section) is not None


@cache
def _sections(number_format: str) -> tuple[str, ...]:
    """What is shown of a positive number, a negative one, zero and a text, as far as each is said."""
    sections = [""]
    for quoted, escaped, bracket, character in TOKEN.findall(number_format):
        if character == ";":
            sections.append("")
        elif bracket and not COLOUR_OR_LANGUAGE.fullmatch(bracket):
            sections[-1] += f"[{bracket}]"
        else:
            sections[-1] += quoted or escaped or character
    return tuple("".join(section.split()) for section in sections)  # blanks only part the digits
