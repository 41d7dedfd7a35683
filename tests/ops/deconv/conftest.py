"""A place for kernels."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def kernel_file(tmp_path: Path) -> Path:
    """Return where a test may put its kernel."""
    return tmp_path / "kernel.npy"
