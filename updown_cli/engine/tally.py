"""What strips leave beside their pixels, counted together."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.engine.quantize import Clamped


@dataclass
class Tally:
    """What rows have left beside their pixels: seconds by step, what was clamped, NaNs."""

    seconds: list[float]
    clamped: Clamped | None = None
    had_nan: bool = False
    nans: int = 0
    dtype: str = ""

    def add(self, other: Tally) -> None:
        """Count what other rows have left."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        self.seconds = [one + another for one, another in pairs]
        self.clamped = other.clamped.and_also(self.clamped) if other.clamped else self.clamped
        self.had_nan = self.had_nan or other.had_nan
        self.nans += other.nans
        self.dtype = other.dtype

    def share(self, seconds: float) -> None:
        """Let the steps of strips that were made at the same time take no more than all did."""
        shared = seconds / (sum(self.seconds) or 1.0)
        self.seconds = [took * min(shared, 1.0) for took in self.seconds]
