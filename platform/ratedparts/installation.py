"""One installation, put together: what `app`, `worker` and `cli` all stand on.

Which job follows which event is said here, and nowhere else.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ratedparts.blobs.opening import open_blobs
from ratedparts.blobs.store import ListedBlobs
from ratedparts.catalogue.bill_of_materials import telling, watching
from ratedparts.catalogue.bill_of_materials.models import WatchedBill, WatchNotice
from ratedparts.catalogue.open_data.manifest import Licence, Publisher
from ratedparts.catalogue.open_data.nightly import EVENT as OPEN_DATA_DUE
from ratedparts.catalogue.open_data.nightly import begin_nights, nightly_export
from ratedparts.catalogue.publishing import refresh, refresh_unanswered
from ratedparts.catalogue.quality_report.service import QualityReports
from ratedparts.catalogue.read_model import ReadModel
from ratedparts.certificates import notices
from ratedparts.certificates.documents import make_document
from ratedparts.certificates.evaluation_plots import PlotDrawing
from ratedparts.certificates.granted_level import granted_level
from ratedparts.certificates.issuing import DOCUMENT_WANTED, IssuingOffice
from ratedparts.certificates.restored import unreleased
from ratedparts.certificates.signing_keys import SigningKeys, key_store, register_keys
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.certificates.status_list import EVENT as STATUS_LIST_DUE
from ratedparts.certificates.status_list import answer_due_list, ask_for_status_list
from ratedparts.certificates.transparency_log import TransparencyLog
from ratedparts.db import Clock, Database, Work, system_clock
from ratedparts.db.migrating import upgrade
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.evaluations import reevaluation
from ratedparts.evaluations.service import PERIOD_ENDED, evaluate_part
from ratedparts.evaluations.shadow import pieces
from ratedparts.evaluations.shadow.regrading import cutting_job, regrading_job
from ratedparts.evidence.advisory.looking import Looking
from ratedparts.evidence.service import Keeper
from ratedparts.jobs.queue import Handler, LongWork, in_turn
from ratedparts.mail import Delivery, Outbox
from ratedparts.organisations import forgotten_passwords
from ratedparts.protocols import ProtocolLibrary, load_library
from ratedparts.review import notices as review_notices
from ratedparts.settings import Settings
from ratedparts.submissions.incoming import Incoming
from ratedparts.submissions.upload_checking import UploadChecking

LOG_ORIGINS = {
    "demonstration": "log.ratedparts.example/demonstration",
    "test": "log.ratedparts.example/test",
    "production": "log.ratedparts.example/production",
}


@dataclass(frozen=True)
class Installation:
    """``reads_only``: no folder is made by looking at it."""

    settings: Settings
    clock: Clock = system_clock
    reads_only: bool = False

    @cached_property
    def database(self) -> Database:
        self.require_whole()
        return Database(self.settings.database_url, self.clock)

    @cached_property
    def library(self) -> ProtocolLibrary:
        return load_library()

    @cached_property
    def blobs(self) -> ListedBlobs:
        return open_blobs(self.settings.blob_address, self.settings.blobs, reads_only=self.reads_only)

    @cached_property
    def incoming(self) -> Incoming:
        return Incoming(self.settings.incoming)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.settings.outbox)

    @property
    def delivery(self) -> Delivery | None:
        mail = self.settings.mail
        return None if mail is None else Delivery(self.settings.outbox, mail)

    @cached_property
    def read_model(self) -> ReadModel:
        return ReadModel(self.settings.catalogue, self.library)

    @cached_property
    def quality_reports(self) -> QualityReports:
        return QualityReports(self.library)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper(self.blobs, self.library)

    @cached_property
    def keys(self) -> SigningKeys:
        return SigningKeys(key_store(self.settings), self.database, self.settings.environment)

    @cached_property
    def log(self) -> TransparencyLog:
        return TransparencyLog(LOG_ORIGINS[self.settings.environment.value], self.keys)

    @cached_property
    def office(self) -> IssuingOffice:
        return IssuingOffice(
            self.keys, self.log, self.library, self.settings.environment, self.settings.public_url
        )

    @property
    def publisher(self) -> Publisher:
        """Who publishes the open data, as the sets say it."""
        settings = self.settings
        licence = settings.open_data_licence
        return Publisher(
            settings.environment.value,
            settings.public_url,
            None if licence is None else Licence(licence, settings.open_data_licence_url),
            LOG_ORIGINS[settings.environment.value],
        )

    @cached_property
    def handlers(self) -> Mapping[str, Handler | LongWork]:
        """Event → what is done about it."""

        def evaluate(work: Work, parameters: Mapping[str, Any]) -> None:
            part_id = uuid.UUID(parameters["part_id"])
            evaluate_part(work, self.library, part_id, granted_level(work, self.library, part_id))

        def publish(work: Work, parameters: Mapping[str, Any]) -> None:
            refresh(work, self.library, uuid.UUID(parameters["part_id"]))

        def send_link(work: Work, parameters: Mapping[str, Any]) -> None:
            found = forgotten_passwords.make_link(work, parameters["person_id"])
            if found is not None:
                person, token = found
                link = f"{self.settings.public_url}/password/{token}"
                letter = forgotten_passwords.reset_letter(person, link, parameters["language"])
                self.outbox.put(letter, work.at)

        def tell_of_step(work: Work, parameters: Mapping[str, Any]) -> None:
            review_id, site = uuid.UUID(parameters["review_id"]), self.settings.public_url
            for letter in review_notices.letters_of_step(work, review_id, parameters["place"], site):
                self.outbox.put(letter, work.at)

        def tell_of_taking_back(work: Work, parameters: Mapping[str, Any]) -> None:
            number, verb = parameters["number"], parameters["verb"]
            for letter in notices.letters_of_taking_back(work, number, verb, self.settings.public_url):
                self.outbox.put(letter, work.at)

        def sign_document(work: Work, parameters: Mapping[str, Any]) -> None:
            certificate = certificate_by_number(work, parameters["number"])
            make_document(work, certificate, keys=self.keys, blobs=self.blobs)

        def ask_for_list(work: Work, parameters: Mapping[str, Any]) -> None:
            ask_for_status_list(work)

        def make_list(work: Work, parameters: Mapping[str, Any]) -> None:
            environment = self.settings.environment.value
            answer_due_list(work, self.office.records, environment, parameters["sequence"])

        def tell_watchers(work: Work, parameters: Mapping[str, Any]) -> None:
            watching.look_at_part(work, uuid.UUID(parameters["part_id"]))

        def ask_watcher(work: Work, parameters: Mapping[str, Any]) -> None:
            bill = work.session.get(WatchedBill, uuid.UUID(parameters["bill_id"]))
            if bill is not None:
                self.outbox.put(telling.letter_to_confirm(bill, self.settings.public_url), work.at)

        def write_to_watcher(work: Work, parameters: Mapping[str, Any]) -> None:
            notice = work.session.get(WatchNotice, uuid.UUID(parameters["notice_id"]))
            if notice is not None:
                self.outbox.put(telling.letter_of_notice(notice, self.settings.public_url), work.at)

        def drop_unanswered(work: Work, parameters: Mapping[str, Any]) -> None:
            watching.drop_unanswered(work, uuid.UUID(parameters["bill_id"]))

        checking = UploadChecking(self.library, self.keeper, self.incoming)
        drawing = PlotDrawing(self.library)
        return {
            "file_arrived": checking.handler,
            "upload_ended": checking.drop,
            "evidence_accepted": evaluate,
            "evidence_withdrawn": evaluate,
            "evidence_to_look_at": Looking(self.library, self.blobs).handler,
            "series_changed": evaluate,
            PERIOD_ENDED: evaluate,
            reevaluation.EVENT: evaluate,
            "part_evaluated": in_turn(publish, drawing.ask),
            "plot_wanted": drawing.handler,
            "certificate_changed": in_turn(publish, tell_watchers, ask_for_list),
            DOCUMENT_WANTED: sign_document,
            STATUS_LIST_DUE: make_list,
            "review_step_taken": tell_of_step,
            notices.EVENT: tell_of_taking_back,
            forgotten_passwords.EVENT: send_link,
            OPEN_DATA_DUE: nightly_export(self.library, self.publisher, self.settings.open_data),
            pieces.RUN_WANTED: cutting_job(),
            pieces.PIECE_WANTED: regrading_job(self.library),
            watching.ASKED: ask_watcher,
            watching.UNANSWERED: drop_unanswered,
            watching.DUE: tell_watchers,
            watching.NOTICED: write_to_watcher,
            watching.MESSAGE_DUE: telling.delivering(
                self.settings.public_url, private=self.settings.private_webhooks
            ),
        }

    @property
    def long_events(self) -> set[str]:
        """Those that are answered by long work."""
        return {event for event, handler in self.handlers.items() if isinstance(handler, LongWork)}

    def require_whole(self) -> None:
        """Raises ``restore_unfinished`` (folder): a backup was being laid back here, and is not all there."""
        if self.settings.unfinished_restore.exists():
            folder = str(self.settings.var)
            raise RatedPartsError("restore_unfinished", kind=Kind.UNAVAILABLE, folder=folder)

    def held_back(self) -> bool:
        """Whether this is a restored copy that nobody has released yet: no job of it is done."""
        with self.database.reading() as work:
            return bool(unreleased(work))

    def prepare(self) -> None:
        """Bring an installation to life, or up to date: folders, schema, keys.  Harmless when repeated."""
        self.settings.var.mkdir(parents=True, exist_ok=True)
        upgrade(self.database.engine)
        with self.database.work() as work:
            register_keys(work, self.keys)
            refresh_unanswered(work, self.library)

    def begin_rounds(self) -> None:
        """Have done what comes round by itself.  Every worker says so at its start; one of them is heard."""
        self.outbox.let_go()
        with self.database.work() as work:
            begin_nights(work, self.settings.open_data)
