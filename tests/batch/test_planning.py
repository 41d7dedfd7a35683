"""Many names planned: what is asked of where they are does not grow with their number."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from updown_cli.batch.inputs import Selection
from updown_cli.batch.run import collect
from updown_cli.batch.settings import Settings
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UsageError
from updown_cli.stores.names import exists
from updown_cli.stores.remote import Remote

memory = pytest.importorskip("fsspec.implementations.memory")

FOLDERS, FILES = 40, 25


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Fill the file system of memory, and count what is asked of it from then on."""
    counts: Counter[str] = Counter()
    fs = memory.MemoryFileSystem()
    fs.store.clear()
    for number in range(FOLDERS):
        for name in range(FILES):
            fs.pipe_file(f"/in/{number:02d}/{name}.png", b"x")
    fs.pipe_file("/out/07/3.png", b"x")
    fs.pipe_file("/out/x/y/z.png", b"x")

    def counting(name: str) -> Any:
        original = getattr(memory.MemoryFileSystem, name)

        def count(self: Any, *given: Any, **options: Any) -> Any:
            counts[name] += 1
            return original(self, *given, **options)

        return count

    for method in ("info", "ls", "find"):
        monkeypatch.setattr(memory.MemoryFileSystem, method, counting(method))
    remote = Remote()
    monkeypatch.setattr("updown_cli.stores.names._remote", lambda: remote)
    yield counts
    fs.store.clear()


def test_inputs_are_listed_once_and_results_not_asked_for(asked: Counter[str]) -> None:
    selection = Selection(paths=("memory://in",), recurse=True)
    jobs = collect(selection, parse_steps("pool -k 2"), Settings(output="memory://out/"))
    assert len(jobs) == FOLDERS * FILES
    assert asked["find"] == 1
    assert asked["info"] + asked["ls"] < 10
    assert all(exists(job.source.path) for job in jobs)
    assert not exists("memory://in/07/none.png")
    assert asked["info"] + asked["ls"] < 10


def test_results_are_looked_for_where_there_are_any(asked: Counter[str]) -> None:
    names = [f"memory://out/{n:02d}/{name}.png" for n in range(FOLDERS) for name in range(FILES)]
    assert [name for name in names if exists(name)] == ["memory://out/07/3.png"]
    assert asked["info"] + asked["ls"] < 30  # of 1000 names in 40 folders, of which one is there
    assert exists("memory://out/x/y/z.png")


def test_an_input_is_told_from_results_by_its_name(asked: Counter[str]) -> None:
    data = io.BytesIO()
    Image.new("L", (2, 2)).save(data, "PNG")
    memory.MemoryFileSystem().pipe_file("/in/07/3.png", data.getvalue())
    settings = Settings(output="memory://in/07/{stem}.png")
    with pytest.raises(UsageError, match=r"7/3\.png: is the input memory://in/07/3\.png"):
        collect(Selection(paths=("memory://in/07/3.png",)), parse_steps("pool -k 2"), settings)
