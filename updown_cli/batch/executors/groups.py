"""Workers that do many jobs at a time, seen from their parent: who does what, who has died.

A worker gets as many jobs as it does in a moment, so that neither waits for the other. Of one that
dies the job that it was at is lost; others do what it had beside.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.executors.group_worker import Answer, Counter, work_in_groups
from updown_cli.batch.executors.worker_process import PATIENCE, end_process, fork
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.errors import InputError
from updown_cli.pipeline.strips import cores
from updown_cli.stores.names import exists

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

# Seconds of work that a worker has before it, and the most jobs: their results wait together.
AHEAD, MOST_AHEAD = 0.5, 1024


@dataclass(frozen=True)
class Groups:
    """So many processes."""

    count: int

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job, as they finish."""
        crew = GroupPool(worker, act, self.count, iter(jobs))
        try:
            for _ in range(self.count):
                crew.hire()
            while busy := {hand.pipe: hand for hand in crew.hands if hand.jobs}:
                for pipe in wait(list(busy)):
                    hand = busy[pipe]  # type: ignore[index]
                    records, error = hand.take()
                    crew.keep_busy(hand)
                    yield from records
                    if error is not None:
                        yield from crew.told_meanwhile()
                        raise error
        finally:
            crew.dismiss()


@dataclass
class GroupHand:
    """One forked worker and the jobs it holds, in their order; `ended` of all are done with."""

    process: ForkProcess
    pipe: Connection
    counter: Counter
    jobs: deque[Job] = field(default_factory=deque)
    ended: int = 0
    since: float = 0.0
    seconds: float = AHEAD
    is_dead: bool = False
    spared: list[Job] = field(default_factory=list)

    def give(self, jobs: list[Job]) -> None:
        """Hand over jobs."""
        if not self.jobs:
            self.since = time.monotonic()
        self.jobs.extend(jobs)
        with contextlib.suppress(OSError):  # it is dead, which is noticed where records are taken
            self.pipe.send(jobs)

    def take(self) -> Answer:
        """Return records; of a worker that died that of the job that it was at."""
        try:
            records, error = self.pipe.recv()
        except (EOFError, OSError):
            return [self._lost()], None
        for _ in records:
            self.jobs.popleft()
        self.ended += len(records)
        now = time.monotonic()
        self.seconds, self.since = (now - self.since) / max(len(records), 1), now
        return records, error

    def _lost(self) -> Record:
        """Return the failure of the job that a dead worker was at; what it had beside is spared."""
        begun, ended = self.counter.counts
        at = begun - 1 - self.ended if begun > ended else 0
        jobs = [*self.jobs]
        lost = jobs.pop(at)
        self.end()
        self.is_dead, self.spared = True, jobs
        error = InputError("the worker died (out of memory?)", code="worker_died")
        return Record(source=lost.source.path, output=lost.target, status="failed", error=error)

    def end(self) -> None:
        """End the worker, which may give names first, and remove what it left unfinished."""
        end_process(self.process, self.pipe, self.jobs)
        self.jobs.clear()


@dataclass
class GroupPool:
    """The workers of a run; one that has died is replaced by another."""

    worker: Worker
    act: Act
    count: int
    coming: Iterator[Job]
    waiting: deque[Job] = field(default_factory=deque)
    hands: list[GroupHand] = field(default_factory=list)

    def keep_busy(self, hand: GroupHand) -> None:
        """Hand over as many jobs as a worker does in a moment, to a new one if this one is dead.

        What is left is shared among all in the end.
        """
        if hand.is_dead:
            self.waiting.extendleft(map(self._again, reversed(hand.spared)))
            self.hands.remove(hand)
            self.waiting.extend(islice(self.coming, not self.waiting))
            if self.waiting:
                self.hire()
            return
        wanted = max(min(int(AHEAD / max(hand.seconds, AHEAD / MOST_AHEAD)), MOST_AHEAD), 1)
        sharing = 2 * self.count
        self.waiting.extend(islice(self.coming, max(sharing * wanted - len(self.waiting), 0)))
        share = -(-len(self.waiting) // sharing)
        room = min(wanted, max(share, 1)) - len(hand.jobs)
        jobs = [self.waiting.popleft() for _ in range(min(max(room, 0), len(self.waiting)))]
        if jobs:
            hand.give(jobs)

    def _again(self, job: Job) -> Job:
        """Return a job that is to be done again; files that were free may be its own by now."""
        if self.worker.settings.if_exists != "error":
            return job
        return replace(job, replaces=any(map(exists, job.outputs)))

    def told_meanwhile(self) -> Iterator[Record]:
        """Yield the records of what workers end within a moment: their files have names."""
        end = time.monotonic() + PATIENCE
        for hand in self.hands:
            if hand.jobs and hand.pipe.poll(max(end - time.monotonic(), 0)):
                records, _ = hand.take()
                yield from records

    def hire(self) -> None:
        """Fork a worker, with jobs."""
        counter, threads = Counter(), max(cores() // self.count, 1)
        live = partial(work_in_groups, self.worker, self.act, counter)
        process, pipe = fork(live, threads, [hand.pipe for hand in self.hands])
        self.hands.append(GroupHand(process, pipe, counter))
        self.keep_busy(self.hands[-1])

    def dismiss(self) -> None:
        """End all workers."""
        for hand in self.hands:
            hand.process.terminate()
        for hand in self.hands:
            hand.end()
