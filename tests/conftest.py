"""What tests use to run updown as a user does."""

from __future__ import annotations

import json
import os

if "PYTEST_XDIST_WORKER" in os.environ:  # every core has a worker: more threads wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import pytest
from numpy.typing import NDArray
from PIL import Image

from updown_cli.cli.main import main

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_images"
COMMAND = Path(sys.executable).with_name("updown")

#: Pillow before 13 does not read the uncompressed YCbCr TIFF that it writes.
READS_YCBCR = int(PIL.__version__.split(".")[0]) >= 13
YCBCR = pytest.param("YCbCr", marks=pytest.mark.skipif(not READS_YCBCR, reason="Pillow before 13"))

# What a shell in the background or nohup ignores, programs that the tests start would ignore too.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code and what it printed."""

    code: int
    stdout: str
    stderr: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What `--json` printed."""
        return [json.loads(line) for line in self.stdout.splitlines()]


Updown = Callable[..., Outcome]


@pytest.fixture
def updown(capfd: pytest.CaptureFixture[str]) -> Updown:
    """Run a command line in this process, which has torch already."""

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        printed = capfd.readouterr()
        assert isinstance(stopped.value.code, int)
        return Outcome(stopped.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def installed() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the installed command as a process of its own."""

    def run(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[bytes]:
        command = [str(COMMAND), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, check=False, timeout=120, **settings)

    return run


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let relative names in a test mean files of this test, whatever the environment says.

    No warm worker is found, so that what is started runs by itself. Nothing is told of progress,
    which comes after seconds: what is printed must not depend on how fast a machine is.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "none"))
    for name in [name for name in os.environ if name.startswith("UPDOWN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UPDOWN_PROGRESS", "0")


@pytest.fixture(scope="session")
def _files_of_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files that settings in `tests.code_cases` name."""
    from tests.code_cases import write_files

    folder = tmp_path_factory.mktemp("weights")
    write_files(folder)
    return folder


@pytest.fixture
def files_of_cases(_files_of_cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be where those files are."""
    monkeypatch.chdir(_files_of_cases)


def picture(path: str, values: Any, mode: str | None = None) -> str:
    """Write values (H x W or H x W x C) as a picture and return its path."""
    array = np.asarray(values, dtype=np.uint8)
    image = Image.fromarray(array) if mode is None else Image.fromarray(array).convert(mode)
    image.save(path)
    return path


def pixels(path: str | Path) -> NDArray[Any]:
    """Return the pixels of a picture as Pillow reads them."""
    with Image.open(path) as image:
        return np.array(image)


def noise(*shape: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return random bytes of this shape."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
