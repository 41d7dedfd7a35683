"""Layers that resize otherwise than modes do: transposed convolutions, and channels as pixels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.identify.convention import Registered
from updown_cli.identify.sizing import Sides, Sizing
from updown_cli.ops import OPS

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape

#: Orders of the channels that become pixels, the usual one first.
ORDERS = ("crd", "dcr", "phase-shift")


def transposed(source: Shape, size: Sides) -> Iterator[Registered]:
    """Yield transposed convolutions that enlarge by a whole factor.

    Their kernels are linear interpolation, as networks begin with it, and one pixel among zeros.
    """
    factors = tuple(Fraction(out, side) for side, out in zip(source.size, size, strict=True))
    if min(factors) < 2 or any(factor.denominator > 1 for factor in factors):
        return
    strides = tuple(map(int, factors))
    (deconv,) = OPS["deconv"].modes
    linear = tuple(2 * stride - stride % 2 for stride in strides)
    for kernel, sides in (("bilinear", linear), ("identity", (1,) * len(strides))):
        yield Registered(deconv, (("kernel", kernel),), Sizing("stride", factors, sides))


def shuffles(source: Shape, result: Shape) -> tuple[Registered, ...]:
    """Return what makes pixels of channels, or channels of pixels, in every order."""
    up = result.size[0] > source.size[0]
    longer, shorter = (result, source) if up else (source, result)
    factor = Fraction(longer.size[0], shorter.size[0])
    (shuffle,) = OPS["shuffle"].modes
    name = "upscale_factor" if up else "downscale_factor"
    sizing = Sizing(name, (factor if up else 1 / factor,) * len(source.size))
    orders = (() if order == ORDERS[0] else (("order", order),) for order in ORDERS)
    return tuple(Registered(shuffle, options, sizing) for options in orders)


def are_shuffled(source: Shape, result: Shape) -> bool:
    """Whether channels have become pixels, or pixels channels."""
    pairs = [*zip(source.size, result.size, strict=True)]
    ratios = {Fraction(after, before) for before, after in pairs}
    if source.channels == result.channels or len(ratios) != 1:
        return False
    (ratio,) = ratios
    whole = 1 in (ratio.numerator, ratio.denominator)
    return whole and source.channels == result.channels * ratio ** len(pairs)
