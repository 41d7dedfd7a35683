"""What a fit tells: how it was found, how well, and what made it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from updown_cli import __version__
from updown_cli.batch.recipes import digest
from updown_cli.batch.single_file import name_file
from updown_cli.errors import InputError
from updown_cli.fit.exact import Exact
from updown_cli.fit.pairs import Pair
from updown_cli.fit.scores import Scores
from updown_cli.op.base import Op

# Files whose names and hashes stand one by one in what a weight file tells.
MOST_NAMED = 100


@dataclass(kw_only=True)
class Fitted:
    """What became of a fit; without pictures that were held out there are no scores of them."""

    steps: str
    method: str
    unknowns: int
    arrays: dict[str, Any]
    ops: tuple[Op, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    exact: Exact | None = None
    taught: Scores = field(default_factory=dict)
    held_out: Scores = field(default_factory=dict)
    counts: tuple[int, int] = (0, 0)
    taken: int = 0
    stopped: bool = False
    margin: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return all but the arrays' numbers as JSON; what is infinite is text."""
        found: dict[str, Any] = {
            "updown": __version__,
            "steps": self.steps,
            "method": self.method,
            "unknowns": self.unknowns,
            "arrays": {name: list(array.shape) for name, array in self.arrays.items()},
            "settings": self.settings,
            "pairs": {"taught": self.counts[0], "held_out": self.counts[1]},
        }
        if self.exact is not None:
            found["exact"] = {
                "condition": _number(self.exact.condition),
                "residual": _number(self.exact.residual),
                "pixels": self.exact.pixels,
                "saturated": self.exact.saturated,
            }
        else:
            found |= {"steps_taken": self.taken, "stopped": self.stopped}
        found["margin"] = self.margin
        scores = {"taught": self.taught, "held_out": self.held_out}
        found["scores"] = {
            which: {name: score.to_json() for name, score in each.items()}
            for which, each in scores.items()
            if each
        }
        return found

    def note(self, inputs: dict[str, Any]) -> str:
        """Return what the weight file tells: all this, and the hashes of what it was made of."""
        told = {**self.to_json(), "inputs": inputs}
        return json.dumps(told, sort_keys=True, separators=(",", ":"))


def inputs_told(pairs: Sequence[Pair], start: str | None) -> dict[str, Any]:
    """Return the SHA-256 of all files together and, of not too many, of each."""
    files = [file for pair in pairs for file in pair.files] + ([start] if start else [])
    hashes = {file: _digest(file) for file in files}
    together = hashlib.sha256("".join(hashes[file] for file in files).encode()).hexdigest()
    told: dict[str, Any] = {"count": len(files), "sha256": together}
    return told if len(files) > MOST_NAMED else {**told, "files": hashes}


def _digest(path: str) -> str:
    try:
        return digest(path)
    except InputError as error:
        raise name_file(error, path) from None


def _number(value: float) -> Any:
    """Return a number with the digits that do not differ between machines."""
    return float(f"{value:.4g}") if math.isfinite(value) else str(value)
