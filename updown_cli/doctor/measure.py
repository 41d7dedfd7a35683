"""What is measured, and what was found: a number, what it means, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GOOD, BY_DESIGN, FAULT, UNKNOWN = "good", "by design", "fault", "not measured"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure: the value from which it is told, and that above which it is a fault.

    Without a limit it is never a fault: what it measures is a choice that people make. Values are
    told in a `form` of `str.format`.
    """

    name: str
    unit: str
    form: str
    told: float
    limit: float | None
    about: str

    def tell(self, value: float | None) -> str:
        """Return a value as it is told; a dash if there is none."""
        return "-" if value is None else self.form.format(value + 0.0)

    @property
    def told_limit(self) -> str:
        """Return the limit as values are told; a dash if there is none."""
        if self.limit is None:
            return "-"
        before, _, after = self.form.partition("}")
        percent = before.endswith("%")
        return f"{self.limit * 100:g}%" if percent else f"{self.limit:g}{after}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The value of a measure, and a sentence each of what it means and of what would mend it.

    `shown` says more than the value, such as which way. `excuse` says why a value above the limit
    is no fault; a value that is None could not be had.
    """

    measure: Measure
    value: float | None
    means: str
    mend: str = ""
    shown: str = ""
    excuse: str = ""

    @property
    def told(self) -> str:
        """Return the value as it is told."""
        return self.shown or self.measure.tell(self.value)

    @property
    def verdict(self) -> str:
        """What is thought of it."""
        measure = self.measure
        if self.value is None:
            return UNKNOWN
        if self.value <= measure.told:
            return GOOD
        is_fault = measure.limit is not None and self.value > measure.limit and not self.excuse
        return FAULT if is_fault else BY_DESIGN

    def to_json(self) -> dict[str, Any]:
        """Return all as JSON."""
        return {
            "measure": self.measure.name,
            "about": self.measure.about,
            "value": None if self.value is None else round(self.value, 5),
            "unit": self.measure.unit,
            "limit": self.measure.limit,
            "limit_shown": self.measure.told_limit,
            "verdict": self.verdict,
            "shown": self.told,
            "means": self.means,
            "excuse": self.excuse,
            "mend": self.mend,
        }


def unknown(measure: Measure, why: str) -> Finding:
    """Return a measure that could not be had."""
    return Finding(measure=measure, value=None, means=why)
