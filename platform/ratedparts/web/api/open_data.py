"""The open data of the last nights: what there is, and the files."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, send_file, url_for
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ratedparts.catalogue.open_data.nightly import KeptSet, kept_set, kept_sets
from ratedparts.organisations.actor import not_found

from ..requests import installation
from .protocols import UNCHANGED

resources = Blueprint("open_data", __name__, url_prefix="/api/v1", description="Open data")


class OpenDataFile(Schema):
    name = fields.String()
    address = fields.String()
    format = fields.String(metadata={"description": "csv, parquet, jsonl; json and txt are no tables"})
    table = fields.String(allow_none=True)
    rows = fields.Integer(allow_none=True)
    bytes = fields.Integer()
    sha256 = fields.String(metadata={"description": "in hexadecimal digits"})


class OpenDataSet(Schema):
    day = fields.String(metadata={"description": "that began when the set was made, in Shanghai"})
    instant = fields.String()
    environment = fields.String()
    licence = fields.String(allow_none=True, metadata={"description": "null: not stated yet"})
    licence_address = fields.String(allow_none=True)
    catalogue_generation = fields.Integer()
    catalogue_revision = fields.Integer()
    log_size = fields.Integer()
    files = fields.List(fields.Nested(OpenDataFile))


class OpenDataSets(Schema):
    sets = fields.List(fields.Nested(OpenDataSet), metadata={"description": "the newest first"})


@resources.get("/open-data")
@resources.response(200, OpenDataSets)
@resources.alt_response(304, description=UNCHANGED)
def open_data() -> Any:
    """The sets of the last nights, each file with its digest."""
    return {"sets": [_told(one) for one in kept_sets(installation().settings.open_data)]}


@resources.get("/open-data/<day>/<name>")
@resources.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@resources.alt_response(206, description="The range that was asked for")
@resources.alt_response(304, description=UNCHANGED)
def file(day: str, name: str) -> Response:
    """A file of a set: `datapackage.json`, `SHA256SUMS`, or one of those that they name; ranges too."""
    found = kept_set(installation().settings.open_data, day)
    if found is None or name not in found.files:
        raise not_found("page", f"{day}/{name}")
    said = found.files[name]
    digest = str(said["hash"]).removeprefix("sha256:")
    try:
        response = send_file(
            found.folder / name,
            mimetype=said["mediatype"],
            as_attachment=said.get("type") == "table",
            download_name=name,
            conditional=True,
            etag=digest,
            last_modified=None,
        )
    except FileNotFoundError:  # it has just become too old
        raise not_found("page", f"{day}/{name}") from None
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode('ascii')}:"
    return response


def _told(one: KeptSet) -> dict[str, Any]:
    own = one.manifest["ratedparts"]
    return {
        "day": one.day,
        "instant": own["instant"],
        "environment": own["environment"],
        "licence": one.licence.name if one.licence else None,
        "licence_address": one.licence.address if one.licence else None,
        "catalogue_generation": own["catalogue"]["generation"],
        "catalogue_revision": own["catalogue"]["revision"],
        "log_size": own["log"]["size"],
        "files": [
            {
                "name": name,
                "address": url_for("open_data.file", day=one.day, name=name),
                "format": said.get("format") or ("json" if name.endswith(".json") else "txt"),
                "table": said.get("table"),
                "rows": said.get("rows"),
                "bytes": said["bytes"],
                "sha256": str(said["hash"]).removeprefix("sha256:"),
            }
            for name, said in one.files.items()
        ],
    }
