"""The check of a file that has arrived: in the background, watched, and stopped when it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass

from ratedparts.blobs.store import digest_of_file
from ratedparts.db import Database, Work, lock
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters
from ratedparts.organisations.actor import Actor, record_by
from ratedparts.protocols import ProtocolLibrary, require_agreeing_name

from .checked_file import CheckedFile, EvidenceKeeper, check_results_file
from .incoming import Incoming
from .models import Upload
from .results import earlier_submission, part_as_json, plan_as_json, record_results
from .uploads import end_upload, find_upload

STEPS = 100  # into which the progress is divided
FEW_STEPS = 10  # of what is quick, and not shown
SMALLEST_STEP = 4 * 2**20
BEGINNING = 512  # bytes that tell what kind of file it is


class _Cancelled(Exception):
    """Whoever began the upload no longer wants it."""


@dataclass(frozen=True)
class UploadChecking:
    """What is done about a file that has arrived."""

    library: ProtocolLibrary
    keeper: EvidenceKeeper
    incoming: Incoming

    @property
    def handler(self) -> LongWork:
        return LongWork(self._prepare, self._given_up)

    def _prepare(self, database: Database, parameters: Parameters, lease: Lease) -> Handler:
        number = parameters["number"]
        path = self.incoming.path(number)
        try:
            with database.work() as work:
                upload = _begun(work, number)
                part, plan = part_as_json(upload.plan), plan_as_json(work, upload.plan)
            self.incoming.require_whole(number, upload.size_bytes)
            hashing = _Progress(database, upload, lease, shown=False)
            digest = digest_of_file(path, hashing.note)
            with database.reading() as work:
                if earlier_submission(work, upload.plan, digest) is not None:
                    return lambda work, parameters: self._keep(work, number, digest, None)
            with path.open("rb") as file:
                require_agreeing_name(upload.file_name, file.read(BEGINNING))
            checked = check_results_file(
                path,
                self.library,
                self.keeper,
                digest=digest,
                protocol=upload.plan.protocol,
                part=part,
                plan=plan,
                encoding=upload.encoding,
                watch=_Progress(database, upload, lease, shown=True).note,
            )
        except _Cancelled:
            return lambda work, parameters: None
        except RatedPartsError as error:
            if error.kind is Kind.UNAVAILABLE:
                raise  # it is not the file's fault: later, then
            refused = error
            return lambda work, parameters: _refused(work, number, refused)
        return lambda work, parameters: self._keep(work, number, checked.digest, checked)

    def _keep(self, work: Work, number: str, digest: str, checked: CheckedFile | None) -> None:
        upload = _locked(work, number)
        if upload.ended:
            return  # cancelled at the last moment
        plan = upload.plan
        lock(work, plan)  # two files for one plan at once: the second finds the first
        try:
            submission = earlier_submission(work, plan, digest)
        except RatedPartsError as error:
            _refused(work, number, error)
            return
        if submission is None:
            assert checked is not None  # what was accepted once stays accepted
            actor, name = _uploader(upload), upload.file_name
            submission = record_results(
                work, actor, self.keeper, plan, checked, number=number, file_name=name
            )
        upload.submission = submission
        upload.checked_bytes = upload.size_bytes
        end_upload(work, upload, "checked")

    def _given_up(self, work: Work, parameters: Parameters) -> None:
        _refused(work, parameters["number"], RatedPartsError("check_failed"))

    def drop(self, work: Work, parameters: Parameters) -> None:
        """The file of an upload that has ended is of no more use."""
        self.incoming.drop(parameters["number"])


class _Progress:
    """Asks from time to time whether the check is still wanted, and notes how far it has come."""

    def __init__(self, database: Database, upload: Upload, lease: Lease, *, shown: bool) -> None:
        self._database = database
        self._number = upload.number
        self._lease = lease
        self._shown = shown
        steps = STEPS if shown else FEW_STEPS
        self._step = max(upload.size_bytes // steps, SMALLEST_STEP)
        self._next = 0

    def note(self, read: int) -> None:
        if read < self._next:
            return
        self._next = read + self._step
        with self._database.work() as work:
            upload = _locked(work, self._number)
            if upload.ended:
                raise _Cancelled
            if self._shown:
                upload.checked_bytes = max(upload.checked_bytes, read)
            upload.last_at = work.at
        self._lease.extend()


def _begun(work: Work, number: str) -> Upload:
    upload = _locked(work, number)
    if upload.ended:
        raise _Cancelled
    upload.state, upload.checked_bytes, upload.last_at = "checking", 0, work.at
    return upload


def _locked(work: Work, number: str) -> Upload:
    upload = find_upload(work, number)
    if upload is None:
        raise LookupError(f"no upload {number}")
    lock(work, upload)
    return upload


def _refused(work: Work, number: str, error: RatedPartsError) -> None:
    upload = _locked(work, number)
    if upload.ended:
        return
    upload.error = {"code": error.code, "parameters": dict(error.parameters)}
    end_upload(work, upload, "failed")
    record_by(work, _uploader(upload), "refuse_upload", "upload", upload.id, number=number, code=error.code)


def _uploader(upload: Upload) -> Actor:
    """Whoever began the upload, in the role in which they did."""
    return Actor(upload.uploaded_by, "", upload.plan.laboratory_id, "laboratory", "laboratory")
