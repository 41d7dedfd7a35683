"""What is made once and found again, in bounded memory: the least recently used goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by key, of no more than so many bytes together; each of its users has its own."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T], bytes_of: Callable[[T], int]) -> T:
        """Return what is kept under a key; it is made if it is not there.

        What is larger than all that may be kept is not kept.
        """
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
        thing = make()
        with self._lock:
            self._keep(key, thing, bytes_of(thing))
        return thing

    def _keep(self, key: Hashable, thing: T, size: int) -> None:
        if size > self.most_bytes or key in self._things:
            return
        self._things[key] = thing, size
        self.bytes += size
        while self.bytes > self.most_bytes:
            _, (_, freed) = self._things.popitem(last=False)
            self.bytes -= freed

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._things)
