"""A library in a process of its own, which a benchmark asks."""

from __future__ import annotations

import os
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.resizing.case import Case
from benchmarks.resizing.wire import receive, send

ROOT = Path(__file__).parent.parent.parent


class Library:
    """A process that has a library, and its version."""

    def __init__(self, name: str, python: str) -> None:
        command = [python, "-m", "benchmarks.resizing.answer", name]
        pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(ROOT)}
        self.name = name
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe)
        self.version: str = self._answer()[0]["version"]

    def ask(self, pixels: Any, size: tuple[int, int], case: Case) -> tuple[dict[str, str], Any]:
        """Return what is told and the result."""
        stdin: Any = self.process.stdin
        send(stdin, {"size": size, **asdict(case)}, pixels)
        return self._answer()

    def _answer(self) -> tuple[dict[str, str], Any]:
        stdout: Any = self.process.stdout
        answered = receive(stdout)
        if answered is None:
            raise SystemExit(f"{self.name} ended")
        return answered

    def close(self) -> None:
        """Let it end."""
        self.process.communicate()
