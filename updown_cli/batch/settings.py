"""How a run treats its files: everything but the operations."""

from __future__ import annotations

from dataclasses import dataclass, field

from updown_cli.files.reading import Reading


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options that all commands share, but for what they print."""

    output: str | None = None
    format: str | None = None
    encoder: tuple[tuple[str, str], ...] = ()
    if_exists: str = "error"
    jobs: int = 1
    shard: tuple[int, int] = (1, 1)
    fail_fast: bool = False
    device: str = "cpu"
    dtype: str = "auto"
    rounding: str = "half-up"
    range: str | None = None
    linear_light: bool = False
    max_memory: int | None = None
    timeout: float | None = None
    save_steps: str | None = None
    steps_format: str = "npy"
    reading: Reading = field(default_factory=Reading)
