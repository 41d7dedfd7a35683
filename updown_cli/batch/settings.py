"""How a run treats its files: everything but the operations."""

from __future__ import annotations

from dataclasses import dataclass, field

from updown_cli.images.read import Reading

IF_EXISTS = ("error", "skip", "update", "overwrite", "rename")
ALPHAS = ("premultiply", "straight", "drop")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options that all commands share."""

    output: str | None = None
    format: str | None = None
    if_exists: str = "error"
    device: str = "cpu"
    dtype: str = "auto"
    rounding: str = "half-up"
    reading: Reading = field(default_factory=Reading)
    fail_fast: bool = False
