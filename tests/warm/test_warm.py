"""Calls that a warm worker runs, beside the same calls on their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import ignore_patterns
from typing import Any

import pytest

import updown_cli
from tests.cli.test_signals import LONG, on_terminal, shown_on, until
from tests.conftest import COMMAND, SAMPLES
from updown_cli import __version__
from updown_cli.warm.client import answer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

PACKAGE = Path(updown_cli.__file__).parent

Call = Callable[..., "subprocess.CompletedProcess[bytes]"]


# How often a worker is asked that may have much before it, on a machine that does other things.
ASKED = 30


def call(runtime: str, *arguments: object, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command where workers listen in a folder."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": runtime, **settings.pop("env", {})}
    command = [str(COMMAND), *map(str, arguments)]
    settings = {"stdin": subprocess.DEVNULL, "capture_output": True, **settings}
    return subprocess.run(command, env=environment, check=False, timeout=60, **settings)


def status(runtime: str) -> dict[str, Any]:
    """Return what the worker says of itself."""
    path = str(Path(runtime, "updown", name_of_socket(runtime)))
    for _ in range(ASKED):  # a client asks once, and is refused at once where many wait
        told = answer(path, "status")
        if told is not None:
            return told
        time.sleep(0.1)
    raise AssertionError("the worker does not answer")


@pytest.fixture(scope="module")
def runtime() -> Iterator[str]:
    """Start a worker for all tests, in a folder whose name is short enough for a socket."""
    with tempfile.TemporaryDirectory() as folder:
        started = call(folder, "warm", "start")
        assert (started.returncode, started.stderr) == (0, b"")
        yield folder
        call(folder, "warm", "stop")


@pytest.fixture
def served(runtime: str) -> Callable[[], int]:
    """Count the calls that the worker has run since the test began."""
    before = status(runtime)["calls"]
    return lambda: status(runtime)["calls"] - before


def in_bash(runtime: str, line: str, **variables: str) -> tuple[int, str, str, list[str]]:
    """Run a line in a fresh folder; return its exit code, what it printed, and what it left."""
    folder = Path(tempfile.mkdtemp(dir="."))
    for name in ("gray.png", "photo.png"):
        shutil.copy(SAMPLES / name, folder)
    environment = {**os.environ, "XDG_RUNTIME_DIR": runtime, **variables}
    environment["PATH"] = f"{COMMAND.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    left = [
        f"{path} {path.stat().st_mode:o} {hash(path.read_bytes()) if path.is_file() else ''}"
        for path in sorted(folder.rglob("*"))
    ]
    stripped = [name.removeprefix(str(folder)) for name in left]
    stdout, stderr = (text.replace(str(folder), "") for text in (done.stdout, done.stderr))
    return done.returncode, stdout, stderr, stripped


#: Lines, and the exit codes of what they run.
LINES = {
    "updown --version": 0,
    "updown nonsense": 2,
    "updown pool -k 0 gray.png": 2,
    "updown values gray.png --at 0,1,2 --debug": 0,
    "updown values - --at 0,1,2 < gray.png | cat": 0,
    "umask 027; updown pool *.png missing.png -j 2 -o out/a/ -q": 1,
    "updown pool - -o - < gray.png | cksum; exit ${PIPESTATUS[0]}": 0,
    "ulimit -f 1; updown values photo.png --set 0,0,0=1 -o out.png": 3,
    "updown values photo.png --set 0,0,0=1 -o gray.png": 2,
    "export UPDOWN_VALUES_IF_EXISTS=overwrite; updown values --set 0,0,0=1 *y.png -o photo.png": 0,
    "updown values <(cat gray.png) --at 0,1,2": 1,
    "mkdir x; cd x; rmdir ../x; updown values a.png --at 0,1,2; updown values": 2,
    "PYTHONIOENCODING=ascii updown values \u00e9.png --at 0,1,2": 1,
    "_UPDOWN_COMPLETE=bash_complete COMP_WORDS='updown po' COMP_CWORD=1 updown": 0,
    "updown --version >&-": 0,
    "updown pool --help > /dev/full": 3,
    "nice -n 5 updown --version": 0,
    "LC_ALL=xx updown nonsense 2>&1 >/dev/null": 2,
}


@pytest.mark.parametrize("line", LINES)
def test_a_warm_call_is_as_a_cold_one(runtime: str, line: str) -> None:
    warm = in_bash(runtime, line)
    assert warm == in_bash(runtime, line, UPDOWN_WARM="0")
    assert warm[0] == LINES[line]


def test_calls_are_run_by_the_worker(runtime: str, served: Callable[[], int]) -> None:
    call(runtime, "--version")
    call(runtime, "pool", "missing.png")
    assert served() == 2


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("UPDOWN_WARM=0 updown --version", 0),
        ("updown pool --debug --help", 0),
        ("UPDOWN_DEBUG=1 updown --version", 0),
        ("OMP_NUM_THREADS=3 updown --version", 0),
        ("ulimit -v 9000000; updown --version", 0),
        ("umask 000; updown --version", 1),
    ],
)
def test_what_a_worker_cannot_be_is_run_cold(
    runtime: str, served: Callable[[], int], line: str, count: int
) -> None:
    assert in_bash(runtime, line)[:1] == (0,)
    assert served() == count


def test_a_reader_that_leaves_ends_a_call(runtime: str) -> None:
    line = "(sleep 0.2; updown pool --help; echo $? >code) | true; sleep 0.5; cat code"
    assert in_bash(runtime, line)[:3] == (0, "141\n", "")


def test_a_terminal_is_one(runtime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    shown = []
    for switch in ("1", "0"):
        monkeypatch.setenv("UPDOWN_WARM", switch)
        with on_terminal(24, 100, "shapes", "pool", "--shape", "3x8x8") as (run, terminal):
            shown.append(shown_on(terminal))
            assert run.wait(30) == 0
    assert shown[0] == shown[1]
    assert b"\x1b" in shown[0]


@contextmanager
def waiting(runtime: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a call that the worker runs, and that waits for standard input."""
    command = [str(COMMAND), "pool", "-", "-o", "out.png", "-q"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": runtime}
    pipes = dict.fromkeys(("stdin", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, **pipes) as run:  # type: ignore[call-overload]
        until(lambda: status(runtime)["running"] == 1)
        yield run
    until(lambda: status(runtime)["running"] == 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_signals_end_a_call(runtime: str, number: signal.Signals) -> None:
    with waiting(runtime) as run:
        time.sleep(0.1)  # until it has handlers of its own
        run.send_signal(number)
        assert run.wait(10) == (-number if number == signal.SIGKILL else 128 + number)
        assert run.stderr is not None
        told = "interrupted: 0 of 1 done; run again with --if-exists skip to continue"
        sentence = "" if number == signal.SIGKILL else f"updown: {told}\n"
        assert run.stderr.read().decode() == sentence


def test_an_interrupted_computation_leaves_nothing(runtime: str) -> None:
    command = [str(COMMAND), *LONG, str(SAMPLES / "photo.png"), "-o", "out/"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": runtime}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as run:
        until(lambda: status(runtime)["running"] == 1)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        assert run.wait(10) == 130
    assert list(Path().rglob("*")) in ([], [Path("out")])


def test_a_call_that_is_stopped_goes_on_when_it_is_continued(runtime: str) -> None:
    with waiting(runtime) as run:
        run.send_signal(signal.SIGTSTP)
        _, found = os.waitpid(run.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(found)
        run.send_signal(signal.SIGCONT)
        run.communicate((SAMPLES / "gray.png").read_bytes(), timeout=10)
    assert run.returncode == 0
    assert os.path.exists("out.png")


def test_what_kills_a_call_kills_its_caller(runtime: str) -> None:
    worker = status(runtime)["pid"]
    with waiting(runtime) as run:
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGSEGV)
        assert run.wait(10) == -signal.SIGSEGV


def test_the_worker_has_one_thread(runtime: str) -> None:
    call(runtime, "--version")
    assert len(os.listdir(f"/proc/{status(runtime)['pid']}/task")) == 1


def test_a_second_start_finds_the_worker(runtime: str) -> None:
    again = call(runtime, "warm", "start")
    told = f"worker {status(runtime)['pid']} is already running\n"
    assert (again.returncode, again.stdout.decode()) == (0, told)


def test_another_version_is_run_cold(runtime: str, served: Callable[[], int]) -> None:
    script = (
        "import updown_cli; updown_cli.__version__ = '9'\n"
        "from updown_cli.__main__ import command; command()"
    )
    python = str(COMMAND.with_name("python"))
    done = subprocess.run(
        [python, "-c", script, "--version"],
        env={**os.environ, "XDG_RUNTIME_DIR": runtime},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"updown 9\n", b"")
    assert served() == 0


def test_a_worker_of_files_that_have_changed_or_of_lower_priority_is_not_used(empty: Path) -> None:
    """A worker of a copy, 5 nicer than this process, whose copy is then written anew."""
    shutil.copytree(PACKAGE, empty / "copy" / PACKAGE.name, ignore=ignore_patterns("*.pyc"))
    script = (
        f"import sys; sys.path.insert(0, {str(empty / 'copy')!r}); sys.argv[0] = 'updown'\n"
        "from updown_cli.__main__ import command; command()"
    )

    def of_copy(*arguments: str, nice: int = 0) -> tuple[int, bytes]:
        command = ["nice", "-n", str(nice), str(COMMAND.with_name("python")), "-c", script]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(empty)}
        done = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, check=False
        )
        return done.returncode, done.stdout

    def count() -> int:
        return int(json.loads(of_copy("warm", "status", "--json")[1])["calls"])

    version = (0, f"updown {__version__}\n".encode())
    assert of_copy("warm", "start", nice=5)[0] == 0
    assert (of_copy("--version"), count()) == (version, 0)
    assert (of_copy("--version", nice=5), count()) == (version, 1)
    os.utime(empty / "copy" / PACKAGE.name / "errors.py", (1, 1))
    assert of_copy("--version", nice=5) == version
    until(lambda: not [path for path in (empty / "updown").iterdir() if path.is_socket()])


@pytest.fixture
def empty() -> Iterator[Path]:
    """Return a folder where no worker listens, whose name is short."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def name_of_socket(runtime: str) -> str:
    [name] = [path.name for path in Path(runtime, "updown").iterdir() if path.is_socket()]
    return name


def is_cold_and_silent(runtime: Path) -> bool:
    done = call(str(runtime), "--version")
    return (done.returncode, done.stdout, done.stderr) == (
        0,
        f"updown {__version__}\n".encode(),
        b"",
    )


@pytest.mark.parametrize("answers", [False, True], ids=["stale", "mute"])
def test_a_socket_where_nobody_answers_is_passed_over(
    runtime: str, empty: Path, answers: bool
) -> None:
    (empty / "updown").mkdir(0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(empty / "updown" / name_of_socket(runtime)))
        if answers:
            listener.listen()
        assert is_cold_and_silent(empty)


@pytest.mark.parametrize("mode", [0o755, 0o701])
def test_a_folder_that_others_can_enter_is_not_trusted(
    runtime: str, empty: Path, mode: int
) -> None:
    worker = Path(runtime, "updown")
    worker.chmod(mode)
    try:
        before = call(runtime, "warm", "status")
        assert is_cold_and_silent(Path(runtime))
        refused = call(runtime, "warm", "start")
    finally:
        worker.chmod(0o700)
    assert (before.returncode, before.stdout) == (1, b"no worker is running\n")
    assert (refused.returncode, refused.stderr.decode()) == (
        3,
        f"updown: {worker}: is not a folder that only you can enter; "
        "change its mode to 700, or set XDG_RUNTIME_DIR\n",
    )


def test_links_are_not_followed(runtime: str, empty: Path, served: Callable[[], int]) -> None:
    (empty / "updown").symlink_to(Path(runtime, "updown"))
    assert is_cold_and_silent(empty)
    assert call(str(empty), "warm", "start").returncode == 3
    (empty / "updown").unlink()
    (empty / "updown").mkdir(0o700)
    name = name_of_socket(runtime)
    (empty / "updown" / name).symlink_to(Path(runtime, "updown", name))
    assert is_cold_and_silent(empty)
    assert served() == 0


def test_a_worker_replaces_a_planted_link_stops_and_leaves_no_socket(
    runtime: str, empty: Path
) -> None:
    victim = empty / "victim"
    victim.write_bytes(b"kept")
    (empty / "updown").mkdir(0o700)
    (empty / "updown" / name_of_socket(runtime)).symlink_to(victim)
    assert call(str(empty), "warm", "start", "--idle", "30").returncode == 0
    told = json.loads(call(str(empty), "warm", "status", "--json").stdout)
    assert (told["warm"], told["version"], told["calls"], told["idle"]) == (
        True,
        __version__,
        0,
        30,
    )
    stopped = call(str(empty), "warm", "stop")
    assert stopped.stdout.decode() == f"worker {told['pid']} stopped\n"
    until(lambda: not os.path.exists(f"/proc/{told['pid']}"))
    assert [path for path in (empty / "updown").iterdir() if path.is_socket()] == []
    assert victim.read_bytes() == b"kept"
    assert call(str(empty), "warm", "status").returncode == 1


def test_an_idle_worker_ends(empty: Path) -> None:
    script = "from updown_cli.warm import daemon; daemon.start_worker(lambda: None, lambda: 0, 0.1)"
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(empty)}
    subprocess.run([COMMAND.with_name("python"), "-c", script], env=environment, check=True)
    assert [path.name for path in (empty / "updown").iterdir()]
    until(lambda: not [path for path in (empty / "updown").iterdir() if path.is_socket()])
