"""The bar of one picture: what is done, rows, time left; on a terminal and only while it takes."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import COMMAND, Updown
from updown_cli.batch.compare_pairs import Comparing, compare_all
from updown_cli.batch.inputs import Selection
from updown_cli.batch.pairs import Pair
from updown_cli.batch.run import Totals, collect, execute
from updown_cli.batch.settings import Settings
from updown_cli.batch.thresholds import Thresholds
from updown_cli.batch.watcher import Watcher
from updown_cli.cli import picture_bar, sheet_making
from updown_cli.cli.picture_bar import PictureBar
from updown_cli.cli.steps import parse_steps
from updown_cli.files.reading import Reading

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal(io.StringIO):
    """A terminal that remembers all that it was shown."""

    def isatty(self) -> bool:
        """Be one."""
        return True

    def waits_for(self, pattern: str) -> bool:
        """Whether a pattern is shown within ten seconds."""
        for _ in range(1000):
            if re.search(pattern, ESCAPES.sub("", self.getvalue())):
                return True
            time.sleep(0.01)
        return False


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Terminal]:
    """Make standard error a terminal of so many columns, where a bar comes at once."""

    def make(columns: int) -> Terminal:
        made = Terminal()
        monkeypatch.setattr(sys, "stderr", made)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(picture_bar, "FIRST_SECONDS", 0.0)
        return made

    return make


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_parts_of_the_work_are_shown_in_a_line(
    terminal: Callable[[int], Terminal], columns: int
) -> None:
    screen, bar = terminal(columns), PictureBar(shown=True)
    bar.begin("load")
    assert screen.waits_for(r"reading ━+ \d+ s")
    bar.begin("ops")
    assert screen.waits_for(r"computing ━+ \d+ s")
    bar.rows(0, 12000)
    bar.rows(9000, 12000)
    assert screen.waits_for(r"computing [━╸╺]+ 9000/12000 rows, [-:0-9]{7} left")
    bar.begin("save")
    assert screen.waits_for(r"writing ━+ \d+ s")
    bar.stop()
    lines = re.split(r"[\r\n]+", ESCAPES.sub("", screen.getvalue()))
    assert max(map(len, lines)) <= columns
    assert screen.getvalue().endswith("\x1b[2K")  # nothing of it stays


def test_nothing_is_shown_after_the_end(terminal: Callable[[int], Terminal]) -> None:
    screen, bar = terminal(80), PictureBar(shown=True)
    bar.begin("load")
    bar.stop()
    bar.begin("ops")
    bar.rows(1, 2)
    shown = screen.getvalue()
    time.sleep(0.3)
    assert screen.getvalue() == shown


def test_a_quick_picture_and_a_file_see_no_bar(
    terminal: Callable[[int], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = terminal(80)
    monkeypatch.setattr(picture_bar, "FIRST_SECONDS", 60.0)
    for shown, file in ((True, screen), (False, screen), (True, io.StringIO())):
        monkeypatch.setattr(sys, "stderr", file)
        bar = PictureBar(shown=shown)
        bar.begin("ops")
        bar.rows(1, 2)
        bar.stop()
        assert file.getvalue() == ""


class Listener(Watcher):
    """Remembers all that it hears."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.heard: list[tuple[int, int]] = []

    def begin(self, part: str) -> None:
        """Remember a part."""
        self.parts.append(part)

    def rows(self, done: int, total: int) -> None:
        """Remember rows."""
        self.heard.append((done, total))


