"""The life of a worker that does many jobs at a time: lists of jobs come, lists of records go."""

from __future__ import annotations

import mmap
import os
import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.executors.worker_process import outcome
from updown_cli.batch.group import Ending, Group
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.stores.names import store_of

#: What goes back: records, and what ends the run.
Answer = tuple[list[Record], Ending | None]

COUNTS = struct.Struct("qq")

# Jobs whose files may come while another is done.
AHEAD = 8


@dataclass
class Counter:
    """How many jobs a worker has begun and ended, where its parent sees it when it is dead."""

    memory: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, COUNTS.size))

    @property
    def counts(self) -> tuple[int, int]:
        """Jobs begun, and jobs ended."""
        begun, ended = COUNTS.unpack_from(self.memory)
        return begun, ended

    def count(self, *, begun: int = 0, ended: int = 0) -> None:
        """Count one more."""
        before = self.counts
        COUNTS.pack_into(self.memory, 0, before[0] + begun, before[1] + ended)


def work_in_groups(worker: Worker, act: Act, counter: Counter, pipe: Connection) -> None:
    """Carry out jobs; raise OSError or EOFError when the pipe is closed."""
    group = Group(lambda records, error: _send(pipe, (records, error)))
    worker.group = group if worker.settings.sync == "group" else None
    jobs: deque[Job] = deque()
    while True:
        while not jobs or (len(jobs) < AHEAD and pipe.poll()):
            jobs.extend(pipe.recv())
        job = jobs.popleft()
        expect_files(jobs)
        counter.count(begun=1)
        done = outcome(worker, act, job)
        if isinstance(done, Record):
            group.add(done)
        else:
            group.finish()
            _send(pipe, ([], done))
        counter.count(ended=1)
        if not jobs and not pipe.poll():
            group.hurry()


def expect_files(coming: Iterable[Job]) -> None:
    """Let the files of the first of these jobs come while another one is done."""
    for job in islice(coming, AHEAD):
        store_of(job.source.path).expect([job.source.path])


def _send(pipe: Connection, answer: Answer) -> None:
    """Send what is told, by whichever thread; without a parent this is the end."""
    try:
        pipe.send(answer)
    except OSError:
        os._exit(0)
