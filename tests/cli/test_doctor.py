"""`updown doctor`: what it prints, how it ends, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.test_picture_bar import Terminal
from tests.conftest import COMMAND, Updown
from tests.doctor.scripts import HALF, script
from updown_cli.cli import picture_bar
from updown_cli.doctor.command import CommandLine
from updown_cli.doctor.limits import NAMES

#: The module, whose name in its package is the command's.
doctor_command: Any = import_module("updown_cli.cli.doctor")

HALVED = ("--op", "upsample --mode bilinear --antialias --scale-factor 0.5", "--size", "96x128")
SHIFTED = ("--op", "upsample --mode bilinear --coordinates asymmetric --scale-factor 2")
SHIFTED_SMALL = (*SHIFTED, "--size", "96x128")


def test_the_table_tells_every_measure_within_80_columns(updown: Updown) -> None:
    done = updown("doctor", *HALVED)
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) < 80
    assert lines[0] == f"{HALVED[1]}: 96x128 becomes 48x64"
    assert lines[2] == "measure      value      limit verdict"
    assert tuple(line.split()[0] for line in lines[3 : 3 + len(NAMES)]) == NAMES
    assert lines[3].split() == ["shift", "0.00", "px", "0.05", "px", "good"]
    assert lines[-1] == "no faults"


def test_a_fault_is_told_with_what_it_means_and_what_mends_it(updown: Updown) -> None:
    done = updown("doctor", *SHIFTED_SMALL)
    assert done.code == 1
    assert done.stdout.split("\n\nBy design")[0].split("\n\n")[-1] == (
        "Faults\n"
        "  shift: the picture moves by 0.25 px left, 0.25 px up of the source; to mend\n"
        "    it, let result pixel j read around (j + 0.5) / scale - 0.5 (half-pixel\n"
        "    centres), not around j / scale, and pad both sides alike"
    )
    assert done.stdout.endswith("\n\n1 fault\n")


def test_json_is_one_object(updown: Updown) -> None:
    done = updown("doctor", *SHIFTED_SMALL, "--json", "--fail-above", "shift=0.3")
    (told,) = done.records
    assert (done.code, told["faults"], told["broken"]) == (0, [], [])
    assert told["conclusion"] == "all limits hold"
    shift: dict[str, Any] = told["findings"][0]
    assert shift["measure"] == "shift"
    assert shift["value"] == pytest.approx(0.25, abs=0.005)
    assert (shift["unit"], shift["limit"], shift["verdict"]) == ("source pixels", 0.3, "by design")


def test_limits_decide_alone(updown: Updown) -> None:
    done = updown("doctor", *SHIFTED_SMALL, "--fail-above", "gain=0.1")
    assert done.code == 0
    assert done.stdout.endswith("\n\nall limits hold; 1 fault that no limit was given for\n")
    done = updown("doctor", *HALVED, "--fail-above", "alias=-30", "--fail-above", "shift=0.02")
    assert done.code == 1
    assert re.fullmatch(r"updown: alias -14\.\d+, must be at most -30\n", done.stderr)
    assert re.search(r"\nalias .* -30 dB fault\n", done.stdout)
    assert done.stdout.endswith("\n\n1 limit broken\n")


def test_what_is_by_design_breaks_a_limit_that_is_asked_for(updown: Updown) -> None:
    """Of several limits of a measure the least counts."""
    limits = ("--fail-above", "shift=0.1", "--fail-above", "shift=0.9")
    nearest = ("--op", "upsample --scale-factor 0.5", "--size", "96x128")
    done = updown("doctor", *nearest, *limits)
    assert done.code == 1
    assert "none lies nearer; above the limit that\n    was given\n" in done.stdout
    assert re.search(r"\nshift .* 0\.1 px fault\n", done.stdout)
    assert done.stdout.endswith("\n\n1 limit broken\n")


def test_linear_light_is_told(updown: Updown) -> None:
    done = updown("doctor", *HALVED, "--linear-light", "--fail-above", "light=0.03")
    assert (done.code, done.stderr) == (0, "")


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_the_kernel_is_drawn(updown: Updown, ending: str) -> None:
    assert updown("doctor", *HALVED, "-o", f"kernel.{ending}").code == 0
    with Image.open(f"kernel.{ending}") as image:
        assert (image.format, image.size) == (ending.upper(), (960, 440))
    done = updown("doctor", *HALVED, "-o", f"kernel.{ending}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == (f"updown: kernel.{ending} exists; choose --if-exists overwrite\n")


def test_a_command_is_examined(updown: Updown) -> None:
    """What copies a file does nothing wrong."""
    done = updown("doctor", "cp {in} {out}", "--size", "96x128", "--timeout", "50", "--json")
    (told,) = done.records
    assert (done.code, done.stderr) == (0, "")
    assert (told["subject"], told["in"], told["out"]) == ("cp {in} {out}", [96, 128], [96, 128])
    assert {finding["verdict"] for finding in told["findings"]} == {"good"}


#: Halves a picture and stores it as JPEG, by default with chroma at half the size.
AS_JPEG = """
import sys
from PIL import Image
with Image.open(sys.argv[1]) as image:
    half = image.resize((image.width // 2, image.height // 2))
half.save(sys.argv[2], quality=50)
"""


def test_files_of_jpeg_are_told_by_their_chroma(updown: Updown) -> None:
    """What JPEG itself leaves beside edges is told, and no fault of the resize."""
    line = script("jpeg.py", AS_JPEG)
    done = updown("doctor", line, "--format", "jpg", "--size", "180x240", "--json")
    (told,) = done.records
    assert (done.code, told["faults"]) == (1, ["chroma"])
    ringing = next(each for each in told["findings"] if each["measure"] == "ringing")
    assert (ringing["verdict"], ringing["excuse"][:14]) == ("by design", "a lossy format")


def test_what_takes_long_is_told_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    picture_bar._rich_bar()  # it takes longer to load than all that follows
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(doctor_command, "SLOW", 0.0)
    doctor_command.examine_on_terminal(CommandLine("sh -c 'sleep 0.03; cp {in} {out}'"), (60, 80))
    assert terminal.waits_for(r"examining, \d+ signals shown ━+ \d+ s")
    assert terminal.getvalue().endswith("\x1b[2K")  # nothing of it stays


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), "nothing to examine; give a command, --op STEPS or a model.onnx"),
    "two": (("a {in} {out}", "--op", "pool"), "a command or --op, not both"),
    "no places": (
        ("convert in.png out.png",),
        "convert in.png out.png: has no {in}; write {in} and {out} where the names of the two "
        "files belong",
    ),
    "a measure": (
        ("--op", "pool", "--fail-above", "shfit=1"),
        "--fail-above shfit=1: no measure 'shfit'; did you mean shift?",
    ),
    "no measure": (
        ("--op", "pool", "--fail-above", "qqq=1"),
        f"--fail-above qqq=1: no measure 'qqq'; there are {', '.join(NAMES)}",
    ),
    "no number": (
        ("--op", "pool", "--fail-above", "shift"),
        "--fail-above shift: must be MEASURE=VALUE, such as shift=0.02",
    ),
    "an ending": (
        ("--op", "pool", "-o", "k.jpg"),
        "-o k.jpg: must end in .png, .webp, .html, .htm",
    ),
    "a stream": (("--op", "pool", "-o", "-"), "-o -: takes the name of a file"),
    "of commands": (("--op", "pool", "--timeout", "3"), "--timeout: goes with a command"),
    "of models": (("a {in} {out}", "--white", "3"), "--white: goes with a .onnx model"),
    "of steps": (("a {in} {out}", "--linear-light"), "--linear-light: goes with --op"),
    "no step": (("--op", "pol"), "step 1: no operation 'pol'; did you mean pool?"),
    "not there": (("no.onnx",), "no.onnx: no such file"),
    "too small": (
        ("--op", "pool -k 9", "--size", "9x18"),
        "pool -k 9: makes 1x2 of 9x18, too little to measure; give it larger signals, with --size",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_examined_is_told_in_one_line(updown: Updown, name: str) -> None:
    arguments, sentence = REFUSED[name]
    done = updown("doctor", *arguments)
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")


def test_results_of_other_sizes_are_told(updown: Updown) -> None:
    code = HALF.replace("[::2, ::2]", "[::2, : numpy.random.randint(40, 99)]")
    done = updown("doctor", script("other.py", code), "--size", "96x128")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "of another of the same size" in done.stderr


STARTS = """
import os, subprocess, sys, time
open(%r, 'w').write(str(os.getpid()))
time.sleep(99)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_as_well(number: int, tmp_path: Path) -> None:
    line = script("sleeps.py", STARTS % str(tmp_path / "number"))
    process = subprocess.Popen([COMMAND, "doctor", line])
    due = time.monotonic() + 30
    while not (tmp_path / "number").exists() or not (tmp_path / "number").read_text():
        assert time.monotonic() < due
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(10) == 128 + number
    assert not os.path.exists(f"/proc/{(tmp_path / 'number').read_text()}")
