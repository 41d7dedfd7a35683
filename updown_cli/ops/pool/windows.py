"""What the pools by sliding windows share: windows, padding, dilation, saved positions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import Anatomy
from updown_cli.op.call import Call, Term, X, pad_call
from updown_cli.op.code import symmetric
from updown_cli.op.input_span import InputSpan
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, as_typed, each_axis, param
from updown_cli.op.per_axis import Padding, Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText
from updown_cli.op.strided import LARGEST, Strided
from updown_cli.op.windows import (
    Span,
    anatomy_of_windows,
    pads_to_the_last_window,
    values_with_pads,
)


@dataclass(frozen=True, kw_only=True)
class WindowPool(Strided, abstract=True):
    """Windows of kernel_size pixels, stride pixels apart.

    out = floor((in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1;
    ceil with ceil_mode, without windows that would start in the padding at the end.
    """

    command = "pool"

    kernel_size: tuple[int, ...] = param(
        (2,), "Pixels of a window.", Sizes(min=1, max=LARGEST), letter="k", telling=Telling.WINDOW
    )
    ceil_mode: bool = param(False, "Keep a last window that is only partly inside.", Flag())
    require_divisible: bool = param(False, "Refuse images whose end no window would read.", Flag())

    def spans(self) -> list[Span]:
        """Return the windows along each axis."""
        assert self.stride is not None
        return [
            Span(kernel, stride, padding, dilation, self.ceil_mode)
            for kernel, stride, padding, dilation in zip(
                self.kernel_size, self.stride, self._paddings(), self._dilations(), strict=True
            )
        ]

    def _paddings(self) -> tuple[int | str, ...]:
        return (0,) * len(self.kernel_size)

    def _dilations(self) -> tuple[int, ...]:
        return (1,) * len(self.kernel_size)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the number of windows along each axis."""
        spans = self.spans()
        unread = self._unread(shape)
        if self.require_divisible and any(unread):
            raise ShapeError(
                f"the last {by_x(unread)} pixels of {by_x(shape.size)} fill no window",
                hint="choose another --kernel-size or leave --require-divisible out",
            )
        return tuple(span.count(side) for span, side in zip(spans, shape.size, strict=True))

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the number of windows along each axis as a formula."""
        return [
            span.size_formula(side) for span, side in zip(self.spans(), shape.size, strict=True)
        ]

    def padded_by_torch(self, shape: Shape) -> bool:
        """Whether torch itself does as if there were padding."""
        return False

    def padded_values(self, shape: Shape) -> int:
        """Return the values with the padding, where torch does not do without."""
        if self.padded_by_torch(shape):
            return 0
        return values_with_pads(pads_to_the_last_window(self.spans(), shape.size), shape)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the windows."""
        return [span.over(side) for span, side in zip(self.spans(), shape.size, strict=True)]

    def unfolded(self, of: Term) -> str:
        """Return the code of all windows, their values on the last axis."""
        code = of.code()
        for axis, span in enumerate(self.spans(), start=2):
            gaps = f"[..., ::{span.dilation}]" if span.dilation > 1 else ""
            code += f".unfold({axis}, {span.reach}, {span.stride}){gaps}"
        dims = len(self.kernel_size)
        return code + (f".flatten({-dims})" if dims > 1 else "")

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return the windows."""
        return anatomy_of_windows(self.spans(), shape.size)

    def how_to_fit(self) -> str:
        """Name the window."""
        return f"the window is {by_x(tuple(span.reach for span in self.spans()))}"

    def notes(self, shape: Shape) -> list[str]:
        """Say which pixels no window reads."""
        unread = self._unread(shape)
        return [f"the last {by_x(unread)} pixels are in no window"] if any(unread) else []

    def _unread(self, shape: Shape) -> tuple[int, ...]:
        return tuple(s.unread(side) for s, side in zip(self.spans(), shape.size, strict=True))


@dataclass(frozen=True, kw_only=True)
class PaddedPool(WindowPool, abstract=True):
    """Windows that may reach over the edge."""

    padding: tuple[int, ...] | str = param(
        (0,),
        "Pixels added on each side, at most half of kernel_size; 'same' and 'same-lower' give "
        "ceil(in / stride) as TensorFlow and ONNX do.",
        Padding(min=0, max=LARGEST, words=("same", "same-lower", "valid")),
        letter="p",
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse what torch refuses, and ceil_mode beside a name that fixes the size."""
        if isinstance(self.padding, str):
            if self.ceil_mode:
                raise ParameterError(
                    f"--ceil-mode goes with a number as --padding, not with {self.padding}"
                )
            return
        assert self.kernel_size is not None
        for kernel, padding in each_axis(self.kernel_size, self.padding):
            if padding > kernel // 2:
                raise ParameterError(
                    f"must be at most half of --kernel-size, {kernel // 2}",
                    subject=f"--padding {as_typed(self.padding)}",
                )

    def _paddings(self) -> tuple[int | str, ...]:
        if isinstance(self.padding, str):
            return (self.padding,) * len(self.kernel_size)
        return self.padding

    def pads(self, shape: Shape) -> list[tuple[int, int]]:
        """Return the padding before and after each axis."""
        return [span.pads(side) for span, side in zip(self.spans(), shape.size, strict=True)]


@dataclass(frozen=True, kw_only=True)
class DilatedPool(PaddedPool, abstract=True):
    """Windows with gaps."""

    dilation: tuple[int, ...] = param(
        (1,),
        "Pixels from one pixel of a window to the next.",
        Sizes(min=1, max=LARGEST),
        telling=Telling.DETAIL,
    )

    def _dilations(self) -> tuple[int, ...]:
        return self.dilation

    def max_call(self, shape: Shape, of: Term = X, *, indices: bool = False) -> Call:
        """Return torch's max pool; padding that it has not is -inf."""
        pads = self.pads(shape)
        padded_by_torch = self.padded_by_torch(shape)
        options = {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": tuple(before for before, _ in pads) if padded_by_torch else 0,
            "dilation": self.dilation,
            "ceil_mode": self.ceil_mode,
            "return_indices": indices,
        }
        term = of if padded_by_torch else pad_call(of, pads, -math.inf)
        return Call(f"max_pool{shape.dims}d", (term,), options)

    def padded_by_torch(self, shape: Shape) -> bool:
        """Whether torch's own padding, at most half a window, is what is wanted."""
        pads = self.pads(shape)
        halves = (kernel // 2 for kernel in self.kernel_size)
        return symmetric(pads) and all(
            before <= half for (before, _), half in zip(pads, halves, strict=True)
        )
