"""The disk is full, for everything at once: what is sent is refused, and reading goes on."""

import json
import subprocess
import sys

import pytest

from ratedparts.evidence.models import Evidence
from ratedparts.organisations import signing_in
from tests.faults.end_state import contradictions
from tests.faults.killing import ROOT
from tests.faults.victim import order_of
from tests.integration.sending import PIECE, begin, count, found

# Not a full disk, but what it is to a program: no file may grow any more, whoever writes to it.
PROGRAM = """
import json, resource, sys
from ratedparts.app import create_app
from tests.faults.victim import opened

order = json.load(sys.stdin)
world = opened(order)
app = create_app(world.installation.settings, world.clock)
script, visitor = app.test_client(), app.test_client()
script.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {order['token']}"
content, piece = order["content"].encode(), {**order["piece"], "Upload-Offset": "0"}

def tries():
    found = {}
    certificate = f"/certificates/{order['facts']['number']}"
    for path in ("/", "/parts?family=mlcc_class2", certificate, "/api/v1/parts"):
        found[path] = [visitor.get(path).status_code, None]
    for name, answer in {
        "whole": script.post(
            f"/api/v1/plans/{order['facts']['plan']}/results", data=content, content_type="text/csv"
        ),
        "piece": script.patch(f"/api/v1/uploads/{order['facts']['upload']}", data=content, headers=piece),
    }.items():
        found[name] = [answer.status_code, (answer.json or {}).get("code")]
        found[f"{name} again after"] = [answer.headers.get("Retry-After"), None]
    return found

soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
full = tries()
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print(json.dumps([full, tries()]))
"""


@pytest.fixture
def sending(certified):
    certified.facts["plan"] = certified.register_plan(units=2)
    content = certified.facts["content"] = certified.example("PAR-CPK", certified.facts["plan"], 6)
    certified.facts["upload"] = begin(certified, len(content))
    return certified


def test_on_a_full_disk_what_is_sent_is_refused_and_what_is_there_is_read(sending):
    before = count(sending, Evidence)
    with sending.work() as work:
        token = signing_in.create_access_token(work, sending.cast["laboratory"], "script")
    order = order_of(sending, token=token, piece=PIECE)
    sending.database.dispose()
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    full, freed = json.loads(ended.stdout)
    read = [name for name in full if name.startswith("/")]
    assert [full[name][0] for name in read] == [200] * len(read)
    for sent in ("whole", "piece"):
        assert full[sent][0] == 503, full
        assert full[sent][1] in ("storage_full", "blob_store_unavailable", "database_unavailable")
        assert full[f"{sent} again after"][0]
    assert [freed[name][0] for name in read] == [200] * len(read)
    assert (freed["whole"][0], freed["piece"][0]) == (201, 204)
    sending.run_jobs()
    assert found(sending, sending.facts["upload"]).state == "checked"
    assert count(sending, Evidence) == before + 1
    assert contradictions(sending) == []
