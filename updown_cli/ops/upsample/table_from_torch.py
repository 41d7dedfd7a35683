"""The table of an interpolation of torch, read off its answers to combs.

Along one axis every output pixel reads a few neighbours. Combs with a tooth every so many pixels,
one comb for each place of the first tooth, bring one neighbour out each: the answers are torch's
own weights, with its float32 points and all that it does at the edges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Points


def read_table(
    layer: Callable[[Tensor], Tensor], length: int, centres: Points, reach: int, dtype: str
) -> Table:
    """Return the table of a layer that interpolates the last side of 1 x C x 1 x length.

    `centres` say where output pixels lie among the input's, and `reach` how far from there the
    layer reads at most. `dtype` is that of the combs.
    """
    import numpy as np
    import torch

    taps = min(reach * 2 + 2, length)
    starts = np.clip(np.floor(centres).astype(np.int64) - taps // 2 + 1, 0, length - taps)
    combs = torch.zeros(1, taps, 1, length, dtype=getattr(torch, dtype))
    places = torch.arange(length)
    combs[0, places % taps, 0, places] = 1.0
    answers = layer(combs)[0, :, 0].numpy().astype(np.float64)
    sources = starts + np.arange(taps)[:, None]
    return Table(sources, answers[sources % taps, np.arange(len(centres))])
