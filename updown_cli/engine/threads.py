"""Strips at the same time: a thread for each, which computes alone.

Threads that share the work of one strip wait for each other at every step of it, which takes
longer than the work where other processes want the cores too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


def thread_count() -> int:
    """Return how many threads torch would use."""
    import torch

    return torch.get_num_threads()


def run_ordered(act: Callable[[Item], Done], items: Iterable[Item], threads: int) -> Iterator[Done]:
    """Yield what is made of items, in their order, by so many threads."""
    if threads < 2:
        yield from map(act, items)
        return
    pool = ThreadPoolExecutor(threads, initializer=_alone)
    try:
        yield from pool.map(_inferring(act), items)
    finally:
        pool.shutdown(cancel_futures=True)
        _alone(threads)  # torch keeps the last number for threads to come


def _alone(threads: int = 1) -> None:
    import torch

    torch.set_num_threads(threads)


def _inferring(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return an act without gradients, which every thread must be told for itself."""
    import torch

    return torch.inference_mode()(act)
