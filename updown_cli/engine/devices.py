"""Where to compute: torch, imported late, and its devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.engine.garbage import made_to_stay
from updown_cli.errors import UsageError, no_room

if TYPE_CHECKING:
    import torch


def start_torch(device: str) -> torch.device:
    """Import torch and return its device; raise UsageError if it is not there."""
    import_torch()
    import torch

    kind, _, index = device.partition(":")
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device", subject=f"--device {device}", hint="use --device cpu")
    if kind == "cuda" and index and int(index) >= torch.cuda.device_count():
        last = torch.cuda.device_count() - 1
        raise UsageError(
            "no such CUDA device", subject=f"--device {device}", hint=f"the last one is cuda:{last}"
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UsageError("no MPS device", subject=f"--device {device}", hint="use --device cpu")
    return torch.device(kind, int(index)) if index else torch.device(kind)


def import_torch() -> None:
    """Import torch without the garbage collector: its passes take a tenth of the time."""
    try:
        with made_to_stay():
            import numpy  # noqa: F401 (torch, importing it itself, would swallow a signal)
            import torch  # noqa: F401
    except (ImportError, OSError, MemoryError) as error:
        raise no_room(error, "torch") from None
