"""Interpolations that are a call of torch.nn.functional.interpolate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.call import Call
from updown_cli.op.torch_layer import TorchLayer
from updown_cli.ops.upsample.upsample import Upsample

if TYPE_CHECKING:
    from updown_cli.op.call import Term
    from updown_cli.op.shape import Shape


class Interpolation(Upsample, TorchLayer, abstract=True):
    """What torch.nn.functional.interpolate does."""

    def call(self, shape: Shape) -> Term:
        """Return the call: what is sampled, then by which filter."""
        options = self.sampling_options(shape) | self.filter_options(shape)
        return Call("interpolate", options=options)

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return torch's name of the filter and what else it takes."""
        return {"mode": self.mode}
