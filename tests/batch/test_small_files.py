"""Small files that would take much memory, in every place of a command line, each measured."""

from __future__ import annotations

import os
import time

import pytest

from tests.conftest import noise, picture
from tests.measured import MEBIBYTES, needs_proc, run_of, usual_peak
from tests.small_files import FILES, IN_STREAMS, in_streams, small_files

NEARLY_EMPTY = "nearly empty, and takes far more memory than its bytes"


@pytest.fixture(autouse=True)
def _a_picture() -> None:
    picture("a.png", noise(40, 40))


def check_cheap(code: int, arguments: list[str], *, stdin: str = os.devnull) -> list[str]:
    """Run a command that must fail so, at once, in little memory; return what it says."""
    before = sorted(os.listdir())
    found, lines, _, peak = run_of(*arguments, stdin=stdin)
    assert found == code
    assert peak < usual_peak(computes=True) + MEBIBYTES
    assert sorted(set(os.listdir()) - {"usual.png", "usual-out.png"}) == before
    return lines


@needs_proc
@pytest.mark.parametrize("name", FILES)
def test_a_small_file_takes_little_memory(name: str) -> None:
    said = small_files(name)
    (line,) = check_cheap(1, ["pool", "-k", "1", name, "-o", "out.npy"])
    assert line == f"updown: {name}: {said}"


@needs_proc
@pytest.mark.parametrize("name", ["kernel.npy", "kernel.npz", "kernel.safetensors"])
def test_a_kernel_that_is_nearly_empty_is_refused(name: str) -> None:
    small_files(name)
    (line,) = check_cheap(2, ["conv", "--kernel", name, "-p", "same", "a.png", "-o", "out.npy"])
    assert line == f"updown: --kernel {name}: {NEARLY_EMPTY}"


@needs_proc
@pytest.mark.parametrize("name", ["indices.npz", "indices.npy"])
def test_positions_of_another_picture_are_refused_before_they_are_read(name: str) -> None:
    small_files(name)
    (line,) = check_cheap(1, ["unpool", "-k", "2", "--indices", name, "a.png", "-o", "out.npy"])
    assert line == (
        f"updown: a.png: {name}: 1x1x40x40 values, but the indices are for 1x1x131072x1024; "
        "take the indices that were saved with this image"
    )


@needs_proc
@pytest.mark.parametrize("size", ["65535", "20001"])
@pytest.mark.parametrize("mode", ["max", "avg", "median"])
def test_padding_is_planned_for(mode: str, size: str) -> None:
    """The window takes more than the picture: 65535 x 65535 values, most of them padding."""
    arguments = ["pool", "--mode", mode, "-k", size, "--padding", "same", "--max-memory", "256M"]
    (line,) = check_cheap(1, [*arguments, "a.png", "-o", "out.npy"])
    assert line.startswith("updown: a.png: would need ")
    assert line.endswith(" GiB, limit is 0.25 GiB (--max-memory)")


@needs_proc
def test_a_convolution_s_padding_is_planned_for() -> None:
    arguments = ["conv", "--kernel", "1 1; 1 1", "-p", "same", "--dilation", "59999"]
    (line,) = check_cheap(1, [*arguments, "--max-memory", "256M", "a.png", "-o", "out.npy"])
    assert line.startswith("updown: a.png: would need ")


@needs_proc
@pytest.mark.parametrize("name", IN_STREAMS)
def test_an_endless_stream_takes_little_memory(name: str) -> None:
    said = in_streams(name)
    began = time.monotonic()
    (line,) = check_cheap(1, ["pool", "-k", "1", "-", "-o", "out.npy"], stdin=name)
    assert line == f"updown: -: {said}"
    assert time.monotonic() - began < 60
