"""Killed before every single change and commit: nothing half done, and a retry comes to the same end."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ratedparts.evidence.models import Evidence
from tests.faults.victim import half_done, killed_in, state
from tests.integration.sending import begin, found, piece
from tests.integration.world import MEASURED

ROOT = Path(__file__).parents[2]


def _killed_at_every_step(world, task, **more):
    world.database.dispose()
    order = {
        "task": task,
        "url": world.installation.settings.database_url,
        "var": str(world.installation.settings.var),
        "now": world.clock.now.isoformat(),
        "people": {name: str(actor.person_id) for name, actor in world.cast.items()},
        **more,
    }
    victim = subprocess.run(
        [sys.executable, "-m", "tests.faults.victim"],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert victim.returncode == 0, victim.stderr
    told = json.loads(victim.stdout)
    assert told["ending"] == 0, victim.stderr
    assert told["wrong"] == []
    return told


@pytest.fixture
def planned(founded):
    founded.facts["part_id"] = founded.register_part()
    founded.facts["plan"] = founded.register_plan(units=2)
    founded.facts["content"] = founded.example("PAR-CPK", founded.facts["plan"], 6)
    founded.clock.now = MEASURED
    return founded


def test_a_submission_killed_anywhere_is_there_whole_or_not_at_all(planned):
    told = _killed_at_every_step(
        planned, "submit", plan=planned.facts["plan"], content=planned.facts["content"].decode()
    )
    assert told["steps"] > 5
    assert (told["final"]["accepted"], told["final"]["refused"]) == (1, 0)
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "accepted"
    assert state(planned)["accepted"] == 1, "the retry is answered with the first"
    planned.clock.now += timedelta(hours=1)
    assert planned.run_jobs() == 3


def test_a_worker_killed_anywhere_leaves_its_jobs_to_the_next(planned):
    planned.submit(planned.facts["plan"], planned.facts["content"])
    told = _killed_at_every_step(planned, "work")
    assert told["steps"] > 5
    assert (told["final"]["evaluations"], told["final"]["failed_jobs"]) == (1, 0)


def test_issuing_killed_anywhere_gives_one_certificate_under_the_first_number(rated):
    review_id = rated.approve()
    told = _killed_at_every_step(rated, "issue", review=str(review_id))
    assert told["steps"] > 8
    assert len(told["numbers"]) == 1, "one number, from the first intent to the certificate"
    assert (told["final"]["certificates"], told["final"]["leaves"]) == (1, 1)
    rated.clock.now += timedelta(hours=1)  # the victims lived a second later each
    assert rated.issue(review_id) == told["numbers"][0]


# The two places that matter most, by name: what the disk holds then is looked at.


def test_killed_between_the_intent_and_the_signature_the_number_is_kept(rated):
    rated.facts["review_id"] = rated.approve()
    killed_in(rated, "world.intend(uuid.UUID(order['facts']['review_id']))\ndie()\n")
    after = state(rated)
    assert (after["intents"], after["certificates"], after["leaves"]) == (1, 0, 0)
    assert half_done(rated) == []
    assert [rated.issue(rated.facts["review_id"])] == after["numbers"]
    assert half_done(rated) == []


def test_killed_after_the_bytes_were_kept_and_before_the_row_the_file_can_be_sent_again(planned):
    killed_in(
        planned,
        "class Dies(type(world.installation.keeper)):\n"
        "    def accept(self, *arguments):\n"
        "        super().accept(*arguments)\n"
        "        die()\n"
        "keeper = Dies(world.installation.blobs, world.library)\n"
        "world.submit(order['facts']['plan'], order['content'].encode(), keeper=keeper)\n",
    )
    kept = [path for path in planned.installation.settings.blobs.rglob("*") if path.is_file()]
    assert len(kept) == 2, "the bytes and their columns are litter now, and harmless"
    after = state(planned)
    assert (after["accepted"], after["evidence"], after["evidence_jobs"]) == (0, 0, 0)
    assert half_done(planned) == []
    assert planned.submit(planned.facts["plan"], planned.facts["content"]).state == "accepted"
    assert half_done(planned) == []
    assert planned.run_jobs() == 3


# --- a file in pieces: the places between the disk and the row


PIECE = """
import io
from ratedparts.submissions import uploads
from tests.faults.victim import die_at

class Dies(io.BytesIO):
    def read(self, size=-1):
        content = super().read(100)
        if not content:
            die()
        return content

content, number = order["content"].encode(), order["facts"]["number"]
there, by = world.installation, world.cast["laboratory"]

def send(source):
    uploads.continue_upload(there.database, by, there.incoming, number, offset=200, source=source)
"""
DEATHS = {
    "in the middle of a piece": "send(Dies(content[200:700]))\n",
    "after the piece and before its row": "die_at(world, 1)\nsend(io.BytesIO(content[200:700]))\n",
    "before the row is kept": "die_at(world, 2)\nsend(io.BytesIO(content[200:700]))\n",
    "after the last piece and before its row": "die_at(world, 1)\nsend(io.BytesIO(content[200:]))\n",
    "before the job is kept": "die_at(world, 3)\nsend(io.BytesIO(content[200:]))\n",
}


@pytest.mark.parametrize("death", DEATHS)
def test_an_upload_killed_between_disk_and_row_goes_on_where_the_row_says(planned, death):
    content = planned.facts["content"]
    number = planned.facts["number"] = begin(planned)
    piece(planned, number, 0, content[:200])
    killed_in(planned, PIECE + DEATHS[death])
    written = planned.installation.incoming.path(number).stat().st_size
    # In the middle of a piece the bytes may not have left the process.
    assert written > 200 or death == "in the middle of a piece"
    upload = found(planned, number)
    assert (upload.state, upload.received_bytes) == ("arriving", 200)
    piece(planned, number, 200, content[200:])
    planned.run_jobs()
    assert found(planned, number).state == "checked"
    with planned.reading() as work:
        digest = work.session.scalars(select(Evidence.digest)).one()
    assert planned.installation.blobs.get(digest) == content
    assert list(planned.installation.settings.incoming.iterdir()) == []
