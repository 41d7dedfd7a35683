"""Strips at the same time: a thread for each, which computes alone.

Threads that share the work of one strip wait for each other at every step of it, which takes
longer than the work where other processes want the cores too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


def thread_count() -> int:
    """Return how many threads torch would use."""
    import torch

    return torch.get_num_threads()


def run_ordered(act: Callable[[Item], Done], items: Iterable[Item], threads: int) -> Iterator[Done]:
    """Yield what is made of items, in their order, by so many threads; the caller's is one of them.

    An item is asked for when a thread will soon be free: few are there at the same time.
    """
    if threads < 2:
        yield from map(act, items)
        return
    pool = ThreadPoolExecutor(threads - 1, initializer=_alone)
    inferring, waiting = _inferring(act), deque[_Task[Item, Done]]()
    _alone()
    try:
        for item in items:
            waiting.append(_Task(item, pool.submit(inferring, item)))
            if len(waiting) > threads:
                yield _first(waiting, inferring)
        while waiting:
            yield _first(waiting, inferring)
    finally:
        pool.shutdown(cancel_futures=True)
        _alone(threads)  # torch keeps the last number for threads to come


@dataclass
class _Task(Generic[Item, Done]):
    """An item, and what will be made of it."""

    item: Item
    made: Future[Done]


def _first(waiting: deque[_Task[Item, Done]], act: Callable[[Item], Done]) -> Done:
    """Take away the first and return what is made of it.

    Until that is there, what no thread has begun is made here: a thread that has yet to start, or
    that other programs keep from a core, holds up nothing.
    """
    for task in waiting:
        if waiting[0].made.done():
            break
        if task.made.cancel():
            task.made = Future()
            task.made.set_result(act(task.item))
    return waiting.popleft().made.result()


def _alone(threads: int = 1) -> None:
    import torch

    torch.set_num_threads(threads)


def _inferring(act: Callable[[Item], Done]) -> Callable[[Item], Done]:
    """Return an act without gradients, which every thread must be told for itself."""
    import torch

    return torch.inference_mode()(act)
