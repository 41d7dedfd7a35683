"""A worker that gets lists of jobs: which files come while another job is done."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from updown_cli.batch.executors import group_worker
from updown_cli.batch.executors.group_worker import Counter, work_in_groups
from updown_cli.batch.record import Record


class Pipe:
    """Lists that come one after the other; then it is closed."""

    def __init__(self, *lists: list[Any]) -> None:
        self.lists = deque(lists)

    def poll(self) -> bool:
        return bool(self.lists)

    def recv(self) -> list[Any]:
        if not self.lists:
            raise EOFError
        return self.lists.popleft()

    def send(self, answer: object) -> None:
        pass


def test_files_of_the_next_list_come_while_the_last_job_of_this_one_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def job(name: str) -> SimpleNamespace:
        return SimpleNamespace(source=SimpleNamespace(path=name))

    events: list[str] = []
    store = SimpleNamespace(expect=lambda names: events.extend(f"expect {name}" for name in names))
    monkeypatch.setattr(group_worker, "store_of", lambda _: store)

    def done(worker: object, act: object, job: Any) -> Record:
        events.append(f"do {job.source.path}")
        return Record(source=job.source.path, output="-", status="done")

    monkeypatch.setattr(group_worker, "outcome", done)
    worker: Any = SimpleNamespace(group=None, settings=SimpleNamespace(sync="none"))
    pipe: Any = Pipe([job("a"), job("b")], [job("c")])
    counter = Counter()
    with pytest.raises(EOFError):
        work_in_groups(worker, lambda *_: None, counter, pipe)  # type: ignore[arg-type]
    assert [event for event in events if event.startswith("do")] == ["do a", "do b", "do c"]
    assert events.index("expect c") < events.index("do b")
    assert counter.counts == (3, 3)
