"""A run on a cluster: its workers get batches of jobs, as many as keep them busy and no more.

Each batch is for one worker, so that it is known which jobs a worker that died was at, and Dask
itself does none of them again.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from updown_cli.batch.cluster.address import address_of
from updown_cli.batch.cluster.connection import Connection, connected
from updown_cli.batch.cluster.crossing import Received, known_name, packed, sent
from updown_cli.batch.cluster.deal import Deal, failed
from updown_cli.batch.cluster.hand import Attempt, Batch, Hand
from updown_cli.batch.cluster.names import named, numbered
from updown_cli.batch.cluster.session import Answer, remove_unfinished_in
from updown_cli.batch.cluster.workers import check_all, fit_hands
from updown_cli.batch.executors.executor import Act
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.errors import SurroundingsError
from updown_cli.stores.spelling import folder_of

# Seconds between two looks at who is there, and those for which nobody need be there.
LOOK, ALONE = 0.3, 120.0


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler."""

    name: str

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job, as they finish."""
        jobs = [*jobs]
        if not jobs:
            return
        on_gpu = worker.settings.device.startswith("cuda")
        with connected(address_of(self.name), on_gpu=on_gpu) as connection:
            check_all(connection)
            yield from Round(connection, worker, act, Deal.of(jobs)).records()


@dataclass
class Round:
    """A run on a cluster: who is there, and what they do."""

    connection: Connection
    worker: Worker
    act: Act
    deal: Deal
    hands: dict[str, Hand] = field(default_factory=dict)
    unfit: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    looked: float = 0.0
    seen: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        # Names that are taken are avoided here: nobody does so for a job that is done again.
        if_exists = self.settings.if_exists
        once = "error" if if_exists == "rename" else if_exists
        self.packed = packed(self.worker, self.act, once)

    @property
    def settings(self) -> Settings:
        """How the run treats its files."""
        return self.worker.settings

    def records(self) -> Iterator[Record]:
        """Yield the record of every job."""
        while not self.deal.is_over or any(hand.batches for hand in self.hands.values()):
            yield from self._look()
            self._hand_out()
            for key in self.connection.ended(LOOK):
                yield from self._ended(key)
        if self.folders:
            remove_unfinished_in([*self.folders])
            self.connection.run_on(None, remove_unfinished_in, [*self.folders])

    def _look(self) -> Iterator[Record]:
        """Notice who has come and who has gone; yield the records of jobs that are given up."""
        if time.monotonic() - self.looked < LOOK:
            return
        there = self.connection.addresses()
        for hand in [hand for hand in self.hands.values() if hand.address not in there]:
            yield from self._lost(hand)
        self.unfit &= there
        new = there - self.hands.keys() - self.unfit
        if new:
            found = fit_hands(self.connection, new)
            self.hands |= found
            self.unfit |= new - found.keys()
        self.looked = time.monotonic()
        if self.hands:
            self.seen = self.looked
        elif self.looked - self.seen > ALONE:
            raise SurroundingsError(
                "no worker is left",
                subject=self.connection.address,
                hint="run again with --if-exists skip to continue",
                code="unreachable",
            )

    def _hand_out(self) -> None:
        places = sum(hand.places for hand in self.hands.values())
        for hand in self.hands.values():
            while (batch := self.deal.batch_for(hand, places)) is not None:
                jobs = [sent(self._ready(attempt)) for attempt in batch.attempts]
                message = hand.identity, self.packed, pickle.dumps(jobs)
                self.connection.give(batch, hand.address, *message)

    def _ready(self, attempt: Attempt) -> Job:
        """Return a job with the names that its files are to have."""
        return named(attempt, self.settings.if_exists)

    def _ended(self, key: str) -> Iterator[Record]:
        """Yield the records of a batch; of what its worker did not tell it is given up."""
        hand = next((hand for hand in self.hands.values() if key in hand.batches), None)
        if hand is None:
            return
        batch = hand.batches[key]
        try:
            data = self.connection.answer(batch)
        except SurroundingsError:
            raise
        except Exception as error:
            raise SurroundingsError(
                f"worker {hand.address} cannot do it: {type(error).__name__}",
                subject=self.connection.address,
                code="unreachable",
            ) from error
        if data is None:
            yield from self._lost(hand)
            return
        del hand.batches[key]
        yield from self._told(hand, batch, pickle.loads(data))

    def _told(self, hand: Hand, batch: Batch, answer: Answer) -> Iterator[Record]:
        """Yield the records of an answer; raise what ended it."""
        self.deal.took(len(answer.records), answer.seconds)
        for attempt, record in zip(batch.attempts, answer.records, strict=False):
            if self._is_taken(attempt, record):
                attempt.number += 1
                self.deal.again([attempt])
            else:
                job = numbered(attempt.job, attempt.number)
                yield Received(hand.address, job).record(record)
        if answer.error is not None:
            raise Received(hand.address, batch.attempts[0].job).ending(answer.error)

    def _is_taken(self, attempt: Attempt, record: Record) -> bool:
        """Whether names that were free are not so any more, and others are to be found."""
        taken = record.error is not None and record.error.code == "exists"
        return taken and self.settings.if_exists == "rename"

    def _lost(self, hand: Hand) -> Iterator[Record]:
        """Let others do what a worker was to do; yield the records of jobs that are given up."""
        self.hands.pop(hand.address, None)
        for batch in hand.batches.values():
            self.connection.drop(batch)
            jobs = (attempt.job for attempt in batch.attempts)
            paths = (known_name(path) for job in jobs for path in job.outputs)
            self.folders |= {folder_of(path) for path in paths}
        for attempt, error in self.deal.lost(hand):
            yield failed(attempt, error)
