"""Which jobs go to which worker of a cluster, and what follows from a worker's death.

Of a worker that died the jobs that it may have been at become suspects: they go one at a time, to
workers that do nothing else. A job that was at work as often as `DEATHS` times is given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from updown_cli.batch.cluster.hand import Attempt, Batch, Hand
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.errors import InputError

# Seconds of work in a batch, and the most jobs: what a dead worker had done of them is done again.
SECONDS, MOST = 1.0, 256

# Of a few jobs nobody knows how long all take.
GROWTH = 4

DEATHS = 3


@dataclass
class Deal:
    """The jobs of a run that no worker has: in their order, and those that are suspects."""

    waiting: deque[Attempt]
    suspects: deque[Attempt] = field(default_factory=deque)
    size: int = 1
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, jobs: list[Job]) -> Deal:
        """Return all jobs of a run."""
        return cls(deque(map(Attempt, jobs)))

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to hand out."""
        return not (self.waiting or self.suspects)

    def batch_for(self, hand: Hand, places: int) -> Batch | None:
        """Return what a worker is to do next, of so many places in all; None if it is to wait."""
        if hand.is_watched or (self.suspects and hand.batches) or not hand.has_room:
            return None
        if self.suspects:
            return self._given(hand, [self.suspects.popleft()], is_alone=True)
        share = -(-len(self.waiting) // (2 * max(places, 1)))
        taken = min(self.size, MOST, share)
        attempts = [self.waiting.popleft() for _ in range(taken)]
        return self._given(hand, attempts) if attempts else None

    def _given(self, hand: Hand, attempts: list[Attempt], *, is_alone: bool = False) -> Batch:
        batch = Batch(str(next(self._numbers)), attempts, is_alone)
        hand.batches[batch.key] = batch
        return batch

    def took(self, jobs: int, seconds: float) -> None:
        """Learn how long so many jobs took."""
        if jobs:
            wanted = int(SECONDS * jobs / max(seconds, 1e-6))
            self.size = max(min(wanted, GROWTH * self.size, MOST), 1)

    def again(self, attempts: list[Attempt]) -> None:
        """Take back jobs that are to be done next."""
        self.waiting.extendleft(reversed(attempts))

    def lost(self, hand: Hand) -> Iterator[tuple[Attempt, InputError]]:
        """Take back the jobs of a worker that is gone; yield those that are given up, and why.

        A worker does its batches in their order, as many at a time as it has places.
        """
        for place, batch in enumerate(hand.batches.values()):
            for attempt in batch.attempts:
                attempt.is_again = True
                attempt.deaths += place < hand.places
            if place >= hand.places:
                self.again(batch.attempts)
            elif batch.is_alone and batch.attempts[0].deaths >= DEATHS:
                yield batch.attempts[0], died(batch.attempts[0].deaths)
            else:
                self.suspects.extend(batch.attempts)
        hand.batches.clear()


def died(deaths: int) -> InputError:
    """Return the refusal of a job that workers died of."""
    return InputError(
        f"{deaths} workers died while they were at it (out of memory?)", code="worker_died"
    )


def failed(attempt: Attempt, error: InputError) -> Record:
    """Return the record of a job that is given up."""
    job = attempt.job
    return Record(source=job.source.path, output=job.target, status="failed", error=error)
