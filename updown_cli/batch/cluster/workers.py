"""The workers of a cluster that can do a run's jobs: those with this updown, and with GPUs."""

from __future__ import annotations

import time
from collections.abc import Collection

from updown_cli import __version__
from updown_cli.batch.cluster.connection import Connection, Identity, Seen
from updown_cli.batch.cluster.hand import Hand
from updown_cli.errors import SurroundingsError

# Seconds that workers may take to start, or to start again, and between two looks.
STARTING, PAUSE = 10.0, 0.2

VERSION = "updown_cli:__version__"


def check_all(connection: Connection) -> None:
    """Raise SurroundingsError where there are no workers, or any that cannot do the jobs."""
    end = time.monotonic() + STARTING
    while not (seen := connection.seen()) and time.monotonic() < end:
        time.sleep(PAUSE)
    if not seen:
        raise _refusal(connection, "has no workers", "start some, then run again")
    for address, identity in connection.identities([one.address for one in seen]).items():
        if not _is_same(identity):
            reason = f"worker {address} has {_told(connection, address)}, this is {__version__}"
            raise _refusal(connection, reason, "install the same version everywhere")
    if connection.on_gpu and not any(one.gpus for one in seen):
        hint = "start workers with --resources GPU=1"
        raise _refusal(connection, "no worker says that it has a GPU", hint)


def fit_hands(connection: Connection, addresses: Collection[str]) -> dict[str, Hand]:
    """Return those of some workers that can do the jobs; others that come later are left alone."""
    seen = [
        one for one in connection.seen() if one.address in addresses and _places(connection, one)
    ]
    told = connection.identities([one.address for one in seen]) if seen else {}
    return {
        one.address: Hand(one.address, str(told[one.address]), _places(connection, one))
        for one in seen
        if _is_same(told.get(one.address, ""))
    }


def _places(connection: Connection, worker: Seen) -> int:
    """Return how many batches a worker does at a time."""
    return min(worker.gpus, worker.threads) if connection.on_gpu else worker.threads


def _is_same(identity: Identity) -> bool:
    return isinstance(identity, str) and identity.partition(" ")[2] == __version__


def _told(connection: Connection, address: str) -> str:
    """Return which updown a worker has."""
    version = connection.identities([address], VERSION).get(address)
    return f"updown {version}" if isinstance(version, str) else "no updown"


def _refusal(connection: Connection, reason: str, hint: str) -> SurroundingsError:
    return SurroundingsError(reason, subject=connection.address, hint=hint, code="cluster")
