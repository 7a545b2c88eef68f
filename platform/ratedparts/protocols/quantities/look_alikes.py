"""Characters that look like another one: each is listed with what it is read as, and no other is touched.

Keyboards and fonts for Chinese give full-width letters and whole units in one character.
"""

from __future__ import annotations

LOOK_ALIKES: dict[str, str] = {
    "\u03bc": "µ",  # Greek small mu, read as the micro sign
    "\u2126": "Ω",  # ohm sign, read as Greek capital omega
    "\u212a": "K",  # Kelvin sign
    "\u2103": "°C",
    "\u00ba": "°",  # masculine ordinal indicator
    "\u02da": "°",  # ring above
    "\u2212": "-",  # minus sign
    "\u2044": "/",  # fraction slash
    "\u2215": "/",  # division slash
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),  # blanks of other widths
    **{chr(0xFF01 + index): chr(0x21 + index) for index in range(94)},  # full-width forms of ASCII
    **dict(zip("㎊㎋㎌", ("pF", "nF", "µF"), strict=True)),
    **dict(zip("㎀㎁㎂㎃㎄", ("pA", "nA", "µA", "mA", "kA"), strict=True)),
    **dict(zip("㎴㎵㎶㎷㎸㎹", ("pV", "nV", "µV", "mV", "kV", "MV"), strict=True)),
    **dict(zip("㎺㎻㎼㎽㎾㎿", ("pW", "nW", "µW", "mW", "kW", "MW"), strict=True)),
    **dict(zip("㎐㎑㎒㎓㎔", ("Hz", "kHz", "MHz", "GHz", "THz"), strict=True)),
    **dict(zip("㏀㏁", ("kΩ", "MΩ"), strict=True)),
    **dict(zip("㎚㎛㎜", ("nm", "µm", "mm"), strict=True)),
    "㏈": "dB",
}
_TABLE = str.maketrans(LOOK_ALIKES)


def plain(text: str) -> str:
    """``text`` with every look-alike replaced, and without blanks around it."""
    return text.translate(_TABLE).strip(" ")
