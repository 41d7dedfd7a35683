"""Members that are copied as they are, out of shards into files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from updown_cli.batch.archive_run import named_as_asked
from updown_cli.batch.if_exists import apply_policy
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.shards.samples import copy_to
from updown_cli.batch.shards.shard_run import failed
from updown_cli.errors import InputError, UsageError
from updown_cli.stores.drafts import Drafts, flush_all
from updown_cli.stores.save import make_folder
from updown_cli.stores.spelling import folder_of
from updown_cli.stores.write_error import write_error

# Files that are copied and brought to the disk together, each an open one.
TOGETHER = 64


@dataclass
class Copies:
    """Members that are copied as they are, some at a time; failures are told."""

    worker: Worker
    held: list[tuple[Drafts, Job]] = field(default_factory=list)

    def add(self, job: Job) -> Iterator[Record]:
        """Copy a member to where its job says; yield the records of what failed."""
        try:
            free = apply_policy(job, self.worker.settings)
        except InputError as error:
            yield failed(job.source.path, error)
            return
        if free is None:
            return
        make_folder(folder_of(free.target))
        drafts = Drafts()
        self.held.append((drafts, free))
        assert free.place is not None
        try:
            file = drafts.begin(free.target)
            copy_to(file, free.place)
            file.flush()
        except OSError as error:
            raise write_error(error, free.target) from None
        if len(self.held) >= TOGETHER:
            yield from self.finish()

    def finish(self) -> Iterator[Record]:
        """Give the files their names; yield the records of those whose names are taken by now."""
        if self.worker.settings.sync != "none":
            flush_all(drafts for drafts, _ in self.held)
        for drafts, job in self.held:
            settings = replace(self.worker.settings, sync="none")
            if job.replaces:
                settings = replace(settings, if_exists="overwrite")
            try:
                named_as_asked(drafts, job.target, settings)
            except UsageError as error:
                yield failed(job.source.path, InputError(error.reason, code=error.code))
        self.close()

    def close(self) -> None:
        """Remove what has no name."""
        for drafts, _ in self.held:
            drafts.remove()
        self.held = []
