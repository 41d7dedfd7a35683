"""How far apart two pictures may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.param_types import Float, ParamType, real

if TYPE_CHECKING:
    from updown_cli.files.metrics import Metrics

#: The measures that grow with the difference, and those that fall.
GROWING = ("mse", "rmse", "max", "mean", "relative", "max_relative")
FALLING = ("psnr", "ssim", "cosine")


@dataclass(frozen=True)
class MetricLimit(ParamType):
    """`METRIC=VALUE` for some of the measures; `others` are limited by the option `instead`."""

    names: tuple[str, ...]
    others: tuple[str, ...]
    instead: str

    metavar = "METRIC=VALUE"

    def parse(self, text: str) -> tuple[str, float]:
        """Read a measure and its limit."""
        name, equals, value = text.partition("=")
        if name in self.others:
            raise ValueError(f"{name} goes with {self.instead}")
        if not equals or name not in self.names:
            raise ValueError(f"must be METRIC=VALUE with {', '.join(self.names)}")
        return name, real(value)

    def check(self, value: Any) -> None:
        """Raise for what is no limit."""
        Float().check(value[1])


ABOVE = MetricLimit(GROWING, FALLING, "--fail-below")
BELOW = MetricLimit(FALLING, GROWING, "--fail-above")


@dataclass(frozen=True)
class Thresholds:
    """The measures that fail above or below a number, and the pixels of a hundred that may differ.

    Without any of them nothing may differ.
    """

    above: tuple[tuple[str, float], ...] = ()
    below: tuple[tuple[str, float], ...] = ()
    percent: float | None = None

    @property
    def given(self) -> bool:
        """Whether there are any."""
        return bool(self.above or self.below) or self.percent is not None

    def broken_by(self, metrics: Metrics) -> list[str]:
        """Return a sentence for every limit that is not kept; what is NaN or unknown keeps none."""
        checks = [
            *((name, limit, "at most") for name, limit in self.above),
            *((name, limit, "at least") for name, limit in self.below),
            *([] if self.percent is None else [("percent", self.percent, "at most")]),
        ]
        return [
            f"{name} {six_digits(getattr(metrics, name))}, must be {side} {limit:.6g}"
            for name, limit, side in checks
            if not _kept(getattr(metrics, name), limit, side)
        ]


def six_digits(value: float | None) -> str:
    """Return a measure in six digits."""
    return "unknown" if value is None else f"{value:.6g}"


def _kept(value: float | None, limit: float, side: str) -> bool:
    return value is not None and (value <= limit if side == "at most" else value >= limit)
