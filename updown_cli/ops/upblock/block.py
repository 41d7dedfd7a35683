"""What the learned blocks share: weights or a start, biases, the range of values, their stages."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.array_names import METAVAR
from updown_cli.op.artifact import Intermediate
from updown_cli.op.explainable import FROM
from updown_cli.op.file_role import ARRAYS, NUMBERS_OR_ARRAYS, FileRole
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice, Flag, Int, Text
from updown_cli.op.parameter import param, redeclare
from updown_cli.op.per_channel import Bias
from updown_cli.op.pointwise import InRange
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.windows import ceil_div
from updown_cli.ops.upblock.block_weights import OPTION, SETS, BlockFile
from updown_cli.ops.upblock.by_channel import ByChannel, by_channel_lines
from updown_cli.ops.upblock.learned import LearnedBlock
from updown_cli.ops.upblock.post_conv import PostConv
from updown_cli.ops.upblock.stages import Stage, Stages, multiplied
from updown_cli.tensors.weights import Expected

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines

# What a block of branches holds of its stages, and the maps that torch's convolutions work on
# together, however few there are.
STAGES_AT_ONCE, MAPS_AT_ONCE = 3, 16

# Numbers of channels whose last one can be alpha.
WITH_ALPHA = (2, 4)


@dataclass(frozen=True, kw_only=True)
class Block(InRange, LearnedBlock, ByChannel, abstract=True):
    """Learned layers that enlarge 2-D data. Subclasses give `keys` and `stages`."""

    command = "upblock"
    told_as = FROM
    why_whole = "blocks are not taken apart"
    around = NOTHING_AROUND

    weights: str | None = param(
        None,
        "The numbers: .npz, .safetensors or .pt. It has the arrays that the mode names, or with "
        "PREFIX those whose names begin with PREFIX and a dot. photo is a set that ships.",
        Text("FILE[::PREFIX]"),
        file=replace(ARRAYS, always=False, words=SETS),
    )
    init: str | None = param(
        None,
        "How the block starts without a file. It has as many channels as the image, and is an "
        "interpolation of each, or drawn as torch draws (icnr, for subpixel: the same for all r^2 "
        "phases).",
        Choice(("bilinear", "icnr", "random")),
    )
    seed: int | None = param(
        None, "Seed of drawn numbers; 0 if not given.", Int(min=0, max=(1 << 63) - 1)
    )
    biases: bool = param(True, "Add the biases that the file has.", Flag())
    post_conv: str | None = param(
        None,
        "A convolution after the block; (out, in, height, width) of odd height and width, so that "
        "it keeps the size.",
        Text(METAVAR),
        file=ARRAYS,
    )
    post_conv_bias: tuple[float, ...] | str | None = param(
        None,
        "Added after --post-conv; one number, or one per output channel.",
        Bias(),
        file=NUMBERS_OR_ARRAYS,
    )
    input_range: str = redeclare(InRange, "input_range", "unit")
    show_steps: str | None = param(
        None,
        "Save what each stage gives. That is in the range of the block: DIR/NN-STAGE.npy, and .png "
        "where it is a picture; for several inputs in a folder each.",
        Text("DIR"),
        file=FileRole(what="folder of stages", use="fill", each_input=True),
    )

    @property
    def linear(self) -> bool:  # type: ignore[override]
        """Whether the block only interpolates, so that ReLU leaves colours as they are."""
        return self.init == "bilinear" and self.post_conv is None

    def knows_alpha(self) -> bool:
        """Learned numbers mix channels, and know nothing of alpha."""
        return self.linear

    @property
    def is_drawn(self) -> bool:
        """Whether the block starts with random numbers."""
        return self.init in ("icnr", "random")

    @property
    def file(self) -> BlockFile | None:
        """The file of weights, if there is one."""
        return None if self.weights is None else BlockFile(self.weights, self.set_part)

    @property
    def set_part(self) -> str:
        """The part of a set of weights that ships, where it has one for the block."""
        return f"--mode {self.mode}"

    @property
    def post(self) -> PostConv | None:
        """The convolution after the block, if there is one."""
        return PostConv(self.post_conv, self.post_conv_bias) if self.post_conv else None

    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """Return the names of the arrays that the block reads."""

    @abstractmethod
    def stages(self) -> Stages:
        """Return what is done, in order."""

    @abstractmethod
    def results(self, ins: int) -> int:
        """Return the channels that come out of so many, before --post-conv, or raise ShapeError."""

    def check(self) -> None:
        """Ask for weights or a start, and refuse files that cannot be read."""
        if (self.weights is None) == (self.init is None):
            raise ParameterError("upblock needs exactly one of these", subject=f"{OPTION}, --init")
        if self.init == "icnr" and self.mode != "subpixel":
            raise ParameterError("--init icnr goes with --mode subpixel")
        if self.seed is not None and not self.is_drawn:
            raise ParameterError("--seed goes with --init icnr or random")
        if self.post_conv_bias is not None and self.post_conv is None:
            raise ParameterError("--post-conv-bias goes with --post-conv")
        if self.post is not None:
            self.post.check()
        if self.file is not None:
            self.file.check()
            self.check_file()

    @abstractmethod
    def check_file(self) -> None:
        """Raise ParameterError for arrays that are missing or do not fit each other."""

    def bias_or_none(self, key: str, shape: Expected) -> NDArray[Any] | None:
        """Return a bias of the file; None if it has none, or none is wanted."""
        has = self.biases and self.file is not None and self.file.has(key)
        return self.file.array(key, shape) if self.file and has else None

    def for_shape(self, shape: Shape) -> Self:
        """Refuse what has no rows and columns, and fill in the seed."""
        if shape.dims != 2:
            raise ShapeError(f"--mode {self.mode} is for 2-D data, not {shape.dims}-D")
        seed = 0 if self.is_drawn and self.seed is None else self.seed
        return replace(super().for_shape(shape), seed=seed)

    def out_channels(self, shape: Shape) -> int:
        """Return the channels of the last convolution."""
        outs = self.all_results(shape.channels)
        return self.post.results(outs) if self.post else outs

    def misfit(self, key: str, takes: int, ins: int) -> ShapeError:
        """Return the refusal of an image with other channels than the weights are for."""
        assert self.file is not None
        hint = "--alpha drop leaves transparency out" if ins in WITH_ALPHA else ""
        return ShapeError(
            f"is for {takes} channels, the image has {ins}",
            subject=self.file.place(key),
            hint=hint,
        )

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of arrays that nothing reads: their names may be those of another convention."""
        unused = self.file.unused(self.keys()) if self.file else []
        return [f"{OPTION} {self.weights}: not used: {', '.join(unused)}"] if unused else []

    def answers(self, shape: Shape) -> list[str]:
        """Tell the seed of drawn numbers."""
        return [f"the weights are drawn with --seed {self.seed}"] if self.is_drawn else []

    def inner_values(self, shape: Shape) -> int:
        """Return what stages give, all if they are to be saved, and what a convolution works on."""
        widest = max(shape.channels, self.all_results(shape.channels))
        kept = len(self._all_stages()) if self.show_steps else STAGES_AT_ONCE
        maps = kept * widest + ceil_div(widest, MAPS_AT_ONCE) * MAPS_AT_ONCE
        return maps * math.prod(self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return every pixel: blocks are not taken apart."""
        return [whole_span(side) for side in shape.size]

    def only_pixels(self) -> bool:
        """Whether no stages are to be saved."""
        return self.show_steps is None

    def stage_names(self) -> list[str]:
        """Return the names of the stages, if they are to be saved."""
        return [stage.name for stage in self._all_stages()] if self.show_steps else []

    def run(self, signal: Signal) -> Signal:
        """Return the result of the last stage, with those of all if they are to be saved."""
        white = self.white(signal)
        x, steps = signal.pixels / white, []
        for name, result in self.run_by_channel(x):
            x = result
            if self.show_steps is not None:
                values = x.cpu().numpy()
                shown = Intermediate(values, signal.white / white, name=name, asked_by="show_steps")
                steps.append(shown)
        return signal.with_result(multiplied(x, white, kept=bool(steps)), *steps)

    def apply(self, x: Tensor) -> Tensor:
        """Return the result for values whose white is 1."""
        return self.run(Signal(x)).pixels

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the file's arrays, what the mode does, and the convolution after it."""
        return [
            *([self.file.line()] if self.file else []),
            *self._lines_of_all(shape, frames),
            *(self.post.lines() if self.post else []),
        ]

    def _lines_of_all(self, shape: Shape, frames: int) -> Lines:
        if not self.by_channel(shape.channels):
            return self.lines(shape, frames)
        one = Shape(1, *shape.size)
        return by_channel_lines(self.lines(one, frames * shape.channels), shape.channels)

    @abstractmethod
    def lines(self, shape: Shape, frames: int) -> Lines:
        """Return code that makes y of x as the stages do."""

    def after(self) -> Stages:
        """Return the convolution after the block, if there is one."""
        return (Stage("post-conv", self.post.apply),) if self.post else ()

    def _all_stages(self) -> Stages:
        return (*self.stages(), *self.after())
