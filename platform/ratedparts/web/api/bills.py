"""Bills of materials: which lines are rated, and how often the whole fails at a use.  Nothing is kept."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from ratedparts.catalogue.bill_of_materials.models import WatchedBill
from ratedparts.catalogue.bill_of_materials.reading import MOST_LINES, MOST_PIECES, BillLine
from ratedparts.catalogue.bill_of_materials.watching import stop_watching, watched_bill
from ratedparts.db import Work
from ratedparts.wording import LANGUAGES

from ..asked_bill import CHOICE, AskedBill, asked_again, bill_of, pasted, read_asked, spelled_out
from ..requests import reading, working
from ..security import limiter
from ..shown_bill import as_json
from ..watched_bill import ask_to_watch, begin_watching
from .shapes import UseQuery

resources = Blueprint("bills_of_materials", __name__, url_prefix="/api/v1", description="Bills of materials")
ONE_LINE = validate.Regexp(r"^(?=.*\S)[^\t\r\n\"]{1,120}$")


class AskedLine(Schema):
    part_number = fields.String(required=True, validate=ONE_LINE)
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_PIECES))
    maker = fields.String(load_default="", validate=validate.Regexp(r"^[^\t\r\n\"]{0,120}$"))


class AskedBillShape(UseQuery):
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


class NewWatch(AskedBillShape):
    email = fields.String(required=True)
    webhook = fields.String(
        load_default="",
        metadata={"description": "an https address that signed messages go to (Standard Webhooks)"},
    )
    language = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))


class WatchAsked(Schema):
    id = fields.UUID()
    letter_to = fields.String()


class WatchedChange(Schema):
    id = fields.UUID()
    part_id = fields.UUID()
    part_number = fields.String()
    change = fields.String(
        metadata={"description": "fell, rose, ending, expired, suspended, revoked or restored"}
    )
    grade_before = fields.String(allow_none=True)
    grade = fields.String(allow_none=True)
    certificate_number = fields.String(allow_none=True)
    noticed_at = fields.AwareDateTime()
    delivery = fields.String(metadata={"description": "to the program: none, waiting, delivered, given_up"})


class Watched(Schema):
    id = fields.UUID()
    email = fields.String()
    created_at = fields.AwareDateTime()
    confirmed_at = fields.AwareDateTime(allow_none=True)
    webhook_address = fields.String(allow_none=True)
    webhook_secret = fields.String(allow_none=True)
    notices = fields.List(fields.Nested(WatchedChange), metadata={"description": "the newest first"})
    bill = fields.Nested(BillAnswer)


@resources.post("/bill-of-materials")
@resources.arguments(AskedBillShape)
@resources.response(200, BillAnswer)
@resources.alt_response(422, description="The list or the use was refused; `errors` names every fault")
@limiter.limit("60/minute")
def bill(given: dict[str, Any]) -> Any:
    """Look up a product's list of parts: matched, ambiguous, not found, and the failure rate of the whole."""
    asked, _ = _asked(given)
    with reading() as work:
        return as_json(bill_of(work, asked), work.at)


@resources.post("/watched-bills")
@resources.arguments(NewWatch)
@resources.response(202, WatchAsked)
@limiter.limit("20/hour")
def watch(given: dict[str, Any]) -> Any:
    """Have a bill watched: a letter to the address brings the link, whose last part is the token below."""
    email, webhook, language = given.pop("email"), given.pop("webhook"), given.pop("language")
    asked, fields_given = _asked(given)
    with working() as work:
        bill = ask_to_watch(work, asked, fields_given, email, webhook, language)
        return {"id": bill.id, "letter_to": bill.email}


@resources.get("/watched-bills/<token>")
@resources.response(200, Watched)
def watched(token: str) -> Any:
    """A watched bill: what it was told, and how it stands now."""
    with reading() as work:
        return _told(work, watched_bill(work, token))


@resources.post("/watched-bills/<token>/confirmation")
@resources.response(200, Watched)
def confirm(token: str) -> Any:
    """Begin to watch: whoever has the token has read the letter.  Repeated, it changes nothing."""
    with working() as work:
        return _told(work, begin_watching(work, token))


@resources.delete("/watched-bills/<token>")
@resources.response(204)
def stop(token: str) -> Any:
    """Stop watching: the list, the address and everything that was told are deleted."""
    with working() as work:
        stop_watching(work, token)


def _told(work: Work, bill: WatchedBill) -> dict[str, Any]:
    names = ("id", "email", "created_at", "confirmed_at", "webhook_address", "webhook_secret", "notices")
    told = {name: getattr(bill, name) for name in names}
    return {**told, "bill": as_json(bill_of(work, asked_again(bill)), work.at)}


def _asked(given: dict[str, Any]) -> tuple[AskedBill, dict[str, str]]:
    """The bill, and the use and the choices by the names of the form."""
    text, lines = given.pop("text", ""), given.pop("lines", [])
    chosen = {f"{CHOICE}{row}": str(part) for row, part in given.pop("chosen").items()}
    spelled = [BillLine(row, **line) for row, line in enumerate(lines, 1)]
    named = {**given, **chosen}
    return read_asked(named, lambda: spelled_out(spelled) if spelled else pasted(text)), named
