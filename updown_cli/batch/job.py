"""One image: read, planned, computed, saved, recorded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from updown_cli.batch.channel_info import channel_info_of
from updown_cli.batch.file_facts import bytes_of, shapes_of
from updown_cli.batch.group import Group, Held
from updown_cli.batch.if_exists import apply_policy, first_free
from updown_cli.batch.make_result import Task, foreseen, large_from
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.plans import Plans
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.storage import Storage
from updown_cli.batch.stored_as import steps_stored_as
from updown_cli.batch.unpool_inputs import read_unpool_inputs
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.batch.write_results import Shelf
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import InputError, ParameterError, UpdownError, bug
from updown_cli.files.formats import ending, ending_of
from updown_cli.files.frames import Frames
from updown_cli.files.peek import may_be_refused, peek
from updown_cli.files.read import read, read_stream
from updown_cli.files.reading import Reading
from updown_cli.files.write import only_what_fits
from updown_cli.op.base import Op
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.strips import kept_whole
from updown_cli.stores.names import exists
from updown_cli.stores.part_file import take_part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.engine.results import Result
    from updown_cli.files.picture import Picture
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.stores.drafts import Drafts


@dataclass
class Worker:
    """Carries out jobs with one pipeline; a `watcher` is told how far a picture is.

    With a `group` results wait for their names until it has flushed them.
    """

    pipeline: Pipeline
    settings: Settings
    watcher: Watcher = NOBODY
    group: Group | None = None

    @property
    def is_watched(self) -> bool:
        """Whether somebody hears how far a picture is, or counts the seconds that it takes."""
        return self.watcher is not NOBODY or self.settings.timeout is not None

    @cached_property
    def plans(self) -> Plans:
        """The plans for the sizes that have come."""
        return Plans(self.pipeline, self.settings)

    @cached_property
    def storage(self) -> Storage:
        """How pictures of the kinds that have come are stored, and what their channels mean."""
        return Storage(self.pipeline, self.settings)

    @cached_property
    def _leaving(self) -> Reading:
        """How files are read, where pixels of large ones stay in their files."""
        return replace(self.settings.reading, unread_from=large_from(self.settings))

    @cached_property
    def engine(self) -> Engine:
        """The engine; torch is imported when there is something to compute."""
        settings = self.settings
        device = start_torch(settings.device)
        asked = settings.dtype, settings.max_memory, settings.exact
        return Engine(device, *asked, tell=self.watcher.rows)

    def process(self, job: Job) -> Record:
        """Return the record of one job; an input that fails is recorded, not raised."""
        with job.found:
            return self._attempt(job, "done", self._process)

    def preview(self, job: Job) -> Record:
        """Return what `process` would do, from the file's header unless all is to be verified."""
        with job.found:
            return self._attempt(job, "planned", self._preview)

    def settle(self, job: Job) -> Record | None:
        """Return the record of a job that is skipped or refused unread; None of others."""
        if job.refusal is None and not any(map(exists, job.outputs)):
            return None
        record = self._attempt(job, "waiting", lambda free, record: None)
        return None if record.status == "waiting" else record

    def _attempt(self, job: Job, status: str, act: Callable[[Job, Record], None]) -> Record:
        record = Record(source=job.source.path, output=job.target, status=status)
        record.source_bytes = bytes_of(job.source.path)
        try:
            free = self._free(job)
            if free is None:
                self._skip(job, record)
            else:
                record.output = free.target
                act(free, record)
        except InputError as error:
            self._give_up(job, record, error)
        except ParameterError as error:
            self._give_up(job, record, InputError(str(error), code=error.code))
        except Exception as error:
            known = isinstance(error, (UpdownError, OSError, ImportError, MemoryError))
            if known or "UPDOWN_DEBUG" in os.environ:
                raise
            record.status, record.error = "failed", bug(error)  # it costs one file, too
        is_there = record.status == "skipped" or (record.status == "done" and self.group is None)
        record.part = take_part(record.output)
        if record.part is not None:
            record.output_bytes = len(record.part)
        elif is_there and record.output:
            record.output_bytes = bytes_of(record.output)
        return record

    def _skip(self, job: Job, record: Record) -> None:
        """Record that a result is there, with the sizes that no earlier report tells."""
        record.status = "skipped"
        is_known = job.told_names in self.settings.known_bytes
        if self.settings.describes_skipped and not is_known:
            record.headers = shapes_of(job.source.path, job.target, self._reading(job))

    def _free(self, job: Job) -> Job | None:
        """Return the job as it is to be done, None if it is not; raise InputError if refused."""
        if job.refusal is not None:
            raise job.refusal
        return apply_policy(job, self.settings)

    def _preview(self, job: Job, record: Record) -> None:
        if self.settings.if_exists == "rename" and job.target != STDOUT:
            record.output = first_free(job.outputs)[0]
        if job.source.is_stdin:
            return  # it can be read but once
        reading = self._reading(job)
        if self.settings.verifies or may_be_refused(job.source.path, reading):
            self._read(job, self.settings.reading)
        shape, frames = peek(job.source.path, reading)
        pipeline, _ = read_unpool_inputs(job.told, self.pipeline, (shape, frames), reading)
        plan = self.plans.made(pipeline, shape, frames)
        self.plans.check(plan, foreseen(job, plan, self.settings))
        record.steps = [step.to_json() for step in plan.steps]
        record.warnings, record.notes = [*plan.warnings], [*plan.notes]
        record.answers = [*plan.answers]

    def _give_up(self, job: Job, record: Record, error: InputError) -> None:
        """Record a failure; what a folder holds beside images is none, nor what others did."""
        if self.settings.if_exists == "skip" and error.code == "exists":
            record.status = "skipped"
        elif job.source.is_left_out(error):
            record.status = "skipped"
            record.notes = [f"{job.source.path}: {error.reason}, skipped"]
        else:
            record.status, record.error = "failed", error

    def _process(self, job: Job, record: Record) -> None:
        self.watcher.begin("load")
        with record.timed("load"):
            picture = self._read(job, self._leaving)
            pipeline, pool_indices = self._paired(picture, job.told, self._reading(job))
        suffix = self._ending(job, picture)
        picture = only_what_fits(picture, suffix)
        plan = self.plans.made(pipeline, picture.shape, picture.frames)
        record.warnings = [*picture.remarks, *plan.warnings]
        record.notes = [*plan.notes, *kept_whole(plan)]
        record.answers = [*plan.answers]
        quantization, channel_info = self.storage.of(picture, suffix, pipeline)
        task = Task(
            job=job,
            picture=picture,
            plan=plan,
            quantization=quantization,
            channel_info=channel_info,
            suffix=suffix,
            settings=self.settings,
            watcher=self.watcher,
            artifacts=pool_indices,
            later=None if self.group is None else partial(self._name_later, self.group, job),
            keep=steps_stored_as(self.settings, picture, job.steps, self.pipeline.ops),
        )
        writer = task.writer()
        self.plans.check(plan, task.held(writer))
        self.watcher.begin("ops")
        task.make(self.engine, self._shelf(job), record, writer)

    def _name_later(
        self, group: Group, job: Job, drafts: Drafts, give_names: Callable[[], str]
    ) -> None:
        group.hold(Held(drafts, give_names, partial(self._give_up, job)))

    def _shelf(self, job: Job) -> Shelf:
        """Return where results go; over what is unfinished whatever --if-exists says."""
        settings = replace(self.settings, if_exists="overwrite") if job.replaces else self.settings
        return Shelf(self.pipeline, settings)

    def _read(self, job: Job, reading: Reading) -> Picture:
        if job.source.is_stdin:
            return read_stream(sys.stdin.buffer, self.settings.reading)
        return read(job.source.path, _of_frame(job, reading))

    def _reading(self, job: Job) -> Reading:
        return _of_frame(job, self.settings.reading)

    def _paired(
        self, picture: Picture, told: str | None, reading: Reading
    ) -> tuple[Pipeline, tuple[PoolIndices, ...]]:
        """Return the pipeline for a picture and the positions that a file tells."""
        size = picture.shape, picture.frames
        return read_unpool_inputs(told, self.pipeline, size, reading, self._positions_of)

    def _positions_of(self, pool: Op, pixels: NDArray[Any]) -> tuple[PoolIndices, ...]:
        return self.engine.run_alone(pool, pixels).pool_indices

    def _ending(self, job: Job, picture: Picture) -> str:
        """Return the ending that names the format of the result."""
        if job.target != STDOUT:
            return ending(job.target)
        return "." + self.settings.format if self.settings.format else ending_of(picture.format)

    def prepared(
        self, picture: Picture, indices: str | None
    ) -> tuple[Plan, tuple[PoolIndices, ...]]:
        """Return the plan for a picture, and the positions of a file.

        Raises InputError for what does not fit, or is over the limits.
        """
        pipeline, pool_indices = self._paired(picture, indices, self.settings.reading)
        return self.plans.of(pipeline, picture.shape, picture.frames), pool_indices

    def computed(
        self, picture: Picture, indices: str | None, quantization: Callable[[Plan], Quantization]
    ) -> tuple[Plan, Result]:
        """Return the plan for a picture and the result, without any file but that of positions."""
        plan, pool_indices = self.prepared(picture, indices)
        result = self.engine.run(
            plan,
            picture.pixels,
            quantization(plan),
            channel_info=channel_info_of(picture, self.pipeline, self.settings),
            artifacts=pool_indices,
        )
        return plan, result


def _of_frame(job: Job, reading: Reading) -> Reading:
    """Return how the job's file is read: the one frame that its target names, if it does."""
    return reading if job.frame is None else replace(reading, frames=Frames(job.frame, job.frame))
