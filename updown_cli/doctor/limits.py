"""Limits of measures for CI: `shift=0.02`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from updown_cli.doctor.examine import MEASURES
from updown_cli.doctor.measure import Finding
from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import Float, ParamType, real

NAMES = tuple(measure.name for measure in MEASURES)


class Limit(ParamType):
    """`MEASURE=VALUE`."""

    metavar = "MEASURE=VALUE"

    def parse(self, text: str) -> tuple[str, float]:
        """Read a measure and its limit."""
        name, equals, value = text.partition("=")
        if name not in NAMES:
            near = nearest_name(name, NAMES) or f"; there are {', '.join(NAMES)}"
            raise ValueError(f"no measure '{name}'{near}")
        if not equals:
            raise ValueError(f"must be MEASURE=VALUE, such as {name}=0.02")
        return name, real(value)

    def check(self, value: Any) -> None:
        """Raise for what is no limit."""
        Float().check(value[1])


def broken(limits: Iterable[tuple[str, float]], findings: Iterable[Finding]) -> list[str]:
    """Return a sentence for every limit that is not kept; what was not measured keeps none."""
    by_name = {finding.measure.name: finding for finding in findings}
    return [
        f"{name} {_told(by_name[name].value)}, must be at most {limit:.6g}"
        for name, limit in limits
        if not _kept(by_name[name].value, limit)
    ]


def _kept(value: float | None, limit: float) -> bool:
    return value is not None and value <= limit


def _told(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
