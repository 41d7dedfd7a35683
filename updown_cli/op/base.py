"""What an operation is: parameters with limits, a size formula, and arithmetic.

An operation is a frozen dataclass whose fields are made by `param`. The command, the JSON form,
the validation, the documentation and the shared tests are derived from them.
"""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.param_types import nearest_name
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.input_span import Reach
    from updown_cli.op.param_types import Kind
    from updown_cli.op.pool_indices import Switches
    from updown_cli.op.resampling import Table
    from updown_cli.ops.deconvnet.findings import Findings


@dataclass(frozen=True)
class Intermediate:
    """What a stage inside an operation gave, N x C x sides, with the value of white in it."""

    name: str
    values: NDArray[Any]
    white: float


@dataclass(frozen=True)
class Signal:
    """Pixels on their way through a pipeline, N x C x sides, and what is known of them.

    `white` is the value that a file has for white; `switches` are what pools remembered, `stages`
    what operations were asked to show, `findings` what networks saw in each image.
    """

    pixels: Tensor
    switches: tuple[Switches, ...] = ()
    white: float = 1.0
    stages: tuple[Intermediate, ...] = ()
    findings: tuple[Findings, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of an operation."""

    name: str
    kind: Kind
    default: Any
    help: str
    required: bool

    @property
    def option(self) -> str:
        """Return the name as it is typed."""
        return option_name(self.name)

    def load(self, data: Any) -> Any:
        """Return the value that JSON has as `data`; raise `ParameterError` for what is none."""
        if data is None and self.default is None:
            return None
        try:
            self.kind.check_json(data)
            return self.kind.load(data)
        except ValueError as error:
            raise ParameterError(str(error), subject=f"'{self.name}'") from None

    def check(self, value: Any) -> None:
        """Raise `ParameterError` for a value outside the limits."""
        if value is None:
            if self.required:
                raise ParameterError("is needed", subject=self.option)
            if self.default is None:
                return
        try:
            self.kind.check(value)
        except ValueError as error:
            raise ParameterError(str(error), subject=f"{self.option} {shown(value)}") from None


def option_name(name: str) -> str:
    """Return the option for a parameter: `--kernel-size` for `kernel_size`."""
    return "--" + name.replace("_", "-")


def shown(value: Any) -> str:
    """Return a parameter's value as a user would type it."""
    if isinstance(value, tuple):
        return "x".join("_" if part is None else shown(part) for part in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def param(default: Any, help: str, kind: Kind, *, required: bool = False) -> Any:  # noqa: A002
    """Declare a parameter: its default, what it does, and what it may be."""
    return field(default=default, metadata={"help": help, "kind": kind, "required": required})


def redeclared(cls: Any, name: str, default: Any) -> Any:
    """Declare an inherited parameter again with another default."""
    parameter = next(known for known in cls.parameters() if known.name == name)
    return param(default, parameter.help, parameter.kind)


@dataclass(frozen=True, kw_only=True)
class Op(ABC):
    """One operation with its parameters.

    Subclasses give `out_size`, `reach` and `apply`; all are called on an operation whose per-axis
    parameters have one number per axis (`for_shape`).
    """

    command: ClassVar[str]
    mode: ClassVar[str] = ""
    #: Output values are weighted sums of input values, so colour must be premultiplied by alpha.
    linear: ClassVar[bool] = False
    #: Output values have the scale of the input's, whose 0 is black, and not one of their own.
    gives_code_values: ClassVar[bool] = True
    #: Why a result can have NaNs that its input had not, and what to do.
    why_nan: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            parameter.check(getattr(self, parameter.name))
        self.check()

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the declared parameters in order."""
        return declared(cls)

    def check(self) -> None:  # noqa: B027
        """Raise `ParameterError` where parameters contradict each other."""

    def for_shape(self, shape: Shape) -> Self:
        """Return this operation with one number per axis and every default filled in."""
        per_axis = {
            parameter.name: spread(value, shape.dims, parameter.option)
            for parameter in self.parameters()
            if parameter.kind.per_axis and isinstance(value := getattr(self, parameter.name), tuple)
        }
        return replace(self, **per_axis)

    def with_switches(self, switches: Switches) -> Self:
        """Return this operation with what the positions of an earlier pool tell it."""
        return self

    def out_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; raise `ShapeError` if there is none."""
        op = self.for_shape(shape)
        result = Shape(op.out_channels(shape), *op.out_size(shape))
        if min(result) < 1:
            reason = f"{self.command}: nothing is left of a {shape} image"
            raise ShapeError(reason, hint=op.how_to_fit())
        return result

    def out_channels(self, shape: Shape) -> int:
        """Return the number of channels of the result."""
        return shape.channels

    def selects_values(self) -> bool:
        """Whether every output value is an input value or zero, so that integers stay."""
        return False

    def keeps_level(self, shape: Shape) -> bool:
        """Whether a flat picture above zero stays above zero, and so an opaque one opaque."""
        return True

    def knows_alpha(self) -> bool:
        """Whether transparency keeps its meaning when it is treated as the colours are."""
        return True

    def only_pixels(self) -> bool:
        """Whether `run` takes and gives pixels alone, so that some of its rows can be had alone."""
        return True

    def resized(self, size: tuple[int, ...]) -> Self:
        """Return this operation for an image of other sides, whose result has these."""
        return self

    def inner_values(self, shape: Shape) -> int:
        """Return how many values `run` holds at once beside the image and the result."""
        return 0

    def stage_names(self) -> list[str]:
        """Return the names of what `run` adds to the stages of a signal, if asked."""
        return []

    def out_frames(self, frames: int, shape: Shape) -> int:
        """Return the number of frames of the result."""
        return frames

    def how_to_fit(self) -> str:
        """Return what to do when nothing is left of an image."""
        return ""

    @abstractmethod
    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides of the result."""

    @abstractmethod
    def reach(self, shape: Shape) -> list[Reach]:
        """Return for each axis which input pixels an output pixel needs."""

    def operations(self, shape: Shape) -> int:
        """Return the multiply-adds, or comparisons, for one image: none where values only move."""
        each = math.prod(reach.taps for reach in self.reach(shape))
        return round(math.prod(self.out_shape(shape)) * each) if each > 1 else 0

    def run(self, signal: Signal) -> Signal:
        """Apply the operation. Its shape must have passed `out_shape`."""
        return replace(signal, pixels=self.apply(signal.pixels))

    @abstractmethod
    def apply(self, x: Tensor) -> Tensor:
        """Return the result for N x C x sides."""

    def has_tables(self, shape: Shape) -> bool:
        """Whether the operation is a separable interpolation that tables can do."""
        return False

    def weighs_by_tables(self, shape: Shape) -> bool:
        """Whether tables would mix values, with weights of single precision."""
        return self.has_tables(shape) and not self.selects_values()

    def tables(self, shape: Shape) -> tuple[Table, ...] | None:
        """Return the weights of each side if the operation has tables."""
        return None

    def warnings(self, shape: Shape) -> list[str]:
        """Return what a user should know about this result."""
        return []

    def notes(self, shape: Shape) -> list[str]:
        """Return what a user may want to know about this result."""
        return []

    def answers(self, shape: Shape) -> list[str]:
        """Return what the user asked to be told of this result."""
        return []

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON, every parameter written out."""
        head = {"op": self.command, "mode": self.mode} if self.mode else {"op": self.command}
        return head | {p.name: p.kind.dump(getattr(self, p.name)) for p in self.parameters()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the operation that gave `data`; raise ParameterError for what none gives."""
        known = {parameter.name: parameter for parameter in cls.parameters()}
        given = {name: value for name, value in data.items() if name not in ("op", "mode")}
        for name in given.keys() - known.keys():
            hint = nearest_name(name, tuple(known))
            raise ParameterError(f"no parameter '{name}'{hint}")
        return cls(**{name: known[name].load(value) for name, value in given.items()})


def declared(cls: type[Any]) -> tuple[Parameter, ...]:
    """Return the fields of a dataclass that `param` made, in order."""
    return tuple(
        Parameter(f.name, default=f.default, **f.metadata)
        for f in dataclasses.fields(cls)
        if "kind" in f.metadata
    )


def spread(value: tuple[Any, ...], dims: int, option: str) -> tuple[Any, ...]:
    """Return one value per axis from one value for all, or raise `ShapeError`."""
    if len(value) == dims:
        return value
    if len(value) == 1:
        return value * dims
    raise ShapeError(f"{option} {shown(value)} has {len(value)} numbers for {dims}-D data")


def each_axis(*values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return the values of each axis side by side, before the number of axes is known."""
    axes = max(map(len, values))
    return list(zip(*(v * axes if len(v) == 1 else v for v in values), strict=False))
