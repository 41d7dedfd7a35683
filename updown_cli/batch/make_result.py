"""One result computed and written: whole, or row by row where it is large."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record, tell_result
from updown_cli.batch.settings import Settings
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.batch.write_results import Shelf
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.cutting import streams
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.rows import UnreadPixels
from updown_cli.files.formats import WRITABLE, ending, is_array
from updown_cli.files.row_target import RowWriter
from updown_cli.files.write import encoded_parts, may_be_written_in_rows, row_writer
from updown_cli.op.artifact import Artifact
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.strips import LARGE, Held
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.save import folders_for

if TYPE_CHECKING:
    from updown_cli.engine.results import Outcome, Result
    from updown_cli.files.picture import Picture

# A picture may take one of so many shares of --max-memory, and is left in its file if it is larger.
SHARES = 4


def large_from(settings: Settings) -> int:
    """Return how many values make a picture so large that it is read and written row by row."""
    asked = settings.max_memory
    return LARGE if asked is None else min(LARGE, asked // SHARES)


def foreseen(job: Job, plan: Plan, settings: Settings) -> Held:
    """Return what will be whole in memory at most, as far as sizes and names tell."""
    least = large_from(settings)
    ends = [ending(path) for path in (job.source.path, job.target) if path != STDOUT]
    source, result = plan.steps[0].values[0] < least, plan.steps[-1].values[1] <= least
    in_rows = [suffix in WRITABLE and may_be_written_in_rows(suffix) for suffix in ends]
    return Held(
        source=source or is_array(job.source.path) or not in_rows[0],
        result=result or job.target == STDOUT or job.others or not in_rows[-1],
    )


@dataclass(frozen=True, kw_only=True)
class Task:
    """A result that is to be made of a picture, and how; `suffix` is the ending of its file.

    `later` takes files that may wait, and what gives them their names.
    """

    job: Job
    picture: Picture
    plan: Plan
    quantization: Quantization
    channel_info: ChannelInfo
    suffix: str
    settings: Settings
    watcher: Watcher = NOBODY
    artifacts: tuple[Artifact, ...] = ()
    keep: Mapping[int, Quantization] = field(default_factory=dict)
    later: Callable[[Drafts, Callable[[], str]], None] | None = None

    def writer(self) -> RowWriter | None:
        """Return how the result is written row by row; None if it is small, or must be whole."""
        job, plan = self.job, self.plan
        alone = job.target != STDOUT and not (self.artifacts or self.keep or job.others)
        large = plan.steps[-1].values[1] > large_from(self.settings)
        asked = self.picture.pixels.dtype, self.settings.dtype, self.quantization
        if not (alone and large and streams(plan, *asked, exact=self.settings.exact)):
            return None
        shape, dtype = (plan.frames, *plan.shape), self.quantization.dtype
        settings = self.settings.reading.layout, dict(self.settings.encoder)
        return row_writer(self.picture, shape, dtype, self.suffix, settings)

    def held(self, writer: RowWriter | None) -> Held:
        """Return what is whole in memory."""
        unread = isinstance(self.picture.pixels, UnreadPixels)
        return Held(source=not unread, result=writer is None)

    def make(self, engine: Engine, shelf: Shelf, record: Record, writer: RowWriter | None) -> None:
        """Compute the result, write what is to be written, and record what is to be told."""
        outcome: Outcome
        if writer is None:
            outcome, left_out = self._make_whole(engine, shelf, record)
        else:
            outcome, left_out = self._make_rows(engine, shelf, record, writer)
        record.warnings += [*outcome.warnings, *left_out]
        record.notes += self._notes(writer)
        record.device = str(engine.device)
        record.pixels = self.picture.frames * math.prod(self.picture.shape.size)
        tell_result(record, self.plan, outcome)

    def _make_whole(self, engine: Engine, shelf: Shelf, record: Record) -> tuple[Result, list[str]]:
        with record.timed("ops"):
            result = engine.run(
                self.plan,
                self.picture.pixels,
                self.quantization,
                channel_info=self.channel_info,
                artifacts=self.artifacts,
                keep=self.keep,
            )
        self.watcher.begin("save")
        with record.timed("save"):
            asked, layout = dict(self.settings.encoder), self.settings.reading.layout
            data, left_out = encoded_parts(self.picture, result.pixels, self.suffix, layout, asked)
            with ExitStack() as stack:
                drafts = stack.enter_context(Drafts())
                shelf.write(drafts, self.job, self.picture, result, data)
                if self.later is None or self.job.target == STDOUT:
                    record.output = self._finish(drafts, shelf)
                else:
                    record.output_bytes = sum(memoryview(part).nbytes for part in data)
                    self.later(drafts, partial(shelf.name, self.job, drafts))
                    stack.pop_all()
        return result, left_out

    def _make_rows(
        self, engine: Engine, shelf: Shelf, record: Record, writer: RowWriter
    ) -> tuple[Outcome, list[str]]:
        made: list[Outcome] = []

        def write(file: BinaryIO) -> None:
            target = writer.open(file)
            made.append(
                engine.stream(
                    self.plan,
                    self.picture.pixels,
                    target,
                    self.quantization,
                    self.channel_info,
                    self.held(writer),
                )
            )
            target.finish()

        job = self.job
        with folders_for(job.outputs if job.makes_folders else []), Drafts() as drafts:
            with record.timed("ops"):
                drafts.write(job.target, write)
            with record.timed("save"):
                record.output = self._finish(drafts, shelf)
        return made[0], [*writer.remarks]

    def _finish(self, drafts: Drafts, shelf: Shelf) -> str:
        """Give names to files that are whole, and return where the result is."""
        if self.settings.sync != "none":
            drafts.flush()
        self.watcher.naming()
        return shelf.name(self.job, drafts)

    def _notes(self, writer: RowWriter | None) -> list[str]:
        """Return what of it was not whole in memory."""
        held = self.held(writer)
        parts = ["read"] * (not held.source) + ["written"] * (not held.result)
        return [f"{' and '.join(parts)} in strips"] if parts else []
