"""Operations by windows whose stride is their size unless another is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from updown_cli.op.base import Op
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.shape import Shape

# Larger windows and steps than any picture has.
LARGEST = 65535


@dataclass(frozen=True, kw_only=True)
class Strided(Op, abstract=True):
    """Windows whose stride is their size unless another is given."""

    kernel_size: tuple[int, ...] | None = param(
        (2,), "Pixels of a window.", Sizes(min=1, max=LARGEST), letter="k", telling=Telling.WINDOW
    )
    stride: tuple[int, ...] | None = param(
        None,
        "Pixels between windows; kernel_size if not given.",
        Sizes(min=1, max=LARGEST),
        letter="s",
        telling=Telling.DETAIL,
    )

    def for_shape(self, shape: Shape) -> Self:
        """Fill in the stride."""
        strided = self if self.stride else self.derived(stride=self.kernel_size)
        return super(Strided, strided).for_shape(shape)
