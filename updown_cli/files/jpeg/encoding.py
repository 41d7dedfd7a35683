"""What the header of a JPEG says of its pixels' encoding, and of their size on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from updown_cli.files.resolution import Resolution, resolution

# Colour of full size, as Pillow numbers it.
FULL = 0

#: Units of a JFIF header's resolution.
RATIO, INCH, CENTIMETRE = 0, 1, 2

# What Pillow takes for the centimetres in an inch.
CENTIMETRES = 2.54


def encoding(tables: Mapping[int, list[int]], sampling: int) -> dict[str, Any]:
    """Return how a picture was encoded, as Pillow wants to be told."""
    return {"jpeg": {"qtables": dict(tables), "subsampling": sampling}}


def stated_density(unit: int, density: tuple[int, int]) -> Resolution | None:
    """Return the resolution of a JFIF header, or the ratio of a pixel's sides."""
    if unit == RATIO and density[0] != density[1]:
        return resolution(*density, ratio=True)
    if unit == CENTIMETRE:
        return resolution(*(number * CENTIMETRES for number in density))
    return resolution(*density) if unit == INCH else None
