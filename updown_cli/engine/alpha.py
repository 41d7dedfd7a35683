"""Colours beside transparency: what channels mean, and operations that weigh them by alpha."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.pipeline.plan import Plan


@dataclass(frozen=True)
class ChannelInfo:
    """What channels mean: a last one of alpha, and code values up to `white`.

    `weighs` says that alpha weighs colours where they are mixed, `linear_light` that colours are
    decoded before and encoded after.
    """

    white: float = 255.0
    alpha: bool = False
    weighs: bool = False
    linear_light: bool = False


# Alpha that single precision leaves of an opaque picture, as a share of white.
OPAQUE = 1 - 1e-5

#: Eight bits without transparency.
PLAIN = ChannelInfo()


def alpha_warning(plan: Plan, channel_info: ChannelInfo) -> list[str]:
    """Return what to say of a picture that kernels make transparent."""
    if not (channel_info.alpha and channel_info.weighs):
        return []
    if all(step.op.keeps_level(step.before) for step in plan.steps if step.op.linear):
        return []
    return ["a kernel that sums to 0 makes everything transparent; use --alpha drop or straight"]


def apply_to_colours(
    function: Callable[[Tensor, float], Tensor], x: Tensor, channel_info: ChannelInfo
) -> Tensor:
    """Return x with a function applied to its colours, not to alpha."""
    import torch

    if not channel_info.alpha:
        return function(x, channel_info.white)
    return torch.cat([function(x[:, :-1], channel_info.white), x[:, -1:]], 1)


def run_premultiplied(run: Callable[[Signal], Signal], signal: Signal, full: float) -> Signal:
    """Run an operation that mixes colours: they are weighed by alpha, the last channel."""
    import torch

    x = signal.pixels
    if not (x[:, -1] == full).all():
        x = torch.cat([x[:, :-1] * (x[:, -1:] / full), x[:, -1:]], 1)
    mixed = run(replace(signal, pixels=x))
    return replace(mixed, pixels=unweighed(mixed.pixels, full))


def unweighed(x: Tensor, full: float) -> Tensor:
    """Return colours that alpha, the last channel, has weighed as they were before; none are 0."""
    import torch

    colour, alpha = x[:, :-1], x[:, -1:].clamp(0, full)
    if (alpha >= full * OPAQUE).all():
        return x
    return torch.cat([torch.where(alpha > 0, colour * (full / alpha), 0.0), x[:, -1:]], 1)
