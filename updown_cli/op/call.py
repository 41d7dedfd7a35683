"""A function of torch for the rank at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def for_dims(module: Any, pattern: str, x: Tensor) -> Callable[..., Any]:
    """Return torch's function for the rank of x: `max_pool2d` for N x C x H x W."""
    function: Callable[..., Any] = getattr(module, pattern.format(x.dim() - 2))
    return function
