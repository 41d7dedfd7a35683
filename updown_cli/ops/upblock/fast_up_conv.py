"""Fast up-convolution: the same without the zeros."""

from __future__ import annotations

from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.zeros_between import Interleaved


class FastUpConv(Interleaved, UpConv):
    """The values of up-conv by four smaller convolutions; interleaved, no zero is multiplied.

    The two-tap sides are padded after (bottom and right); the authors' code pads before, which
    gives odd rows and columns one pixel late. Keys: as up-conv.
    """

    mode = "fast-up-conv"
