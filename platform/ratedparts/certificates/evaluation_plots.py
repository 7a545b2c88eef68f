"""The plot of a certificate is drawn when its part is evaluated, so that nobody who issues waits for it."""

from __future__ import annotations

import uuid
from typing import Any

from ratedparts.db import Database, Work
from ratedparts.evaluations.models import Evaluation
from ratedparts.evaluations.service import current_evaluation
from ratedparts.jobs.queue import Handler, Lease, LongWork, Parameters, enqueue
from ratedparts.protocols import ProtocolLibrary

from .models import EvaluationPlot
from .payload import signed_decision, use_and_design_life
from .pdf import certified_lives, draw_plot

EVENT = "plot_wanted"


class PlotDrawing:
    """Draws outside any transaction: it takes longer than others should wait."""

    def __init__(self, library: ProtocolLibrary) -> None:
        self._library = library

    @property
    def handler(self) -> LongWork:
        return LongWork(self._prepare, _nothing)  # what was not drawn is drawn when it is asked for

    def ask(self, work: Work, parameters: Parameters) -> None:
        """Have the plot of a part's current evaluation drawn, where it could be certified."""
        evaluation = current_evaluation(work, uuid.UUID(parameters["part_id"]))
        if evaluation is None or evaluation.grade is None or evaluation.grade.startswith("U"):
            return
        enqueue(work, EVENT, long=True, evaluation_id=str(evaluation.id))

    def _prepare(self, database: Database, parameters: Parameters, _lease: Lease) -> Handler:
        evaluation_id = uuid.UUID(parameters["evaluation_id"])
        with database.reading() as work:
            svg = (
                _drawn(work.session.get_one(Evaluation, evaluation_id), self._library)
                if stored_plot(work, evaluation_id) is None
                else None
            )

        def keep(work: Work, _parameters: Parameters) -> None:
            if svg is not None and stored_plot(work, evaluation_id) is None:
                work.session.add(EvaluationPlot(evaluation_id=evaluation_id, svg=svg.decode("utf-8")))
                work.session.flush()

        return keep


def stored_plot(work: Work, evaluation_id: uuid.UUID) -> bytes | None:
    """The plot of an evaluation; None where it has still to be drawn, or there is nothing to draw."""
    known = work.session.get(EvaluationPlot, evaluation_id)
    return None if known is None else known.svg.encode("utf-8")


def _drawn(evaluation: Evaluation, library: ProtocolLibrary) -> bytes | None:
    # The figures are those that would be signed: the plot must be the one that is drawn from them.
    subject: dict[str, Any] = {
        "decision": signed_decision(evaluation.decision or {}),
        **use_and_design_life(evaluation),
    }
    lives = certified_lives(evaluation.dossier, subject, library)
    return None if lives is None else draw_plot(lives)


def _nothing(_work: Work, _parameters: Parameters) -> None:
    """Nobody waits for a plot: it is drawn on demand."""
