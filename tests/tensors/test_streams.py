"""Standard input that waits and that does not, in pieces, and without an end."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import COMMAND, noise, picture, pixels
from updown_cli.errors import InputError
from updown_cli.tensors.streams import read_to_end


def fed(data: bytes, pieces: int, *arguments: str, blocking: bool) -> subprocess.Popen[bytes]:
    """Start the command with a pipe that gets its bytes in pieces, some time apart."""
    reader, writer = os.pipe()
    os.set_blocking(reader, blocking)

    def feed() -> None:
        size = -(-len(data) // pieces)
        for start in range(0, len(data), size):
            time.sleep(0.1)
            os.write(writer, data[start : start + size])
        os.close(writer)

    threading.Thread(target=feed).start()
    command = [str(COMMAND), *arguments]
    started = subprocess.Popen(
        command, stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE, close_fds=True
    )
    os.close(reader)
    return started


@pytest.mark.parametrize("blocking", [True, False])
def test_a_picture_comes_through_a_pipe_in_pieces(blocking: bool) -> None:
    values = noise(4, 6, 3)
    picture("a.png", values)
    arguments = ("pool", "-k", "1", "-", "-o", "y.png")
    done = fed(Path("a.png").read_bytes(), 4, *arguments, blocking=blocking)
    assert done.communicate(timeout=120)[1] == b""
    assert done.returncode == 0
    assert (pixels("y.png") == values).all()


@pytest.mark.parametrize("blocking", [True, False])
def test_a_list_comes_through_a_pipe_in_pieces(blocking: bool) -> None:
    for name in ("a.png", "b.png"):
        picture(name, noise(4, 6))
    arguments = ("shapes", "pool", "--files-from", "-", "--json")
    done = fed(b"a.png\nb.png\n", 4, *arguments, blocking=blocking)
    assert done.communicate(timeout=120)[1] == b""
    assert done.returncode == 0


def test_an_endless_stream_is_refused() -> None:
    with open("/dev/zero", "rb") as stream, pytest.raises(InputError) as refused:
        read_to_end(stream, 5 << 20, "more than 5 MB")
    assert (str(refused.value), refused.value.code) == ("more than 5 MB", "too_large")


def test_standard_input_that_can_only_be_written_is_refused() -> None:
    command = [str(COMMAND), "pool", "-", "-o", "y.png"]
    with open("written", "wb") as stdin:
        done = subprocess.run(command, stdin=stdin, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (1, b"updown: -: cannot be read\n")
