"""The laboratories that a test plan may name."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.organisations.instruments import calibrations_of, register_calibration
from ratedparts.organisations.register import organisations

from ..requests import acting, reading, working
from .shapes import TOKEN, Strict

resources = Blueprint("laboratories", __name__, url_prefix="/api/v1", description="Laboratories")


class Laboratory(Schema):
    id = fields.UUID()
    name_en = fields.String()
    name_zh = fields.String()


class NewCalibration(Strict):
    instrument_id = fields.String(required=True)
    description = fields.String(required=True)
    document = fields.String(required=True)
    calibrated_on = fields.Date(required=True)
    calibration_due_on = fields.Date(required=True)


class CalibrationLine(NewCalibration):
    id = fields.UUID()
    registered_at = fields.AwareDateTime()


@resources.get("/calibrations")
@resources.doc(security=TOKEN)
@resources.response(200, CalibrationLine(many=True))
def calibrations() -> Any:
    """The calibrations of one's own instruments."""
    actor = acting("laboratory")
    with reading() as work:
        return calibrations_of(work, actor.organisation_id)


@resources.post("/calibrations")
@resources.doc(security=TOKEN)
@resources.arguments(NewCalibration)
@resources.response(201, CalibrationLine)
def new_calibration(new: dict[str, Any]) -> Any:
    """Register a calibration; readings count on the days that it covers."""
    actor = acting("laboratory")
    with working() as work:
        return register_calibration(work, actor, **new)


@resources.get("/laboratories")
@resources.response(200, Laboratory(many=True))
def laboratories() -> Any:
    """The laboratories that a plan may name."""
    with reading() as work:
        return organisations(work, "laboratory")
