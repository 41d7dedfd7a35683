"""A warm call stands where its caller does: control groups, I/O priority, oom score."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import AF_UNIX, socket

import pytest

from tests.batch.test_workers import children, until
from tests.conftest import COMMAND, SAMPLES
from tests.warm.test_warm import name_of_socket, runtime, status
from updown_cli.warm import wire
from updown_cli.warm.standing import GROUP, IO, OOM, difference, refused, standing

__all__ = ["runtime"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells it")

# The class that is served when nobody else wants the disk.
IDLE = 3 << 13


@pytest.fixture
def group() -> Iterator[str]:
    """Return the path of a control group of our own, below the one that we are in."""
    for hierarchy, path in standing(os.getpid())[GROUP].items():
        for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", f"/sys/fs/cgroup/{hierarchy}"):
            made = Path(root + path, f"updown-{os.getpid()}")
            try:
                made.mkdir()
            except OSError:
                continue
            if (made / "cgroup.procs").exists():
                yield str(made)
                made.rmdir()
                return
            made.rmdir()
    pytest.skip("control groups may not be made here")


def enter_idle() -> None:
    assert ctypes.CDLL(None).syscall(251, 1, 0, IDLE) == 0


def enter_oom() -> None:
    Path("/proc/self/oom_score_adj").write_text("500")


def noted(runtime: str, enter: Callable[[], None], *more: str) -> str:
    """Run a call of a process that stands elsewhere, compare the two, and return what it tells."""
    data = (SAMPLES / "gray.png").read_bytes()
    with subprocess.Popen(
        [str(COMMAND), "pool", "-", "-o", "-", *more],
        env={**os.environ, "XDG_RUNTIME_DIR": runtime},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=enter,
    ) as run:
        worker = status(runtime)["pid"]
        until(lambda: status(runtime)["running"] == 1)  # whoever has tried it has ended
        until(lambda: any(standing(pid) == standing(run.pid) for pid in children(worker)))
        assert difference(standing(run.pid), standing(os.getpid()))
        stdout, stderr = run.communicate(data, timeout=60)
    assert (run.returncode, stdout[1:4]) == (0, b"PNG")
    return stderr.decode()


def test_a_call_has_the_oom_score_of_its_caller(runtime: str) -> None:
    told = "updown: note: the warm worker has taken on of this call: oom score\n"
    assert noted(runtime, enter_oom, "-v") == told
    assert noted(runtime, enter_oom) == ""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of the call is another")
def test_a_call_has_the_io_priority_of_its_caller(runtime: str) -> None:
    told = "updown: note: the warm worker has taken on of this call: I/O priority\n"
    assert noted(runtime, enter_idle, "-v") == told


def test_a_call_is_in_the_control_group_of_its_caller(runtime: str, group: str) -> None:
    def enter() -> None:
        Path(group, "cgroup.procs").write_text("0")

    told = "updown: note: the warm worker has taken on of this call: control group\n"
    assert noted(runtime, enter, "-v") == told


def test_what_cannot_be_joined_is_told_by_a_run_of_its_own(runtime: str) -> None:
    """A worker answers what it cannot take on."""
    with tempfile.TemporaryDirectory() as folder, socket(AF_UNIX) as listener:
        os.mkdir(f"{folder}/updown", 0o700)
        listener.bind(f"{folder}/updown/{name_of_socket(runtime)}")
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            wire.receive(connection)
            wire.send(connection, GROUP)
            connection.close()

        worker = threading.Thread(target=answer)
        worker.start()
        done = subprocess.run(
            [str(COMMAND), "pool", str(SAMPLES / "gray.png"), "-o", "out.png", "-v"],
            env={**os.environ, "XDG_RUNTIME_DIR": folder},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        worker.join()
    assert (done.returncode, done.stderr) == (
        0,
        "updown: note: not run by the warm worker, which cannot take on of this call: "
        "control group\n",
    )
    assert os.listdir() == ["out.png"]


@pytest.mark.parametrize(
    "wanted",
    [{GROUP: {"": "/nowhere"}}, {GROUP: {"nothing": "/"}}, {OOM: "5000"}, {IO: 7 << 13}],
)
def test_what_cannot_be_taken_is_refused(wanted: dict[str, object]) -> None:
    assert refused({OOM: standing(os.getpid())[OOM], **wanted}) == next(iter(wanted))


def test_what_is_had_already_is_not_taken() -> None:
    own = standing(os.getpid())
    assert difference(own, own) == {}
    assert difference({**own, OOM: "7"}, own) == {OOM: "7"}
    assert refused(own) is None
