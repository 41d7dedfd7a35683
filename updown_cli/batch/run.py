"""A run over many images: records as they come, totals at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from updown_cli.batch.inputs import find
from updown_cli.batch.job import Worker
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.targets import Job, plan_jobs
from updown_cli.pipeline import Pipeline

STATUSES = ("done", "skipped", "failed")


@dataclass
class Totals:
    """Counts of a run; `exit_code` is 1 as soon as one image failed."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    pixels: int = 0
    began: float = field(default_factory=time.perf_counter)

    def add(self, record: Record) -> None:
        """Count one record."""
        self.counts[record.status] += 1
        self.pixels += record.pixels if record.status == "done" else 0

    @property
    def seconds(self) -> float:
        """Wall time since the run began."""
        return time.perf_counter() - self.began

    @property
    def exit_code(self) -> int:
        """Return 1 if an image failed, else 0."""
        return 1 if self.counts["failed"] else 0

    def to_json(self) -> dict[str, Any]:
        """Return the totals as JSON."""
        return {
            **self.counts,
            "seconds": round(self.seconds, 6),
            "pixels_per_second": round(self.pixels / self.seconds),
        }


def run(
    paths: tuple[str, ...],
    pipeline: Pipeline,
    settings: Settings,
    report: Callable[[Record], None],
) -> Totals:
    """Process every input and report each as it finishes; raise what must stop a run."""
    totals = Totals()
    jobs = plan_jobs(find(paths), pipeline, settings)
    for record in _records(jobs, Worker(pipeline, settings)):
        totals.add(record)
        report(record)
        if settings.fail_fast and record.status == "failed":
            break
    return totals


def _records(jobs: list[Job], worker: Worker) -> Iterator[Record]:
    for job in jobs:
        yield worker.process(job)
