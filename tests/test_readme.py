"""Every command line of the README works."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.conftest import COMMAND, SAMPLES, Updown, noise, picture

README = (SAMPLES.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
PLAIN = [text for lang, text in BLOCKS if not lang and text.startswith(("updown", "find"))]


def test_the_first_two_sh_blocks_install_and_do_the_job() -> None:
    first, second = [text for language, text in BLOCKS if language == "sh"]
    assert first.startswith("pip install -c constraints.txt . && updown pool")
    assert second == "pip install -c constraints.txt '.[test]' && pytest -n auto\n"


@pytest.mark.parametrize("block", PLAIN, ids=lambda block: block.split("\n")[0])
def test_command_lines_run(block: str, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "sample_images")
    path = f"{COMMAND.parent}:/usr/bin:/bin"
    command = ["bash", "-euo", "pipefail", "-c", block]
    with tempfile.TemporaryDirectory() as runtime:  # a worker's socket needs a short name
        environment = {"PATH": path, "XDG_RUNTIME_DIR": runtime}
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0


def test_the_hook_fails_for_a_cut_picture_and_for_no_result_that_is_there(updown: Updown) -> None:
    _, *words = re.findall(r"^ +entry: (.*)$", README, re.MULTILINE)[0].split()
    picture("a.png", noise(8, 8))
    assert updown("pool", "a.png", "-q").code == 0
    assert updown(*words, "a.png").code == 0
    whole = (SAMPLES / "photo.jpg").read_bytes()
    Path("cut.jpg").write_bytes(whole[: len(whole) // 2])
    done = updown(*words, "a.png", "cut.jpg")
    assert (done.code, done.stdout, done.stderr) == (1, "", "updown: cut.jpg: truncated JPEG\n")
    assert sorted(path.name for path in Path().iterdir()) == ["a.png", "a_pool.png", "cut.jpg"]


def test_the_hook_is_not_given_what_is_no_grid_of_pixels() -> None:
    assert re.findall(r"^ +(?:exclude_)?types: .*$", README, re.MULTILINE) == [
        "        types: [image]", "        exclude_types: [svg]",
    ]  # fmt: skip


def test_verifying_goes_with_looking_only(updown: Updown) -> None:
    done = updown("pool", "a.png", "--verify")
    assert (done.code, done.stderr) == (2, "updown: --verify goes with --dry-run\n")
