"""Memory for one strip after the other: fresh pages would cost more than the arithmetic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, dtype


class Room:
    """Room for floats of a type, float32 if none is given, for one thing after the other."""

    def __init__(self, dtype: dtype | None = None) -> None:
        self.memory: Tensor | None = None
        self.dtype = dtype

    def of(self, *sides: int, behind: int = 0) -> Tensor:
        """Return room of such sides, whatever it holds; so many values behind it are 0."""
        import torch

        count = math.prod(sides)
        if self.memory is None or self.memory.numel() < count + behind:
            self.memory = torch.empty(count + behind, dtype=self.dtype)
        if behind:
            self.memory[count : count + behind].zero_()
        return self.memory[:count].view(sides)
