"""Killed while a piece of a file is being written: the upload goes on where its row says."""

from sqlalchemy import select

from ratedparts.evidence.models import Evidence
from tests.faults.killing import killed_in
from tests.integration.sending import begin, found, piece, planned

__all__ = ["planned"]

PIECE = """
import io
from ratedparts.submissions import uploads

class Dies(io.BytesIO):
    def read(self, size=-1):
        content = super().read(100)
        if not content:
            die()
        return content

there = world.installation
number, content = order["facts"]["upload"], order["content"].encode()[200:700]
uploads.continue_upload(
    there.database, world.cast["laboratory"], there.incoming, number, offset=200, source=Dies(content)
)
"""


def test_an_upload_killed_in_the_middle_of_a_piece_goes_on_where_the_row_says(planned):
    content = planned.facts["content"]
    number = planned.facts["upload"] = begin(planned)
    piece(planned, number, 0, content[:200])
    killed_in(planned, PIECE)
    upload = found(planned, number)
    assert (upload.state, upload.received_bytes) == ("arriving", 200)
    piece(planned, number, 200, content[200:])
    planned.run_jobs()
    assert found(planned, number).state == "checked"
    with planned.reading() as work:
        digest = work.session.scalars(select(Evidence.digest)).one()
    assert planned.installation.blobs.get(digest) == content
    assert list(planned.installation.settings.incoming.iterdir()) == []
