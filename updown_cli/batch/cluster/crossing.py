"""What goes to a worker of a cluster and comes back: small, and with names that all machines know.

A pipeline goes as the JSON of its steps; the files that it names are read by the worker.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, replace

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.group import Ending
from updown_cli.batch.job import Worker
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.side_files import SideFile
from updown_cli.errors import UpdownError
from updown_cli.pipeline.recipes import Recipe
from updown_cli.stores.names import exists
from updown_cli.stores.spelling import absolute

# What else a worker says of files that it does not see.
MISSING = "missing"


def packed(worker: Worker, act: Act, if_exists: str) -> bytes:
    """Return what a worker of a cluster needs to know to do any job of a run."""
    recipe = Recipe(steps=worker.pipeline.to_json(), files={}).with_paths(known_name)
    settings = replace(
        worker.settings, if_exists=if_exists, known_bytes={}, reads=(), writes=(), recipe=None
    )
    return pickle.dumps((json.dumps(recipe.steps), settings, act))


def unpacked(data: bytes) -> tuple[Worker, Act]:
    """Return the worker that does the jobs of a run, and how; raise InputError."""
    steps, settings, act = pickle.loads(data)
    return Worker(Recipe(steps=json.loads(steps), files={}).pipeline(), settings), act


def known_name(name: str) -> str:
    """Return a name as all machines know it."""
    return absolute(name) if name and name != STDOUT else name


def sent(job: Job) -> Job:
    """Return a job as it is sent: with names that do not depend on where updown was started."""
    source = replace(job.source, path=known_name(job.source.path))
    return replace(
        job,
        source=source,
        target=known_name(job.target),
        told=job.told and known_name(job.told),
        writes=_sent_files(job.writes),
        steps=tuple(map(known_name, job.steps)),
        stages=_sent_files(job.stages),
        place=job.place and job.place._replace(file=known_name(job.place.file)),
    )


def _sent_files(files: tuple[SideFile, ...]) -> tuple[SideFile, ...]:
    return tuple(replace(file, path=known_name(file.path)) for file in files)


@dataclass(frozen=True)
class Received:
    """What came from a worker, with names as they were typed."""

    worker: str
    job: Job

    def record(self, record: Record) -> Record:
        """Return the record of the job."""
        record.source = self.job.source.path
        record.output = self._typed(record.output)
        for texts in (record.warnings, record.notes, record.answers):
            texts[:] = map(self._typed, texts)
        record.error = record.error and self.error(record.error)
        return record

    def ending(self, error: Ending) -> Ending:
        """Return what ended a run there."""
        return self.error(error) if isinstance(error, UpdownError) else error

    def error(self, error: UpdownError) -> UpdownError:
        """Return a refusal; one of a file that is there for us says who does not see it."""
        hint = self._typed(error.hint)
        if error.code == MISSING and exists(self.job.source.path):
            hint = f"worker {self.worker} does not see what this machine sees"
        reason, subject = self._typed(error.reason), self._typed(error.subject)
        return type(error)(reason, subject=subject, hint=hint, code=error.code)

    def _typed(self, text: str) -> str:
        for name in sorted(self._names(), key=len, reverse=True):
            text = text.replace(known_name(name), name)
        return text

    def _names(self) -> list[str]:
        names = [self.job.source.path, *self.job.outputs]
        return [name for name in names if name and known_name(name) != name]
