"""Results that wait together: written under hidden names, flushed at once, then named and told.

Flushing a file waits for the disk, whatever its size. A thread flushes what has come together while
the next pictures are computed. A record is told when the files that it tells of have their names.
"""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from updown_cli.batch.file_facts import bytes_of
from updown_cli.batch.record import Record
from updown_cli.errors import InputError, UpdownError, bug
from updown_cli.stores.drafts import Drafts, flush_all

# Seconds that a result waits for others, and how many wait at most: each is an open file.
SECONDS, MOST = 0.25, 256

# Files that are sent at once to where that takes long.
AT_ONCE = 8

# Of the files that a process may have open, one of so many may be a result that waits.
SHARE_OF_FILES = 8

#: What ends a run.
Ending = UpdownError | OSError

#: Is told the records of a group, and what went wrong with it.
Tell = Callable[[list[Record], Ending | None], None]


@dataclass(frozen=True)
class Held:
    """Files that wait, what gives them their names, and what is done if they cannot have them."""

    drafts: Drafts
    give_names: Callable[[], str]
    give_up: Callable[[Record, InputError], None]


class Group:
    """Takes records in their order and tells them in that order, a group at a time."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.most = min(
            MOST, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0] // SHARE_OF_FILES, 1)
        )
        self._held: Held | None = None
        self._waiting: list[tuple[Record, Held | None]] = []
        self._is_busy = False
        self._since = 0.0
        self._hurries = False
        self._is_closed = False
        self._changed = threading.Condition()
        self._senders: ThreadPoolExecutor | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def hold(self, held: Held) -> None:
        """Take the files of the record that is added next."""
        self._held = held

    def add(self, record: Record) -> None:
        """Take a record; one that failed lets the others hurry."""
        held, self._held = self._held, None
        if record.status != "done":
            _let_go(held)
            held = None
        with self._changed:
            while len(self._waiting) >= self.most:
                self._changed.wait()
            is_first = not self._waiting
            if is_first:
                self._since = time.monotonic()
            self._waiting.append((record, held))
            self._hurries = self._hurries or record.status == "failed"
            if is_first or self._is_due():  # whatever wakes the thread stops this one
                self._changed.notify_all()

    def hurry(self) -> None:
        """Let what waits wait no longer for others."""
        with self._changed:
            self._hurries = bool(self._waiting)
            self._changed.notify_all()

    def finish(self) -> None:
        """Return when all are told."""
        self.hurry()
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_busy)

    def close(self) -> None:
        """End the thread when all are told."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if not self._waiting:
                    break
                self._changed.wait_for(self._is_due, self._since + SECONDS - time.monotonic())
                group, self._waiting = self._waiting, []
                self._hurries, self._is_busy = False, True
                self._changed.notify_all()
            self.tell(*self._named(group))
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()
        if self._senders is not None:
            self._senders.shutdown()

    def _is_due(self) -> bool:
        return self._hurries or len(self._waiting) >= self.most

    def _named(self, group: list[tuple[Record, Held | None]]) -> tuple[list[Record], Ending | None]:
        """Give the files of a group their names; return the records that are true, and an error."""
        told: list[Record] = []
        try:
            began = time.perf_counter()
            flush_all([held.drafts for _, held in group if held])
            waited = (time.perf_counter() - began) / len(group)
            told.extend(self._all_named(group, waited))
        except UpdownError as error:
            return told, error
        except Exception as error:
            return told, bug(error)
        finally:
            for _, held in group:
                _let_go(held)
        return told, None

    def _all_named(
        self, group: list[tuple[Record, Held | None]], waited: float
    ) -> Iterator[Record]:
        """Yield records whose files have their names; what is far is sent several at once."""
        if all(held is None or held.drafts.are_near for _, held in group):
            yield from (self._name(record, held, waited) for record, held in group)
            return
        if self._senders is None:
            self._senders = ThreadPoolExecutor(AT_ONCE)
        sent = [self._senders.submit(self._name, *pair, waited) for pair in group]
        try:
            yield from (future.result() for future in sent)
        finally:
            wait([future for future in sent if not future.cancel()])

    def _name(self, record: Record, held: Held | None, waited: float) -> Record:
        if held is None:
            return record
        record.took("save", waited)
        try:
            record.output = held.give_names()
            if record.output_bytes is None:
                record.output_bytes = bytes_of(record.output)
        except InputError as error:
            record.output_bytes = None
            held.give_up(record, error)
        return record


def _let_go(held: Held | None) -> None:
    """Remove the hidden names of files."""
    if held is not None:
        held.drafts.remove()
