"""What the columns of a bill of materials are called by those who write them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

# As programs for circuits and makers' order forms have them; written without signs, blanks and capitals.
# fmt: off
NAMES: Final[Mapping[str, frozenset[str]]] = {
    "part_number": frozenset(
        (
            "partnumber", "partno", "pn", "mpn", "mfrpn", "mfgpn", "mfrpartnumber", "mfgpartnumber",
            "mfrpartno", "manufacturerpartnumber", "manufacturerpartno", "manufacturerpn",
            "manufacturerpart", "makerpartnumber", "part", "ordercode", "型号", "规格型号", "器件型号",
            "元件型号", "元器件型号", "产品型号", "零件号", "料件型号", "制造商型号", "厂家型号",
            "制造商零件编号", "订货号",
        )
    ),
    "quantity": frozenset(
        (
            "quantity", "qty", "qnty", "count", "pieces", "pcs", "number", "数量", "用量", "单机用量", "个数",
        )
    ),
    "maker": frozenset(
        (
            "maker", "manufacturer", "manufacturername", "mfr", "mfg", "mfrname", "brand", "制造商",
            "生产商", "厂商", "厂家", "生产厂", "生产厂家", "生产厂商", "品牌",
        )
    ),
    "designators": frozenset(
        (
            "designator", "designators", "reference", "references", "referencedesignator",
            "referencedesignators", "refdes", "refs", "ref", "位号", "标号", "元件位号", "位置号",
        )
    ),
}
# fmt: on
# So some programs head the designators, with the part number by its name beside them.
LAST_RESORT: Final = "part"


def columns_named(header: Sequence[str]) -> dict[str, int]:
    """Column → its place, of those that are known; empty where no cell names the part numbers."""
    places: dict[str, int] = {}
    written = ["".join(sign for sign in cell.casefold() if sign.isalnum()) for cell in header]
    for place, name in sorted(enumerate(written), key=lambda one: one[1] == LAST_RESORT):
        for column, names in NAMES.items():
            if name in names:
                places.setdefault(column, place)
    return places if "part_number" in places else {}