@pytest.mark.parametrize(
    ("steps", "ending", "rows"),
    [
        ("upsample --mode bicubic --scale-factor 0.9", "png", 1260),
        ("upsample --mode nearest --scale-factor 0.9", "png", 1260),
        ("upsample --mode bilinear --scale-factor 0.9", "npy", 1260),
        ("upsample --mode area --size 700x600", "png", 700),
        ("pool --mode median -k 3", "png", 466),
        ("conv --kernel gaussian -k 5 -p same", "png", 1400),
        ("pool -k 2 | upsample --mode spline --size 700x_ | pool -k 2", "png", None),
        ("pool -k 2 | unpool", "png", None),
    ],
)
def test_whatever_takes_long_is_told(
    tmp_path: Path, steps: str, ending: str, rows: int | None
) -> None:
    """Rows rise up to those of the result, where it is made in strips or by a table."""
    source = tmp_path / "photo.png"
    noise = np.random.default_rng(0).integers(0, 256, (1400, 1500, 3), np.uint8)
    Image.fromarray(noise).save(source, compress_level=0)
    settings, listener, totals = Settings(output=f"{tmp_path}/out.{ending}"), Listener(), Totals()
    pipeline = parse_steps(steps)
    jobs = collect(Selection(paths=(str(source),)), pipeline, settings)
    (record,) = execute(jobs, pipeline, settings, totals, watcher=listener)
    assert (record.status, listener.parts) == ("done", ["load", "ops", "save"])
    if rows is None:
        assert listener.heard == []
        return
    done = [heard for heard, _ in listener.heard]
    assert done == sorted(done)
    assert len(set(done) - {0}) >= 2
    assert {total for _, total in listener.heard} == {rows}
    assert done[-1] == rows


def test_pairs_are_told_of_row_by_row(tmp_path: Path) -> None:
    """Once for the differences, and once more for the windows of SSIM."""
    paths = []
    for seed in range(2):
        path = tmp_path / f"{seed}.png"
        noise = np.random.default_rng(seed).integers(0, 256, (900, 700, 3), np.uint8)
        Image.fromarray(noise).save(path, compress_level=0)
        paths.append(str(path))
    listener = Listener()
    how = Comparing(reading=Reading(), limits=Thresholds(), watcher=listener)
    (done,) = compare_all([Pair("", paths[0], paths[1])], how)
    assert (done.status, listener.parts) == ("differs", ["load", "compare"])
    heard = [rows for rows, _ in listener.heard]
    half = heard.index(900) + 1
    assert {total for _, total in listener.heard} == {900}
    assert 2 <= half < len(heard)
    assert heard[-1] == 900
    assert heard[:half] == sorted(heard[:half])
    assert heard[half:] == sorted(heard[half:])


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("compare", "a.png", "b.png"), ["load", "compare"]),
        (("compare", "a.png", "b.png", "--diff", "d.png"), ["load", "compare", "save"]),
        (("sheet", "a.png", "-o", "s.png", "--try", "pool -k {2,3}"), ["load", "ops", "ops"]),
        (("bench", "pool -k 2", "--size", "64", "--repeat", "1"), ["ops"]),
    ],
)
def test_other_commands_tell_of_one_picture_too(
    monkeypatch: pytest.MonkeyPatch, updown: Updown, words: tuple[str, ...], parts: list[str]
) -> None:
    for name in ("a.png", "b.png"):
        Image.effect_noise((64, 64), 50).save(name)
    asked, listener = [], Listener()

    @contextlib.contextmanager
    def bar(*, shown: bool) -> Iterator[Listener]:
        asked.append(shown)
        yield listener

    monkeypatch.setattr(picture_bar, "picture_bar", bar)
    monkeypatch.setattr(sheet_making, "picture_bar", bar)
    for option in ("--progress", "--no-progress"):
        again = ["--if-exists", "overwrite"] * (words[0] != "bench")
        assert updown(*words, option, *again).code in (0, 1)
    assert (asked, listener.parts) == ([True, False], parts * 2)
    assert bool(listener.heard) == (words[0] == "compare")  # others are done in one piece


def test_a_picture_on_a_terminal_is_told_of_until_it_is_done(tmp_path: Path) -> None:
    """What is shown while torch starts is gone when the table stands there."""
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "a.png")
    screen, side = pty.openpty()
    command = [str(COMMAND), "pool", "--progress", "a.png", "-o", "b.png"]
    surroundings = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    done = subprocess.Popen(
        command, cwd=tmp_path, env=surroundings, stderr=side, stdout=subprocess.DEVNULL
    )
    os.close(side)
    shown = b""
    while chunk := _read(screen):  # a terminal that nobody reads holds whoever writes
        shown += chunk
    assert done.wait(120) == 0
    assert re.search(r"computing .*\d s", shown.decode())
    assert ESCAPES.sub("", shown.decode().rpartition("\x1b[2K")[2]).strip() == ""


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # the other side is closed
        return b""
