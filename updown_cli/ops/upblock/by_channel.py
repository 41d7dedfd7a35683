"""Weights for one channel on images of several: each channel is an image of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.op.code import Lines
from updown_cli.ops.upblock.block_weights import BlockFile
from updown_cli.ops.upblock.stages import Stages, run_stages

if TYPE_CHECKING:
    from torch import Tensor


class ByChannel:
    """A block that can do the same to each channel, where its weights are for one."""

    @property
    @abstractmethod
    def file(self) -> BlockFile | None:
        """The file of weights, if there is one."""

    @abstractmethod
    def stages(self) -> Stages:
        """Return what is done, in order."""

    @abstractmethod
    def after(self) -> Stages:
        """Return what comes after the block."""

    @abstractmethod
    def results(self, ins: int) -> int:
        """Return the channels that come out of so many."""

    def takes(self) -> int | None:
        """Return how many channels the file's weights are for; None where it does not tell."""
        return None

    def by_channel(self, ins: int) -> bool:
        """Whether weights for one channel work on each of an image's by itself."""
        return ins > 1 and self.file is not None and self.takes() == 1

    def all_results(self, ins: int) -> int:
        """Return the channels that come out of so many, of each by itself or of all together."""
        return ins * self.results(1) if self.by_channel(ins) else self.results(ins)

    def run_by_channel(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Yield the name and the result of every stage, and of what comes after the block."""
        stages, post = self.stages(), self.after()
        if not self.by_channel(x.shape[1]):
            yield from run_stages((*stages, *post), x)
            return
        for name, result in run_stages(stages, one_by_one(x)):
            last = together(result, x.shape[1])
            yield name, last
        yield from run_stages(post, last)


def one_by_one(x: Tensor) -> Tensor:
    """Return every channel as an image."""
    return x.flatten(0, 1)[:, None]


def together(x: Tensor, channels: int) -> Tensor:
    """Return what was made of so many channels of an image as its channels."""
    return x.reshape(-1, channels * x.shape[1], *x.shape[2:])


def by_channel_lines(lines: Lines, channels: int) -> Lines:
    """Return code that does the same around lines that make y of x."""
    return [
        "x = x.flatten(0, 1)[:, None]  # every channel is an image",
        *lines,
        f"y = y.unflatten(0, (-1, {channels})).flatten(1, 2)",
    ]
