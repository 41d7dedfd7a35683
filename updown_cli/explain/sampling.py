"""Where the pixels of a result lie among those of its input, axis by axis."""

from __future__ import annotations

from contextlib import suppress
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


def sampling_axes(op: Op, trace: Trace) -> list[dict[str, Any]] | None:
    """Return for each axis its length, and where each pixel of the result is sampled.

    0 is the middle of the first pixel of the input. Of an operation that chooses where its pixels
    lie all choices are told side by side, its own first. None for what does not interpolate.
    """
    if op.command not in INTERPOLATES:
        return None
    shape, after = Shape(*trace.input.shape[1:]), trace.output.shape[2:]
    return [
        {"axis": f"{axis} {name}".strip(), "length": span.length, "places": _places(span, count)}
        for name, each in _choices(op)
        for axis, span, count in zip(AXES[shape.dims], each.input_spans(shape), after, strict=True)
    ]


def _places(span: InputSpan, count: int) -> list[float]:
    return [float(span.centre + span.step * number) for number in range(count)]


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
