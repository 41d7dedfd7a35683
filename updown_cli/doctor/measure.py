"""What is measured, and what was found: a number, what it means, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

GOOD, BY_DESIGN, FAULT, UNKNOWN = "good", "by design", "fault", "not measured"


# Why a verdict is not the measure's own.
ABOVE, BELOW = "above the limit that was given", "within the limit that was given"


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

    def tell_limit(self, limit: float | None) -> str:
        """Return a limit as values are told; a dash if there is none."""
        if limit is None:
            return "-"
        before, _, after = self.form.partition("}")
        return f"{limit * 100:g}%" if before.endswith("%") else f"{limit:g}{after}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The value of a measure, and a sentence each of what it means and of what would mend it.

    `shown` says more than the value, such as which way. `excuse` says why a value above the limit
    is no fault; a value that is None could not be had. `asked` is a limit of the user, which stands
    for the measure's and knows no excuse.
    """

    measure: Measure
    value: float | None
    means: str
    mend: str = ""
    shown: str = ""
    excuse: str = ""
    asked: float | None = None

    @property
    def limit(self) -> float | None:
        """The value above which it is a fault."""
        return self.measure.limit if self.asked is None else self.asked

    @property
    def told_limit(self) -> str:
        """Return the limit as it is told."""
        return self.measure.tell_limit(self.limit)

    @property
    def told(self) -> str:
        """Return the value as it is told."""
        return self.shown or self.measure.tell(self.value)

    @property
    def verdict(self) -> str:
        """What is thought of it."""
        if self.value is None:
            return UNKNOWN
        beyond = self.limit is not None and self.value > self.limit
        if self.asked is not None and beyond:
            return FAULT
        if self.value <= self.measure.told:
            return GOOD
        return FAULT if beyond and not self.excuse else BY_DESIGN

    def by_limit(self, asked: float) -> Finding:
        """Return the same by a limit of the user, and say where that alone decides."""
        if self.value is None:
            return replace(self, asked=asked)
        own, beyond = self.verdict == FAULT, self.value > asked
        change = "" if own == beyond else ABOVE if beyond else BELOW
        return replace(self, asked=asked, excuse="; ".join(filter(None, [self.excuse, change])))

    def to_json(self) -> dict[str, Any]:
        """Return all as JSON."""
        return {
            "measure": self.measure.name,
            "about": self.measure.about,
            "value": None if self.value is None else round(self.value, 5),
            "unit": self.measure.unit,
            "limit": self.limit,
            "limit_shown": self.told_limit,
            "verdict": self.verdict,
            "shown": self.told,
            "means": self.means,
            "excuse": self.excuse,
            "mend": self.mend,
        }


def unknown(measure: Measure, why: str) -> Finding:
    """Return a measure that could not be had."""
    return Finding(measure=measure, value=None, means=why)
