"""Bills of materials: which lines are rated, and how often the whole fails at a use.  Nothing is kept."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from ratedparts.catalogue.bill_of_materials.reading import MOST_LINES, MOST_PIECES, BillLine

from ..asked_bill import CHOICE, bill_of, pasted, read_asked, spelled_out
from ..requests import reading
from ..security import limiter
from ..shown_bill import as_json

resources = Blueprint("bills_of_materials", __name__, url_prefix="/api/v1", description="Bills of materials")
ONE_LINE = validate.Regexp(r"^[^\t\r\n\"]{1,120}$")


class AskedLine(Schema):
    part_number = fields.String(required=True, validate=ONE_LINE)
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_PIECES))
    maker = fields.String(load_default="", validate=validate.Regexp(r"^[^\t\r\n\"]{0,120}$"))


class AskedUse(Schema):
    """At which use: as in a search.  Without any of them nothing is said of failure rates."""

    use = fields.String(metadata={"example": "UC-I"})
    use_temperature_c = fields.String(metadata={"example": "65 °C"})
    use_voltage_ratio = fields.String(metadata={"example": "0.6"})
    use_hours = fields.String()
    mission = fields.String(metadata={"example": "20 % 85 °C 0.8; 80 % 40 °C 0.5"})


class AskedBillShape(AskedUse):
    """``lines``, or ``text`` as it would be pasted; ``lines`` are counted from 1."""

    lines = fields.List(fields.Nested(AskedLine), validate=validate.Length(1, MOST_LINES))
    text = fields.String(metadata={"example": "GRM188R71H104KA93 100"})
    chosen = fields.Dict(
        keys=fields.Integer(),
        values=fields.UUID(),
        load_default=dict,
        metadata={"description": "row → the part that it means, one of its candidates"},
    )

    @validates_schema
    def one_of_them(self, given: dict[str, Any], **_: Any) -> None:
        if ("lines" in given) == ("text" in given):
            raise ValidationError("Either lines or text is needed.", "lines")


class BillLineAnswer(Schema):
    row = fields.Integer()
    part_number = fields.String()
    quantity = fields.Integer()
    maker = fields.String()
    found = fields.String(metadata={"description": "matched, ambiguous or not_found"})
    why = fields.String(allow_none=True, metadata={"description": "several, other_maker or similar"})
    part = fields.Dict(allow_none=True)
    candidates = fields.List(fields.Dict())
    was_rated = fields.Dict(
        allow_none=True, metadata={"description": "not found, but rated once: its last certificate"}
    )
    at_use = fields.Dict(
        allow_none=True, metadata={"description": "bounds of one piece; its line's share of the sum"}
    )


class BillAnswer(Schema):
    lines = fields.List(fields.Nested(BillLineAnswer))
    counts = fields.Dict(values=fields.Integer())
    pieces = fields.Integer()
    whole = fields.Dict(
        allow_none=True,
        metadata={
            "description": "upper bounds per hour of all pieces whose rate is known, combined by `method`; "
            "`added_up_90` is the plain sum of the parts' bounds"
        },
    )
    first_to_wear_out = fields.UUID(allow_none=True)
    ending = fields.List(fields.Dict(), metadata={"description": "when certificates end, the first first"})


@resources.post("/bill-of-materials")
@resources.arguments(AskedBillShape)
@resources.response(200, BillAnswer)
@resources.alt_response(422, description="The list or the use was refused; `errors` names every fault")
@limiter.limit("60/minute")
def bill(given: dict[str, Any]) -> Any:
    """Look up a product's list of parts: matched, ambiguous, not found, and the failure rate of the whole."""
    text, lines = given.pop("text", ""), given.pop("lines", [])
    chosen = {f"{CHOICE}{row}": str(part) for row, part in given.pop("chosen").items()}
    spelled = [BillLine(row, **line) for row, line in enumerate(lines, 1)]
    asked = read_asked({**given, **chosen}, lambda: spelled_out(spelled) if spelled else pasted(text))
    with reading() as work:
        return as_json(bill_of(work, asked), work.at)
