"""What a page holds: its controls, and every state that these choose between, each but once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from updown_cli.explain.variations import Varied


@dataclass
class Distinct:
    """Things that are kept once, each with its number."""

    things: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number_of(self, thing: dict[str, Any]) -> int:
        """Return the number of a thing, which is kept if it is new."""
        number = self.numbers.setdefault(json.dumps(thing), len(self.things))
        if number == len(self.things):
            self.things.append(thing)
        return number


@dataclass
class PageModel:
    """The states of a page in the order of its sliders, the last one fastest."""

    panels: Distinct = field(default_factory=Distinct)
    states: Distinct = field(default_factory=Distinct)
    index: list[int] = field(default_factory=list)

    def add(self, state: dict[str, Any] | str) -> None:
        """Add a state, or the sentence that refuses it."""
        if isinstance(state, str):
            state = {"error": state}
        else:
            panels = [self.panels.number_of(panel) for panel in state["panels"]]
            state = state | {"panels": panels}
        self.index.append(self.states.number_of(state))

    def nearest_possible(
        self, wanted: Sequence[int], counts: Sequence[int]
    ) -> tuple[int, ...] | None:
        """Return where sliders of so many values stand in the possible state nearest to a wanted
        one; None where none is possible."""
        possible = (
            place
            for place, state in zip(product(*map(range, counts)), self.index, strict=True)
            if "error" not in self.states.things[state]
        )
        return min(
            possible,
            key=lambda place: sum(abs(a - b) for a, b in zip(place, wanted, strict=True)),
            default=None,
        )

    def to_json(self, controls: list[dict[str, Any]], views: list[str]) -> dict[str, Any]:
        """Return it with its controls, and the names of its views if it has several."""
        return {
            "controls": controls,
            "index": self.index,
            "states": self.states.things,
            "panels": self.panels.things,
            "views": views,
        }


def control_of(varied: Varied, name: str, at: int) -> dict[str, Any]:
    """Return a slider: its name, its values as they are typed, and where it is at first."""
    return {"name": name, "values": list(varied.texts), "at": at}
