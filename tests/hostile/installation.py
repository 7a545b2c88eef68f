"""A founded installation with a part and a plan, and whoever sends it something over HTTP."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from ratedparts.app import create_app
from ratedparts.errors import RatedPartsError
from ratedparts.organisations import register, signing_in
from ratedparts.submissions.models import Submission
from tests.integration.world import World

from .corpus import Answer, Case
from .readers import problem_of, refusal

NEW_PART = {
    "family": "mlcc_class2",
    "series": "X7R-0603",
    "similarity": "one body",
    "attributes": {
        "capacitance_nf": 100,
        "rated_voltage_v": 50,
        "dielectric": "X7R",
        "upper_category_temperature_c": 125,
    },
    "use_condition": "UC-A",
}
ONE_FAULT = b"\n"  # a file that is refused for itself: whatever is said of its name comes before


@dataclass
class Installation:
    """``page``: a client with the form's token of /check."""

    world: World
    client: FlaskClient
    tokens: dict[str, dict[str, str]]
    plan: str
    form_token: str

    def check(self, case: Case) -> Any:
        query = {"protocol": case.protocol, "encoding": case.encoding, "lang": "en"}
        return self.client.post("/api/v1/check", query_string=query, data=case.content())

    def check_page(self, case: Case) -> Any:
        form = {"csrf_token": self.form_token, "protocol": case.protocol, "encoding": case.encoding}
        data = {**form, "file": (io.BytesIO(case.content()), case.name)}
        return self.client.post(
            "/check", query_string={"lang": "en"}, data=data, content_type="multipart/form-data"
        )

    def post_json(self, resource: str, content: bytes) -> list[Answer]:
        content = content.replace(b"PART_ID", str(self.world.facts["part_id"]).encode())
        laboratory = self.world.cast["laboratory"].organisation_id
        content = content.replace(b"LABORATORY_ID", str(laboratory).encode())
        answer = self.client.post(
            f"/api/v1/{resource}",
            query_string={"lang": "en"},
            data=content,
            content_type="application/json",
            headers=self.tokens["maker"],
        )
        return problem_of(answer)

    def ask(self, address: str) -> list[Answer]:
        return problem_of(self.client.get(address, headers=self.tokens["maker"]))

    def register_part(self, number: str) -> list[Answer]:
        return self.post_json("parts", json.dumps({**NEW_PART, "part_number": number}).encode())

    def register_maker(self, name: str) -> list[Answer]:
        try:
            with self.world.work() as work:
                register.register_organisation(
                    work, self.world.cast["administrator"], kind="maker", name_en=name, name_zh=name
                )
        except RatedPartsError as error:
            return refusal(error)
        return []

    def hand_in(self, file_name: str) -> list[Answer]:
        answer = self.client.post(
            f"/api/v1/plans/{self.plan}/results",
            query_string={"lang": "en"},
            data={"file": (io.BytesIO(ONE_FAULT), file_name)},
            content_type="multipart/form-data",
            headers=self.tokens["laboratory"],
        )
        return problem_of(answer)

    def stored_names(self) -> list[str]:
        with self.world.reading() as work:
            return [submission.file_name for submission in work.session.query(Submission)]


@contextmanager
def founded_installation(var: Path) -> Iterator[Installation]:
    world = World.at(f"sqlite:///{var / 'ratedparts.sqlite'}", var)
    world.found()
    world.facts["part_id"] = world.register_part()
    plan = world.register_plan(slot="MLCC-HTL")
    app = create_app(world.installation.settings, world.clock)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/check").text)
    assert token
    with world.work() as work:
        tokens = {
            name: {
                "Authorization": f"Bearer {signing_in.create_access_token(work, world.cast[name], 'test')}"
            }
            for name in ("maker", "laboratory")
        }
    yield Installation(world, client, tokens, plan, token[1])
    app.extensions["ratedparts"].database.dispose()
    world.database.dispose()
