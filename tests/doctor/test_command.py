"""Commands as subjects: how they are run, and every way in which they fail."""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.doctor.scripts import HALF, script
from updown_cli.doctor.command import FORMATS, WITHOUT_LOSS, CommandLine
from updown_cli.errors import InputError, UsageError

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)


def half(**how: object) -> CommandLine:
    return CommandLine(script("half.py", HALF), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("file_format", sorted(FORMATS.keys() - WITHOUT_LOSS.keys()))
def test_every_format_brings_pixels_there_and_back(file_format: str) -> None:
    made = half(file_format=file_format).resize(PIXELS)
    assert np.array_equal(made, PIXELS[::2, ::2])
    assert made.dtype == np.uint8


def test_jpeg_is_made_of_a_signal_without_loss() -> None:
    """A mean of even areas says whether the signal was even; what is stored at 95 is not far."""
    line = script("in.py", "import sys; assert sys.argv[1:] == ['in.png', 'out.jpg']\n" + HALF)
    command = CommandLine(line, file_format="jpg")
    even = np.full((64, 64, 3), 90, np.uint8)
    assert np.array_equal(command.resize(even), even[::2, ::2])
    assert command.lossy


@pytest.mark.parametrize("file_format", [name for name, (alpha, _) in FORMATS.items() if alpha])
def test_transparency_is_kept(file_format: str) -> None:
    pixels = np.concatenate([PIXELS, PIXELS[..., :1]], -1)
    assert np.array_equal(half(file_format=file_format).resize(pixels), pixels[::2, ::2])


@pytest.mark.parametrize("file_format", [name for name, (_, deep) in FORMATS.items() if deep])
def test_sixteen_bits_are_kept(file_format: str) -> None:
    pixels = PIXELS[..., :1].astype(np.uint16) * 251
    made = half(file_format=file_format).resize(pixels)
    assert made.dtype == np.uint16
    assert np.array_equal(made, pixels[::2, ::2])


def test_a_command_runs_in_an_empty_folder_that_goes(tmp_path: Path) -> None:
    look = "import os; open('%s', 'w').write(os.getcwd() + ' ' + ' '.join(os.listdir()))"
    line = script("look.py", look % (tmp_path / "seen") + "\n" + HALF)
    CommandLine(line).resize(PIXELS)
    folder, *files = (tmp_path / "seen").read_text().split()
    assert files == ["in.png"]
    assert Path(folder).name.startswith("updown-doctor-")
    assert not Path(folder).exists()


def test_without_a_shell_signs_are_letters_and_with_one_they_are_signs() -> None:
    line = script("half.py", HALF).replace("half.py", os.path.abspath("half.py")) + " ; exit 7"
    assert np.array_equal(CommandLine(line).resize(PIXELS), PIXELS[::2, ::2])
    with pytest.raises(InputError, match="failed with exit code 7"):
        CommandLine(line, shell=True).resize(PIXELS)


FAILURES = {
    "fails": ("import sys; sys.exit('no \\x1b[31mkernel\\x1b[0m\\x07 of that name')",
              "failed with exit code 1: 'no kernel of that name'"),
    "says much": ("import sys; sys.stderr.write('x' * 9999); sys.exit(3)",
                  f"failed with exit code 3: '{'x' * 90}...'"),
    "says nothing": ("import sys; sys.exit(4)", "failed with exit code 4"),
    "is killed": ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
    "writes nothing": ("", "wrote no {out}"),
    "writes text": ("import sys; open(sys.argv[2], 'w').write('text')",
                    "wrote what cannot be read: not a supported image"),
    "hangs": ("import time; time.sleep(99)",
              "takes longer than 0.5 s; give it more with --timeout"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_is_told_in_one_line(name: str) -> None:
    code, sentence = FAILURES[name]
    line = script("it.py", code)
    with pytest.raises(InputError) as failed:
        CommandLine(line, timeout=0.5 if name == "hangs" else 60).resize(PIXELS)
    assert str(failed.value) == f"{CommandLine(line).name}: {sentence}"
    assert "\n" not in str(failed.value)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError) as failed:
        CommandLine("no-such-program {in} {out}").resize(PIXELS)
    assert str(failed.value) == "no-such-program {in} {out}: no program 'no-such-program'"
    Path("plain.txt").write_text("text")
    os.chmod("plain.txt", stat.S_IRUSR)
    with pytest.raises(InputError, match="is not allowed to be run"):
        CommandLine("./plain.txt {in} {out}").resize(PIXELS)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("cp {in} out.png", "cp {in} out.png: has no {out}; write {in} and {out} where the names "
         "of the two files belong"),
        ("cp '{in} {out}", "cp '{in} {out}: a quote is not closed"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_before_it_runs(line: str, sentence: str) -> None:
    with pytest.raises(UsageError) as failed:
        CommandLine(line)
    assert str(failed.value) == sentence


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


SPAWNS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])
open(%r, 'w').write(str(child.pid))
"""


@pytest.mark.parametrize("then", ["time.sleep(99)", "sys.exit(1)"])
def test_what_a_command_has_started_ends_with_it(then: str, tmp_path: Path) -> None:
    line = script("spawn.py", SPAWNS % str(tmp_path / "child") + then)
    with pytest.raises(InputError):
        CommandLine(line, timeout=1).resize(PIXELS)
    number = int((tmp_path / "child").read_text())
    due = time.monotonic() + 5
    while is_alive(number) and time.monotonic() < due:
        time.sleep(0.01)
    assert not is_alive(number)


def test_all_that_is_at_work_can_be_ended_at_once() -> None:
    from updown_cli.doctor.process import end_programs

    failures: list[InputError] = []

    def run() -> None:
        try:
            CommandLine(script("sleep.py", "import time; time.sleep(99)")).resize(PIXELS)
        except InputError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    due = time.monotonic() + 20
    while not failures and time.monotonic() < due:
        end_programs()
        time.sleep(0.02)
    thread.join(1)
    assert [error.reason for error in failures] == ["was ended by signal 9"]


def test_words_that_name_files_here_mean_these() -> None:
    line = script("half.py", HALF)
    assert line == f"{sys.executable} half.py {{in}} {{out}}"
    assert np.array_equal(CommandLine(line).resize(PIXELS), PIXELS[::2, ::2])
