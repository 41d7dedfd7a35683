"""Every way in which a run ends early: signals, closed streams, full disks, odd terminals."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COMMAND, noise, picture, pixels

DEADLINE = 30.0

# Seconds that a signalled run may take to end.
PROMPT = 2.0

# About 0.15 s an image of 300 x 300.
MEDIAN = ("pool", "--mode", "median", "-k", "15", "-s", "1")

# About 8 s for an image of 450 x 450.
LONG = ("deconv", "--kernel", "box", "--kernel-size", "255")

HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"

JOBS = ("1", "2")


def until(fact: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + DEADLINE
    while not fact():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def alive(group: int) -> list[int]:
    """Return the processes of a group of which a thread has not ended: it may hold open files."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group, *_ = path.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                found.add(int(path.parents[2].name))
    return sorted(found)


def has_mapped(pid: int, library: str) -> bool:
    """Whether a process has begun to load a library."""
    return library in Path(f"/proc/{pid}/maps").read_text()


@contextmanager
def started(*arguments: object, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start the installed command in a group of its own; kill what is left of it at the end."""
    command = [str(argument) for argument in (COMMAND, *arguments)]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    settings = {"stdin": subprocess.DEVNULL, **pipes, **settings}
    with subprocess.Popen(command, start_new_session=True, **settings) as run:
        try:
            yield run
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


def end_of(run: subprocess.Popen[bytes]) -> tuple[int, str, float]:
    """Return exit code, standard error, and the seconds that it took from now on."""
    began = time.monotonic()
    _, stderr = run.communicate(timeout=DEADLINE)
    return run.returncode, stderr.decode(), time.monotonic() - began


def written(folder: str) -> list[str]:
    """Return the results in a folder, and whatever else is there."""
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def pictures(count: int, side: int) -> list[str]:
    """Write a folder of equal pictures and return their names."""
    os.mkdir("in")
    names = [f"{number:02}.png" for number in range(count)]
    for name in names:
        picture(f"in/{name}", noise(side, side))
    return names


def temporaries() -> list[str]:
    """Return the unfinished files among the results."""
    return [name for name in written("out") if name.startswith(".updown-")]


def holds(count: int) -> bool:
    """Whether there are at least so many results that have their names."""
    return sum(not name.startswith(".updown-") for name in written("out")) >= count


def in_bash(command: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, without standard input."""
    return subprocess.run(
        ["bash", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )


def are_whole(names: list[str]) -> bool:
    """Whether these results of equal pictures are equal pictures."""
    found = [Path("out", name) for name in names]
    return (
        len({path.read_bytes() for path in found})
        == 1
        == len({pixels(path).shape for path in found})
    )


# Signals


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_batch_at_once_and_cleanly(
    jobs: str, number: signal.Signals, code: int
) -> None:
    names = pictures(40, 300)
    with started(*MEDIAN, "in", "-o", "out", "-j", jobs) as run:
        until(lambda: holds(2))
        run.send_signal(number)
        returned, stderr, seconds = end_of(run)
        assert alive(run.pid) == []
    told = re.fullmatch(
        r"updown: interrupted: (\d+) of 40 done; run again with --if-exists skip to continue\n",
        stderr,
    )
    assert returned == code
    assert told, stderr
    assert seconds < PROMPT
    assert int(told[1]) <= len(written("out")) <= int(told[1]) + int(jobs)
    assert set(written("out")) < set(names)
    assert are_whole(written("out"))


@pytest.mark.parametrize("jobs", JOBS)
def test_an_impatient_user_changes_nothing(jobs: str) -> None:
    names = pictures(40, 300)
    with started(*MEDIAN, "in", "-o", "out", "-j", jobs) as run:
        until(lambda: holds(2))
        began = time.monotonic()
        while run.poll() is None:
            run.send_signal(signal.SIGINT)
            time.sleep(0.001)
        seconds = time.monotonic() - began
        returned, stderr, _ = end_of(run)
        assert alive(run.pid) == []
    assert (returned, seconds < PROMPT) == (130, True)
    assert re.fullmatch(r"updown: interrupted: \d+ of 40 done; [^\n]*\n", stderr), stderr
    assert set(written("out")) < set(names)
    assert are_whole(written("out"))


@pytest.mark.parametrize("jobs", JOBS)
def test_two_signals_at_the_same_moment_end_a_batch_quietly(jobs: str) -> None:
    pictures(40, 300)
    with started(*MEDIAN, "in", "-o", "out", "-j", jobs) as run:
        until(lambda: holds(2))
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            run.send_signal(number)
        returned, stderr, _ = end_of(run)
    assert returned == 130
    assert re.fullmatch(r"updown: interrupted: [^\n]*\n", stderr), stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_names_no_file_as_lost(number: signal.Signals) -> None:
    names = pictures(40, 300)
    with started(*MEDIAN, "in", "-o", "out", "-j", "2") as run:
        until(lambda: holds(2))
        os.killpg(run.pid, number)
        returned, stderr, seconds = end_of(run)
        assert alive(run.pid) == []
    assert (returned, seconds < PROMPT) == (128 + number, True)
    assert re.fullmatch(r"updown: interrupted: [^\n]*\n", stderr), stderr
    assert set(written("out")) < set(names)
    assert are_whole(written("out"))


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("library", ["_multiarray_umath", "libtorch_cpu", "libtorch_python"])
def test_an_interrupt_while_numpy_or_torch_is_imported_ends_the_run(
    library: str, jobs: str
) -> None:
    pictures(2, 4)
    with started("pool", "in", "-o", "out", "-j", jobs) as run:
        until(lambda: has_mapped(run.pid, library))
        run.send_signal(signal.SIGINT)
        returned, stderr, seconds = end_of(run)
    assert (returned, stderr) == (
        130,
        "updown: interrupted: 0 of 2 done; run again with --if-exists skip to continue\n",
    )
    assert seconds < PROMPT
    assert written("out") == []


# The command, which gets a signal as it removes what has its name already.
WHILE_REMOVING = """
import os, signal, sys
from updown_cli.stores import hidden_files
unlink = hidden_files._unlink
def hang_up(path):
    hidden_files._unlink = unlink
    os.kill(os.getpid(), signal.SIGHUP)
    unlink(path)
hidden_files._unlink = hang_up
from updown_cli.cli.entry import run
sys.exit(run())
"""


def test_a_signal_while_a_hidden_file_is_removed_leaves_none() -> None:
    pictures(2, 4)
    command = [str(COMMAND.with_name("python")), "-c", WHILE_REMOVING, "pool", "in", "-o", "out"]
    done = subprocess.run(
        [*command, "-j", "1"], capture_output=True, text=True, check=False, timeout=DEADLINE
    )
    assert (done.returncode, written("out")) == (129, ["00.png"])
    assert done.stderr.startswith("updown: interrupted: 0 of 2 done;")


KILLING = "import os, signal, weakref\ndef end(*_): os.kill(os.getpid(), signal.SIGTERM)\n"

# Code in which Python wraps, swallows or prints what a signal raises.
WRAPS = "class Field: __set_name__ = end\nclass Owner: field = Field()"
SWALLOWS = "try: end()\nexcept BaseException: pass"
IN_A_CALLBACK = "class Thing: pass\nthing = Thing()\nreference = weakref.ref(thing, end)\ndel thing"


def end_by_signal(code: str) -> subprocess.CompletedProcess[str]:
    """Run code that is to end by a signal, which removes what is unfinished before."""
    start = (
        "import time\nfrom updown_cli.cli import signals\nsignals.install()\n"
        "signals.at_last.append(lambda: print('removed', flush=True))\n"
        f"{code}\ntime.sleep(10)\nprint('went on')"
    )
    command = [str(COMMAND.with_name("python")), "-c", start]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)


@pytest.mark.parametrize("code", [WRAPS, SWALLOWS, IN_A_CALLBACK])
def test_a_signal_while_any_module_is_imported_ends_the_run_without_a_trace(code: str) -> None:
    Path("slow.py").write_text(KILLING + code)
    done = end_by_signal("import slow")
    assert (done.returncode, done.stdout, done.stderr) == (143, "removed\n", "")


def test_a_signal_in_a_destructor_ends_the_run_without_a_trace() -> None:
    done = end_by_signal(KILLING + IN_A_CALLBACK)
    assert (done.returncode, done.stdout, done.stderr) == (143, "removed\n", "")


def test_other_failures_of_destructors_are_told() -> None:
    code = "class Thing:\n    def __del__(self): raise ValueError('of its own')\nThing()"
    start = f"from updown_cli.cli import signals\nsignals.install()\n{code}"
    command = [str(COMMAND.with_name("python")), "-c", start]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE)
    assert "ValueError: of its own" in done.stderr


