"""One worker of a cluster, as it is seen from here: what it is to do, in its order."""

from __future__ import annotations

from dataclasses import dataclass, field

from updown_cli.batch.planned_job import Job


@dataclass
class Attempt:
    """A job, the workers that died while they were at it, and whether it may have been begun.

    `number` is that of the names that its files get where names are taken.
    """

    job: Job
    deaths: int = 0
    is_again: bool = False
    number: int = 0


@dataclass(frozen=True)
class Batch:
    """Jobs that go to a worker together; one that is a suspect goes alone."""

    key: str
    attempts: list[Attempt]
    is_alone: bool = False


@dataclass
class Hand:
    """A worker: what it says that it is, and how many batches it does at a time."""

    address: str
    identity: str
    places: int
    batches: dict[str, Batch] = field(default_factory=dict)

    @property
    def is_watched(self) -> bool:
        """Whether it is at a job that may kill it."""
        return any(batch.is_alone for batch in self.batches.values())

    @property
    def has_room(self) -> bool:
        """Whether it should get another batch, so that it has one before it when it ends one."""
        return len(self.batches) <= self.places
