"""Loaded by workers of the tests: a picture of this name kills the process that is at it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record


def _dying(process: Callable[[Worker, Job], Record]) -> Callable[[Worker, Job], Record]:
    def process_or_die(worker: Worker, job: Job) -> Record:
        if job.source.path.endswith("deadly.png"):
            os.kill(os.getpid(), signal.SIGKILL)
        return process(worker, job)

    return process_or_die


setattr(Worker, "process", _dying(Worker.process))  # noqa: B010 (types of methods)
