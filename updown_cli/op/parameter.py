"""Parameters of an operation: declared once, with a default, a sentence and limits."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.relative_size import RelativeSize

if TYPE_CHECKING:
    from updown_cli.op.file_role import FileRole
    from updown_cli.op.param_types import ParamType
    from updown_cli.op.schema import Given


class Telling(IntEnum):
    """How much a parameter tells of its operation.

    A title has those that tell anything, a table the one that tells most, if it is no detail.
    """

    NOTHING = 0
    DETAIL = 1
    KERNEL = 2
    SIZE = 3
    WINDOW = 4


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of an operation.

    `letter` is its short option, `telling` how much it tells of the operation, `file` which files
    it names, if it names any. What `prints` asks for a part of the report, on standard output.
    `needed` says where a value that must be given comes from.
    """

    name: str
    kind: ParamType
    default: Any
    help: str
    required: bool
    letter: str = ""
    telling: Telling = Telling.NOTHING
    file: FileRole | None = None
    prints: bool = False
    needed: str = ""

    @property
    def option(self) -> str:
        """Return the name as it is typed."""
        return option_name(self.name)

    def load(self, given: Given) -> Any:
        """Return the value that JSON gives; raise SchemaError for what is none."""
        if given.value is None and self.default is None:
            return None
        try:
            self.kind.check_json(given.value)
            value = self.kind.load(given.value)
            self.kind.check(value)
        except ValueError as error:
            raise given.error(str(error)) from None
        return value

    def check(self, value: Any) -> None:
        """Raise `ParameterError` for a value outside the limits."""
        if value is None:
            if self.required:
                raise ParameterError("is needed", subject=self.option, hint=self.needed)
            if self.default is None:
                return
        try:
            self.kind.check(value)
        except ValueError as error:
            raise ParameterError(str(error), subject=f"{self.option} {as_typed(value)}") from None


def option_name(name: str) -> str:
    """Return the option for a parameter: `--kernel-size` for `kernel_size`."""
    return "--" + name.replace("_", "-")


def as_typed(value: Any) -> str:
    """Return a parameter's value as a user would type it."""
    if isinstance(value, tuple):
        return "x".join("_" if part is None else as_typed(part) for part in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def param(
    default: Any,
    help: str,  # noqa: A002
    kind: ParamType,
    *,
    required: bool = False,
    letter: str = "",
    telling: Telling = Telling.NOTHING,
    file: FileRole | None = None,
    prints: bool = False,
    needed: str = "",
) -> Any:
    """Declare a parameter: its default, what it does, what it may be, and its roles."""
    roles = {"letter": letter, "telling": telling, "file": file, "prints": prints, "needed": needed}
    told = {"help": help, "kind": kind, "required": required}
    return field(default=default, metadata=told | roles)


def redeclare(cls: Any, name: str, default: Any) -> Any:
    """Declare an inherited parameter again with another default."""
    known = next(one for one in dataclasses.fields(cls) if one.name == name)
    return field(default=default, metadata=known.metadata)


def parameters_of(cls: type[Any]) -> tuple[Parameter, ...]:
    """Return the fields of a dataclass that `param` made, in order."""
    return tuple(
        Parameter(f.name, default=f.default, **f.metadata)
        for f in dataclasses.fields(cls)
        if "kind" in f.metadata
    )


def axis_values(
    value: tuple[Any, ...] | RelativeSize, size: tuple[int, ...], option: str
) -> tuple[Any, ...]:
    """Return the value of each axis of data of a size, or raise `ShapeError`."""
    if not isinstance(value, RelativeSize):
        return spread_over_axes(value, len(size), option)
    if len(value.sides) > 1:
        spread_over_axes(value.sides, len(size), option)
    return value.of(size)


def spread_over_axes(value: tuple[Any, ...], dims: int, option: str) -> tuple[Any, ...]:
    """Return one value per axis from one value for all, or raise `ShapeError`."""
    if len(value) == dims:
        return value
    if len(value) == 1:
        return value * dims
    raise ShapeError(f"{option} {as_typed(value)} has {len(value)} numbers for {dims}-D data")


def each_axis(*values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return the values of each axis side by side, before the number of axes is known."""
    axes = max(map(len, values))
    return list(zip(*(v * axes if len(v) == 1 else v for v in values), strict=False))
