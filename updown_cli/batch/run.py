"""A run over many images: records as they come, totals at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from updown_cli.batch.archive_run import (
    archive_of,
    check_archive,
    preview_archive,
    process_archive,
)
from updown_cli.batch.cluster.refusals import check_cluster
from updown_cli.batch.inputs import Selection, Source, in_shard
from updown_cli.batch.job import Worker
from updown_cli.batch.naming import STDOUT, fixed_folder, result_pattern
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import STATUSES, Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.shards.packing import are_packed, plan_packing
from updown_cli.batch.shards.plan import are_shards, plan_shards
from updown_cli.batch.shards.run import preview_shards, process_shards
from updown_cli.batch.shards.unpack_run import preview_unpacked, process_unpacked
from updown_cli.batch.targets import plan_jobs
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.batch.workers import preview_all, process_all, process_row
from updown_cli.engine.garbage import made_to_stay
from updown_cli.errors import UpdownError, UsageError
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import store_of
from updown_cli.stores.save import check_folder
from updown_cli.stores.spelling import folder_of


@dataclass
class Totals:
    """Counts of a run; `worst` is the exit code of what may never happen, if it did.

    Of those that are done some are `waiting` to be told of.
    """

    jobs: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    pixels: int = 0
    began: float = field(default_factory=time.perf_counter)
    worst: int = 0
    waiting: int = 0

    def add(self, record: Record) -> None:
        """Count one record, which waits no longer."""
        self.counts[record.status] += 1
        if record.error is not None and record.error.exit_code == UpdownError.exit_code:
            self.worst = UpdownError.exit_code
        if record.status == "done":
            self.pixels += record.pixels
            self.waiting -= bool(self.waiting)

    @property
    def finished(self) -> int:
        """Number of images that were looked at."""
        return sum(self.counts.values())

    @property
    def reached(self) -> int:
        """Number of images that are behind a run, those included that wait to be told of."""
        return self.finished + self.waiting

    @property
    def seconds(self) -> float:
        """Wall time since the run began."""
        return time.perf_counter() - self.began

    @property
    def exit_code(self) -> int:
        """Return 1 if an image failed, that of a bug if one was met, else 0."""
        return self.worst or int(self.counts["failed"] > 0)


def collect(selection: Selection, pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return the jobs of this run's shard; raise UsageError where any of all jobs collide."""
    with made_to_stay():
        return _planned(selection, pipeline, settings)


def _planned(selection: Selection, pipeline: Pipeline, settings: Settings) -> list[Job]:
    # Where results would go if there were several decides which folder is left out.
    pattern = result_pattern(settings.output, several=True, stdin=False)
    sources = selection.sources(fixed_folder(pattern))
    if are_shards(sources, settings):
        jobs = plan_shards(sources, pipeline, settings)
    elif settings.unpack and sources:
        raise UsageError("goes with tar shards", subject="--unpack")
    elif are_packed(settings):
        jobs = plan_packing(sources, pipeline, settings)
    else:
        jobs = plan_jobs(sources, pipeline, settings)
        check_archive(jobs, settings)
    check_cluster(jobs, settings)
    return [job for job in jobs if job.source.refusal or in_shard(_share(job), settings.shard)]


def _share(job: Job) -> Source:
    """Return what decides which machine does a job: a shard of files goes by its own name."""
    return Source(job.target) if job.members else job.source


def execute(
    jobs: list[Job],
    pipeline: Pipeline,
    settings: Settings,
    totals: Totals,
    *,
    dry: bool = False,
    watcher: Watcher = NOBODY,
    waits: Callable[[], None] = lambda: None,
) -> Iterator[Record]:
    """Process every job, or only look at it if `dry`; count and yield each record.

    A `watcher` is told how far a picture is, where there is one; `waits` hears of each whose record
    comes later.
    Raises what must stop a run: UsageError, SurroundingsError.
    """
    shards = any(job.is_shard for job in jobs)
    worker = Worker(pipeline, settings, watcher if len(jobs) == 1 and not shards else NOBODY)
    totals.jobs = 0 if shards else len(jobs)
    if not dry:
        _check_folders(jobs)
        _remove_stale(jobs)

    def made() -> None:
        totals.waiting += 1
        waits()

    def more(count: int) -> None:
        totals.jobs += count

    records = (
        _of_shards(jobs, worker, more, made, dry=dry)
        if shards
        else _records(jobs, worker, made, dry=dry)
    )
    for record in records:
        totals.add(record)
        yield record
        if settings.fail_fast and record.status == "failed":
            return


def _of_shards(
    jobs: list[Job],
    worker: Worker,
    more: Callable[[int], None],
    made: Callable[[], None],
    *,
    dry: bool,
) -> Iterator[Record]:
    """Yield the records of the members of every shard; `more` hears how many there are."""
    if worker.settings.unpack:
        if dry:
            return preview_unpacked(jobs, worker, preview_all, more)
        return process_unpacked(jobs, worker, process_row, more)
    if dry:
        return preview_shards(jobs, worker, preview_all, more)
    return process_shards(jobs, worker, process_row, more, made)


def _records(
    jobs: list[Job], worker: Worker, made: Callable[[], None], *, dry: bool
) -> Iterator[Record]:
    """Yield the record of every job, done or only looked at."""
    archive = archive_of(jobs)
    if archive is None:
        return (preview_all if dry else process_all)(jobs, worker)
    if dry:
        return preview_archive(archive, jobs, worker, preview_all)
    return process_archive(archive, jobs, worker, process_all, made)


def _remove_stale(jobs: list[Job]) -> None:
    """Remove what stopped runs have left where results will be."""
    for folder in {folder_of(path) or "." for job in jobs for path in job.files}:
        store_of(folder).remove_stale(folder)


def _check_folders(jobs: list[Job]) -> None:
    """Raise SurroundingsError for a folder of results that is not there and will not be made."""
    made = (job.archive or job.target for job in jobs if job.archive or not job.makes_folders)
    paths = {folder_of(path): path for path in made}
    for path in paths.values():
        if path and path != STDOUT:
            check_folder(path)
