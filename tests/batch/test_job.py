"""What may never happen costs one file, and is told as a bug."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.files.read import read


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bug_stops_no_other_file(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    def broken(path: str, reading: Any) -> Any:
        if path.endswith("b.png"):
            raise KeyError("mine")
        return read(path, reading)

    monkeypatch.setattr("updown_cli.batch.job.read", broken)
    os.mkdir("in")
    for name in "abc":
        picture(f"in/{name}.png", noise(4, 6))
    done = updown("pool", "in", "-o", "out", "-j", jobs)
    assert (done.code, done.stderr) == (
        70,
        "updown: in/b.png: internal error: KeyError: 'mine' (rerun with --debug)\n"
        "updown: 2 done, 0 skipped, 1 failed\n",
    )
    assert sorted(os.listdir("out")) == ["a.png", "c.png"]
