"""Every command line of the README works."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.conftest import COMMAND, SAMPLES

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
