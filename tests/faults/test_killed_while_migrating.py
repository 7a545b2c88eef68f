"""Killed anywhere on the way to the newest schema: the next start brings it there."""

import json
import subprocess
import sys

from ratedparts.db import Database
from ratedparts.db.manifest import manifest
from ratedparts.db.migrating import newest_revision, revision_of, upgrade
from tests.faults.killing import ROOT

# In a child each time, in the same database: what one leaves behind is what the next one finds.
PROGRAM = """
import json, os, signal, sys
from sqlalchemy import event
from ratedparts.db import Database
from ratedparts.db.migrating import upgrade

order, endings = json.load(sys.stdin), []
for last in order["statements"]:
    child = os.fork()
    if child == 0:
        database, said = Database(order["url"]), []

        def count(*_):
            said.append(1)
            if len(said) == last:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        upgrade(database.engine)
        os._exit(0)
    endings.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(endings))
"""
STATEMENTS = (1, 20, 60, 150, 400, 30, 90)


def test_a_migration_killed_anywhere_is_taken_up_at_the_next_start(database_url, databases):
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        input=json.dumps({"url": database_url, "statements": STATEMENTS}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)[:4] == [-9] * 4
    killed, undisturbed = Database(database_url), Database(databases.new_url())
    for one in (killed, undisturbed):
        upgrade(one.engine)
    assert manifest(killed.engine) == manifest(undisturbed.engine)
    with killed.engine.connect() as connection:
        assert revision_of(connection) == newest_revision()
    for one in (killed, undisturbed):
        one.dispose()
    databases.forget(undisturbed.url)
