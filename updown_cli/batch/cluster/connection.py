"""The line to a cluster's scheduler: the one place that knows Dask on this side."""

from __future__ import annotations

import contextlib
import logging
import os
import pkgutil
import queue
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from updown_cli.batch.cluster.hand import Batch
from updown_cli.batch.cluster.session import run_batch
from updown_cli.errors import SurroundingsError, UpdownError, UsageError

EXTRA = "pip install 'updown-cli[cluster]'"

# Seconds that a scheduler may take to be there, to answer, and to hear that all is over.
CONNECTING, ANSWERING, CLOSING = 10.0, 30.0, 0.5

# What workers have and tasks ask for, by Dask's custom; a task on a GPU takes one.
GPU = "GPU"

#: What a worker's process answers of itself; where it cannot, what it raised.
Identity = str | Exception

IDENTITY = "updown_cli.batch.cluster.session:IDENTITY"


@dataclass(frozen=True)
class Seen:
    """A worker as the scheduler tells of it: batches that it does at a time, and its GPUs."""

    address: str
    threads: int
    gpus: int


@contextmanager
def connected(address: str, *, on_gpu: bool) -> Iterator[Connection]:
    """Connect to a scheduler for a while; raise SurroundingsError where there is none."""
    distributed = _library()
    warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)
    try:
        client = distributed.Client(
            address, timeout=_patience(), set_as_default=False, heartbeat_interval=5000
        )
    except UpdownError:
        raise
    except Exception as error:
        raise unreachable(address, error) from None
    try:
        yield Connection(address, client, on_gpu)
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=CLOSING)


def _library() -> Any:
    """Import Dask's part for clusters, which is to say nothing by itself."""
    try:
        import distributed
    except ImportError:
        raise UsageError("needs distributed", subject="--cluster", hint=EXTRA) from None
    if "UPDOWN_DEBUG" not in os.environ:
        for name in [name for name in logging.root.manager.loggerDict if _is_dasks(name)]:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
    return distributed


def _is_dasks(name: str) -> bool:
    return name.partition(".")[0] in ("distributed", "tornado")


def _patience() -> float:
    """Return the seconds to wait for a scheduler: fewer if Dask's own setting says so."""
    import dask.config
    from dask.utils import parse_timedelta

    own = dask.config.get("distributed.comm.timeouts.connect", default=CONNECTING)
    return min(float(parse_timedelta(own)), CONNECTING)


def unreachable(address: str, error: Exception) -> SurroundingsError:
    """Return the refusal of a scheduler that cannot be reached."""
    is_tls = isinstance(error, TypeError) or "tls" in str(error).lower()
    hint = "set distributed.comm.tls in Dask's configuration" if is_tls else "is it running?"
    return SurroundingsError(
        "the scheduler cannot be reached", subject=address, hint=hint, code="unreachable"
    )


@dataclass
class Connection:
    """A client of a scheduler; what it raises says that the scheduler is gone."""

    address: str
    client: Any
    on_gpu: bool
    _futures: dict[str, Any] = field(default_factory=dict)
    _ended: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def addresses(self) -> set[str]:
        """Return the addresses of all workers."""
        return set(self._asked(self.client.nthreads, callback_timeout=ANSWERING))

    def seen(self) -> list[Seen]:
        """Return all workers."""
        workers = self._asked(self.client.scheduler_info, n_workers=-1)["workers"]
        return [
            Seen(address, told["nthreads"], int((told["resources"] or {}).get(GPU, 0)))
            for address, told in workers.items()
        ]

    def identities(self, addresses: list[str], name: str = IDENTITY) -> dict[str, Identity]:
        """Return what a name means to workers."""
        return self.run_on(addresses, pkgutil.resolve_name, name)

    def run_on(
        self, addresses: list[str] | None, call: Callable[..., Any], *arguments: object
    ) -> dict[str, Any]:
        """Return what a call gives on workers, or raises; on all if they are not named."""
        answers: dict[str, Any] = self._asked(
            self.client.run, call, *arguments, workers=addresses, on_error="return"
        )
        return answers

    def _asked(self, call: Callable[..., Any], *arguments: object, **named: object) -> Any:
        try:
            return call(*arguments, **named)
        except Exception as error:
            if "UPDOWN_DEBUG" in os.environ:
                raise
            raise self.gone() from error

    def gone(self) -> SurroundingsError:
        """Return what ends a run whose scheduler is gone."""
        return SurroundingsError(
            "the scheduler is gone",
            subject=self.address,
            hint="run again with --if-exists skip to continue",
            code="unreachable",
        )

    def give(self, batch: Batch, worker: str, *arguments: object) -> None:
        """Let a worker, and no other, do a batch."""
        future = self._asked(
            self.client.submit,
            run_batch,
            *arguments,
            pure=False,
            workers=[worker],
            allow_other_workers=False,
            resources={GPU: 1} if self.on_gpu else None,
        )
        self._futures[batch.key] = future
        future.add_done_callback(lambda _: self._ended.put(batch.key))

    def drop(self, batch: Batch) -> None:
        """Let nobody do a batch any more."""
        future = self._futures.pop(batch.key, None)
        if future is not None:
            with contextlib.suppress(Exception):
                future.release()

    def ended(self, seconds: float) -> list[str]:
        """Return the keys of the batches that have ended, waiting for one so long."""
        found = []
        with contextlib.suppress(queue.Empty):
            found.append(self._ended.get(timeout=seconds))
            while True:
                found.append(self._ended.get_nowait())
        return [key for key in found if key in self._futures]

    def answer(self, batch: Batch) -> bytes | None:
        """Return the answer to a batch that has ended; None if its worker died.

        Raises what the worker raised, which cannot even begin to do it.
        """
        from distributed import KilledWorker
        from distributed.comm import CommClosedError
        from distributed.scheduler import NoValidWorkerError, NoWorkerError

        future = self._futures.pop(batch.key)
        if future.status in ("cancelled", "lost"):
            raise self.gone()
        try:
            answer: bytes | None = future.result(timeout=ANSWERING)
        except (KilledWorker, NoValidWorkerError, NoWorkerError, TimeoutError, MemoryError):
            return None
        except CommClosedError:  # of the worker, or the scheduler is gone, which is noticed next
            return None
        finally:
            with contextlib.suppress(Exception):
                future.release()
        return answer
