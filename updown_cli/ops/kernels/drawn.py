"""Weights as a new layer of torch has them: drawn evenly, by a seed and a name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, literal

if TYPE_CHECKING:
    from numpy.typing import NDArray


def draw_weights(shape: tuple[int, ...], seed: int, key: str) -> NDArray[Any]:
    """Return numbers evenly between -1 and 1 over the root of the inputs of a result.

    The distribution of a new torch.nn.Conv2d and Linear, for any seed and key the same numbers.
    """
    import numpy as np

    random = np.random.default_rng([seed, *key.encode()])
    bound = float(np.prod(shape[1:])) ** -0.5
    numbers: NDArray[Any] = random.uniform(-bound, bound, shape)
    return numbers


def drawn_lines(shape: tuple[int, ...], seed: int, key: str) -> Lines:
    """Return lines that draw the same, as `numbers`."""
    inputs = math.prod(shape[1:])
    return [
        f'random = np.random.default_rng([{seed}, *b"{key}"])',
        f"numbers = random.uniform(-({inputs}**-0.5), {inputs}**-0.5, {literal(shape)})",
    ]
