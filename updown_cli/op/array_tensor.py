"""Arrays as tensors on the same memory."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


def as_tensor(pixels: NDArray[Any]) -> Tensor:
    """Return an array as a tensor: on the same memory, but where that is read backwards."""
    import torch

    if min(pixels.strides, default=0) < 0:  # of a turned picture, which torch does not take
        pixels = pixels.copy()
    if pixels.flags.writeable:
        return torch.from_numpy(pixels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it is read-only, and so it stays
        return torch.from_numpy(pixels)
