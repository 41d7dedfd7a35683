"""Where the pixels of a result lie among those of its input, axis by axis."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.op.param_types import Choice
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from updown_cli.explain.traces import Trace
    from updown_cli.op.base import Op
    from updown_cli.op.input_span import InputSpan

#: The commands whose pixels lie between those of their input.
INTERPOLATES = ("upsample",)

#: The axes of data by the number of its sides.
AXES = {1: ("x",), 2: ("y", "x")}


@dataclass(frozen=True)
class SampledAxis:
    """An axis of so many input pixels, and where each pixel of the result is sampled in it.

    0 is the middle of the first pixel of the input. `convention` is what that follows, if it can be
    chosen.
    """

    convention: str
    axis: str
    length: int
    places: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self) | {"places": list(self.places)}


def sampled_axes(trace: Trace) -> list[SampledAxis] | None:
    """Return each axis of what interpolates, by each convention that it can follow, its own first.

    None for what does not, and for three sides.
    """
    sides = trace.input.ndim - 2
    if trace.op.command not in INTERPOLATES or sides not in AXES:
        return None
    shape, after = Shape(*trace.input.shape[1:]), trace.output.shape[2:]
    return [
        SampledAxis(convention, axis, span.length, _places(span, count))
        for convention, each in _choices(trace.op)
        for axis, span, count in zip(AXES[sides], each.input_spans(shape), after, strict=True)
    ]


def alike_as_one(axes: list[SampledAxis]) -> list[SampledAxis]:
    """Return the axes of which those of one convention are one where they are alike."""
    found: list[SampledAxis] = []
    for axis in axes:
        last = found[-1] if found else None
        if last and replace(last, axis=axis.axis) == axis:
            found[-1] = replace(last, axis=f"{last.axis} and {axis.axis}")
        else:
            found.append(axis)
    return found


def _places(span: InputSpan, count: int) -> tuple[float, ...]:
    return tuple(float(span.centre + span.step * number) for number in range(count))


def _choices(op: Op) -> list[tuple[str, Op]]:
    """Return the operation with each of its coordinates, its own first; itself if it has none."""
    kinds = {parameter.name: parameter.kind for parameter in op.parameters()}
    kind = kinds.get("coordinates")
    if not isinstance(kind, Choice):
        return [("", op)]
    changes = {"align_corners": False} if "align_corners" in kinds else {}
    aligned = "align-corners" if getattr(op, "align_corners", False) else "half-pixel"
    own = getattr(op, "coordinates", None) or aligned
    found = [(own, op)]
    for name in kind.names:
        with suppress(UpdownError):
            other = (name, op.derived(coordinates=name, **changes))
            found += [other] if name != own else []
    return found