def test_an_interrupt_0_3_seconds_after_the_start_ends_the_run() -> None:
    pictures(2, 4)
    with started("pool", "in", "-o", "out") as run:
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        returned, stderr, seconds = end_of(run)
    assert returned == 130
    assert re.fullmatch(r"(updown: interrupted: 0 of 2 done; [^\n]*\n)?", stderr), stderr
    assert seconds < PROMPT


@contextmanager
def long_computation(*options: str, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run that has done one image and is in the long computation of a second."""
    os.mkdir("in")
    picture("in/a.png", noise(4, 4))
    picture("in/b.png", noise(450, 450))
    with started(*LONG, "in", "-o", "out", "-j", "1", *options, **settings) as run:
        until(lambda: written("out") == ["a.png"])
        time.sleep(0.1)
        yield run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_long_computation_in_time(number: signal.Signals) -> None:
    with long_computation() as run:
        run.send_signal(number)
        returned, _, seconds = end_of(run)
    assert returned == 128 + number
    assert seconds < PROMPT
    assert written("out") == ["a.png"]


def test_an_interrupted_long_computation_tells_what_was_done() -> None:
    with long_computation() as run:
        run.send_signal(signal.SIGINT)
        _, stderr, _ = end_of(run)
    assert stderr == (
        "updown: interrupted: 1 of 2 done; run again with --if-exists skip to continue\n"
    )


def test_an_interrupt_ends_the_long_computation_of_a_single_image() -> None:
    picture("a.png", noise(450, 450))
    with started(*LONG, "a.png", "-o", "b.png") as run:
        until(lambda: has_mapped(run.pid, "libtorch_python"))
        time.sleep(1.0)  # the rest of the import
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
        returned, _, seconds = end_of(run)
    assert (returned, seconds < PROMPT) == (130, True)
    assert os.listdir() == ["a.png"]


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("name", ["HUP", "INT"])
def test_a_signal_that_is_ignored_from_the_start_stays_ignored(name: str, jobs: str) -> None:
    names = pictures(6, 300)
    command = f"trap '' {name}; exec {COMMAND} {' '.join(MEDIAN)} in -o out -j {jobs}"
    with subprocess.Popen(
        ["bash", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        until(lambda: len(written("out")) >= 1)
        os.killpg(run.pid, signal.Signals[f"SIG{name}"])
        returned, stderr, _ = end_of(run)
    assert (returned, stderr) == (0, "updown: 6 done, 0 skipped, 0 failed\n")
    assert written("out") == names


def test_nohup_keeps_a_run_alive() -> None:
    names = pictures(6, 300)
    with subprocess.Popen(
        ["nohup", COMMAND, *MEDIAN, "in", "-o", "out", "-j", "2"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        until(lambda: len(written("out")) >= 1)
        run.send_signal(signal.SIGHUP)
        assert end_of(run)[0] == 0
    assert written("out") == names


def kill_at(run: subprocess.Popen[bytes], fact: Callable[[], bool], delay: float) -> None:
    """Kill the command, not its workers, some time after something became true."""
    end = time.monotonic() + DEADLINE
    while not fact():  # without a pause: a temporary file lives for a millisecond
        assert run.poll() is None
        assert time.monotonic() < end
    time.sleep(delay)
    run.kill()
    run.wait()
    until(lambda: alive(run.pid) == [])


@pytest.mark.parametrize("jobs", JOBS)
def test_a_killed_run_is_finished_by_the_next(jobs: str) -> None:
    names = pictures(60, 120)
    command = (*MEDIAN, "in", "-o", "out", "-j", jobs, "--if-exists", "skip")
    moments = random.Random(0)
    for kill in range(3):
        enough = len(written("out")) + 5
        with started(*command) as run:
            if kill == 1:
                kill_at(run, lambda: temporaries() != [], 0.0)
            else:
                kill_at(run, partial(holds, enough), moments.uniform(0, 0.1))
        assert are_whole([name for name in written("out") if name in names])
    with started(*command) as run:
        assert end_of(run)[0] == 0
    assert written("out") == names
    assert are_whole(names)
    assert sorted(os.listdir()) == ["in", "out"]


# Standard streams


@pytest.mark.parametrize("jobs", JOBS)
def test_a_reader_that_leaves_ends_a_batch_quietly(jobs: str) -> None:
    names = pictures(40, 20)
    with started("pool", "--json", "in", "-o", "out", "-j", jobs) as run:
        assert run.stdout is not None
        run.stdout.close()
        run.stdout = None
        returned, stderr, _ = end_of(run)
        assert alive(run.pid) == []
    assert (returned, stderr) == (141, "")
    assert 1 <= len(written("out")) < 10
    assert set(written("out")) < set(names)


@pytest.mark.parametrize("jobs", JOBS)
def test_a_reader_that_leaves_before_the_table_ends_a_batch_quietly(jobs: str) -> None:
    names = pictures(4, 20)
    with started("pool", "in", "-o", "out", "-j", jobs) as run:
        assert run.stdout is not None
        run.stdout.close()
        run.stdout = None
        returned, stderr, _ = end_of(run)
    assert returned == 141
    assert stderr in ("", "updown: 4 done, 0 skipped, 0 failed\n")
    assert written("out") == names


@pytest.mark.parametrize(
    "arguments",
    [
        "pool in/00.png -o -",
        "pool in/00.png -o out.png",
        "pool --json in -o out -j 1",
        "pool --json in -o out -j 2",
        "--version",
        "pool --help",
        "completion bash",
    ],
)
def test_a_full_standard_output_is_told(arguments: str) -> None:
    pictures(3, 4)
    done = in_bash(f"{COMMAND} {arguments} >/dev/full")
    assert (done.returncode, done.stderr) == (
        3,
        "updown: standard output: no space left on device\n",
    )


@pytest.mark.parametrize(
    ("closed", "jobs"),
    [
        ("<&-", "2"),
        (">&-", "2"),
        ("2>&-", "2"),
        ("<&- >&-", "2"),
        ("<&- >&- 2>&-", "2"),
        ("<&- >&- 2>&-", "1"),
    ],
)
def test_closed_streams_change_nothing(closed: str, jobs: str) -> None:
    names = pictures(3, 4)
    done = in_bash(f"{COMMAND} pool in -o out -j {jobs} {closed}")
    assert (done.returncode, written("out")) == (0, names)
    assert are_whole(names)
    assert done.stderr in ("", "updown: 3 done, 0 skipped, 0 failed\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_failure_with_closed_streams_has_its_code(closed: str) -> None:
    names = pictures(2, 4)
    Path("in/bad.png").write_bytes(b"\x89PNG")
    done = in_bash(f"{COMMAND} pool in missing.png -o out {closed}")
    assert (done.returncode, written("out")) == (1, names)
    assert are_whole(names)
    assert "Traceback" not in done.stderr


def test_closed_standard_input_is_empty_input() -> None:
    done = in_bash(f"{COMMAND} pool - -o out.png <&-")
    assert (done.returncode, done.stderr) == (1, "updown: -: empty file\n")


def test_a_full_standard_error_does_not_stop_a_batch() -> None:
    names = pictures(2, 4)
    done = in_bash(f"{COMMAND} pool missing.png in -o out 2>/dev/full")
    assert done.returncode in (1, 3)
    assert written("out") == names


# Disks, folders, and files that go away


@pytest.fixture
def _tiny_disk() -> Iterator[None]:
    """Mount 64 KiB as the folder `out`."""
    os.mkdir("out")
    where = os.path.abspath("out")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", where]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode != 0:
        pytest.skip(f"mounting is not permitted: {done.stderr.strip()}")
    yield
    subprocess.run(["umount", where], check=True)


@pytest.mark.usefixtures("_tiny_disk")
@pytest.mark.parametrize("jobs", JOBS)
def test_a_full_disk_stops_the_run_with_whole_files(jobs: str) -> None:
    pictures(40, 100)
    with started("pool", "-k", "1", "in", "-o", "out", "-j", jobs) as run:
        returned, stderr, _ = end_of(run)
    found = written("out")
    failure, total = stderr.splitlines()  # why it ended, then how far it came
    assert returned == 3
    assert re.fullmatch(r"updown: out/\d\d\.png: no space left on device", failure)
    assert re.fullmatch(r"updown: \d+ done, 0 skipped, 0 failed", total)
    assert 1 <= len(found) < 10
    assert temporaries() == []
    assert are_whole(found)


@pytest.mark.usefixtures("_tiny_disk")
def test_a_full_disk_keeps_the_old_file() -> None:
    pictures(1, 300)
    Path("out/00.png").write_bytes(b"old")
    with started("pool", "-k", "1", "in", "-o", "out", "--if-exists", "overwrite") as run:
        returned, stderr, _ = end_of(run)
    assert (returned, stderr) == (3, "updown: out/00.png: no space left on device\n")
    assert (written("out"), Path("out/00.png").read_bytes()) == (["00.png"], b"old")


@pytest.mark.parametrize("jobs", JOBS)
def test_a_limit_on_the_size_of_files_keeps_the_old_ones(jobs: str) -> None:
    pictures(3, 100)
    os.mkdir("out")
    Path("out/00.png").write_bytes(b"old")
    limited = f"ulimit -f 1; exec {COMMAND} pool -k 1 in -o out --if-exists overwrite -j {jobs}"
    done = in_bash(limited)
    assert done.returncode == 3
    assert re.fullmatch(
        r"updown: out/0[012]\.png: file too large for its file system\n", done.stderr
    )
    assert (written("out"), Path("out/00.png").read_bytes()) == (["00.png"], b"old")


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None,
    reason="root may write into read-only folders, and there is no setpriv to forbid it",
)
@pytest.mark.parametrize("jobs", JOBS)
def test_a_read_only_folder_is_told(jobs: str) -> None:
    pictures(2, 4)
    os.mkdir("out", 0o555)
    without_rights = "setpriv --bounding-set=-dac_override" if os.geteuid() == 0 else ""
    done = in_bash(f"{without_rights} {COMMAND} pool in -o out -j {jobs}")
    assert done.returncode == 3
    assert re.fullmatch(r"updown: out/0[01]\.png: permission denied\n", done.stderr)
    assert written("out") == []


@pytest.mark.parametrize("jobs", JOBS)
def test_a_source_that_vanishes_before_its_turn_is_named(jobs: str) -> None:
    names = pictures(4, 4)
    with started("pool", "in", "-o", "out", "-j", jobs) as run:
        until(lambda: has_mapped(run.pid, "libtorch_cpu"))  # the plan is made
        os.unlink("in/03.png")
        returned, stderr, _ = end_of(run)
    assert (returned, stderr) == (
        1,
        "updown: in/03.png: no such file\nupdown: 3 done, 0 skipped, 1 failed\n",
    )
    assert written("out") == names[:3]


# Terminals and languages


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize(
    ("settings", "escaped"),
    [
        ({}, rb"\xe9"),
        ({"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, rb"\xc3\xa9"),
    ],
    ids=["C", "C without UTF-8"],
)
def test_names_beyond_ascii_work_where_streams_are_ascii(
    settings: dict[str, str], escaped: bytes, jobs: str
) -> None:
    names = ["\u00e9.png", "\u65e5\u672c.png", os.fsdecode(b"\xff.png")]
    os.mkdir("in")
    picture("in/a.png", noise(4, 4))
    os.link("in/a.png", f"in/{names[0]}")
    os.link("in/a.png", f"in/{names[1]}")
    os.rename("in/a.png", f"in/{names[2]}")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", **settings}
    with started("pool", "in", "no-\u00e9.png", "-o", "out", "-j", jobs, env=environment) as run:
        stdout, stderr = run.communicate(timeout=DEADLINE)
    assert run.returncode == 1
    assert stderr == (
        b"updown: no-" + escaped + b".png: no such file\nupdown: 3 done, 0 skipped, 1 failed\n"
    )
    assert b"in/" + escaped + b".png -> out/" + escaped + b".png" in stdout
    assert written("out") == sorted(names)


@pytest.mark.parametrize("option", ["--json", "--verbose"])
def test_nothing_is_coloured_off_a_terminal(option: str) -> None:
    pictures(2, 4)
    picture("in/\x1b[31mred.png", noise(4, 4))
    Path("in/\x1b[2Jbad.png").write_bytes(b"\x89PNG")
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("FORCE_COLOR", None)
    with started("pool", option, "in", "no\x1b[0m.png", "-o", "out", env=environment) as run:
        stdout, stderr = run.communicate(timeout=DEADLINE)
    assert run.returncode == 1
    assert (stdout.count(b"\x1b"), stderr.count(b"\x1b")) == (0, 0)
    assert b"updown: no\\x1b[0m.png: matches no file\n" in stderr


@contextmanager
def on_terminal(
    rows: int, columns: int, *arguments: object
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the command on a terminal that it controls; yield it and the terminal's other end."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "UPDOWN_PROGRESS": "1"}
    environment = {k: v for k, v in environment.items() if k not in ("COLUMNS", "LINES")}
    command = ["setsid", "--ctty", COMMAND, *map(str, arguments)]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    with subprocess.Popen(command, env=environment, **streams) as run:  # type: ignore[call-overload]
        os.close(theirs)
        try:
            yield run, ours
        finally:
            run.kill()
            os.close(ours)


def shown_on(terminal: int) -> bytes:
    """Return all that is written on a terminal until nobody holds it."""
    shown = b""
    end = time.monotonic() + DEADLINE
    while select.select([terminal], [], [], max(end - time.monotonic(), 0))[0]:
        try:
            shown += os.read(terminal, 1 << 16)
        except OSError:  # how Linux tells that the other side was closed
            return shown
    raise AssertionError("waited in vain")


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (2, 8), (0, 0)])
def test_a_terminal_of_any_size_has_its_cursor_back(rows: int, columns: int, jobs: str) -> None:
    names = pictures(3, 300)
    with on_terminal(rows, columns, *MEDIAN, "in", "-o", "out", "-j", jobs) as (run, terminal):
        shown = shown_on(terminal)
        assert run.wait(DEADLINE) == 0
    assert written("out") == names
    assert 0 <= shown.rfind(HIDE_CURSOR) < shown.rfind(SHOW_CURSOR)
    assert b"Traceback" not in shown


@pytest.mark.parametrize("jobs", JOBS)
def test_control_c_gives_the_cursor_back(jobs: str) -> None:
    names = pictures(40, 300)
    with on_terminal(24, 80, *MEDIAN, "in", "-o", "out", "-j", jobs) as (run, terminal):
        until(lambda: holds(2))
        os.write(terminal, b"\x03")
        shown = shown_on(terminal)
        assert run.wait(DEADLINE) == 130
    assert 0 <= shown.rfind(HIDE_CURSOR) < shown.rfind(SHOW_CURSOR)
    assert re.search(rb"updown: interrupted: \d+ of 40 done; run again", shown)
    assert set(written("out")) < set(names)


def test_control_c_in_a_long_computation_gives_the_cursor_back() -> None:
    os.mkdir("in")
    picture("in/a.png", noise(4, 4))
    picture("in/b.png", noise(450, 450))
    with on_terminal(24, 80, *LONG, "in", "-o", "out", "-j", "1") as (run, terminal):
        until(lambda: written("out") == ["a.png"])
        time.sleep(0.1)
        os.write(terminal, b"\x03")
        shown = shown_on(terminal)
        assert run.wait(DEADLINE) == 130
    assert 0 <= shown.rfind(HIDE_CURSOR) < shown.rfind(SHOW_CURSOR)
