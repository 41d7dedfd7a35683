"""The points of view from which a layer is shown at work."""

from __future__ import annotations

#: A step for every output value and what it reads, or for every input value and where it goes.
VIEWS = ("gather", "scatter")
