"""What axe-core finds wrong with a page; npm brings it, and where it cannot nothing is checked."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.browser import Browser

PACKAGE = "axe-core@4"

# Seconds for npm to answer.
PATIENCE = 60

RUN = """axe.run(document, { resultTypes: ["violations"] }).then((found) =>
  found.violations.map((one) => one.id + ": " + one.help + ": " +
    one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" and ")))"""


class NoAxeError(Exception):
    """It cannot be had; the reason."""


@cache
def axe_script(folder: Path) -> str:
    """Return axe-core, which npm puts in a folder; raise NoAxeError with the reason if not."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoAxeError("no npm, which brings axe-core")
    words = [npm, "pack", PACKAGE, "--silent"]
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NoAxeError(f"npm brings no axe-core: {type(error).__name__}") from None
    with tarfile.open(folder / done.stdout.strip().splitlines()[-1]) as packed:
        script = packed.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def findings(browser: Browser, script: str) -> list[str]:
    """Return a sentence for each rule that the page, as it stands now, breaks."""
    browser.run(f"(() => {{ {script} }})(); undefined")
    found: Any = browser.run(RUN)
    return [str(sentence) for sentence in found]
