"""Whether a candidate made a result: what other arithmetic, or a JPEG of it, would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.identify.evidence import Distance, Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.identify.trial import Part

# Values that differ by a level where a library computes with other whole numbers, and those that
# may by two; squares of the levels of 16 bits and of floats, as a share of one of 8 bits.
OTHERWISE, SELDOM, FINER = 0.35, 1e-3, 1e-5

# How much further than other arithmetic a JPEG of the same may be.
AS_FAR = 1.0

# How many times further a part of it may be.
BY_CHANCE = 4.0

SEED = 7


def fits(evidence: Evidence, distance: Distance, made: NDArray[Any]) -> bool:
    """Whether a result is what was made, but for the arithmetic."""
    if evidence.luma is not None:
        return distance.mse <= AS_FAR * arithmetic_through_jpeg(evidence, made)
    if evidence.result.pixels.dtype.name != "uint8":
        return distance.mse <= FINER
    return distance.share <= OTHERWISE and distance.beyond <= SELDOM and distance.max <= 2


def may_fit(evidence: Evidence, part: Part) -> bool:
    """Whether a result may be what a candidate made, as far as a part of it tells.

    A part of a JPEG is further off by chance.
    """
    distance = part.distance
    if evidence.luma is not None:
        return distance.mse <= BY_CHANCE * arithmetic_through_jpeg(evidence, part.made)
    return evidence.result.pixels.dtype.name != "uint8" or distance.max <= 2


def arithmetic_through_jpeg(evidence: Evidence, made: NDArray[Any]) -> float:
    """Return the squares that a JPEG makes of values that some other arithmetic changes."""
    import numpy as np

    chance = np.random.default_rng(SEED)
    changed = chance.random(made.shape) < OTHERWISE
    signs = chance.integers(0, 2, made.shape, np.int16) * 2 - 1
    other = np.clip(made + changed * signs, 0, 255).astype(made.dtype)
    return evidence.apart(evidence.seen(made), evidence.seen(other)).mse
