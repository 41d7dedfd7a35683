"""A block as a list of named stages, and what comes out of each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

#: What the first stage works on.
INPUT = "input"


@dataclass(frozen=True)
class Stage:
    """One step of a block: its name, what it does, and the stages whose results it takes.

    By default that is the stage before it.
    """

    name: str
    function: Callable[..., Tensor]
    of: tuple[str, ...] = ()


Stages = tuple[Stage, ...]


def run_stages(stages: Stages, x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield the name and the result of every stage; the last one is the block's.

    Results that no later stage takes are let go.
    """
    results, last = {INPUT: x}, INPUT
    for number, stage in enumerate(stages):
        result = stage.function(*(results[name] for name in stage.of or (last,)))
        yield stage.name, result
        needed = {name for later in stages[number + 1 :] for name in later.of}
        results = {name: kept for name, kept in results.items() if name in needed}
        results[stage.name], last = result, stage.name


def multiplied(x: Tensor, white: float, *, kept: bool) -> Tensor:
    """Return a last result times white, in its own place unless it is kept or learned from."""
    import torch

    if kept or not torch.is_inference_mode_enabled():
        return x * white
    return x.mul_(white)
