"""Windows and their padding as TensorFlow names them."""

from __future__ import annotations

from collections.abc import Sequence

from updown_cli.op.code import one_for_all_axes


def padding_name(padding: Sequence[int] | str, *, ceil_mode: bool = False) -> str | None:
    """Return TensorFlow's name of a padding; None for what it has not."""
    if padding in ("same", "valid"):
        return str(padding).upper()
    nothing = not isinstance(padding, str) and not any(padding) and not ceil_mode
    return "VALID" if nothing else None


def windows(kernel_size: Sequence[int], stride: Sequence[int] | None) -> dict[str, object]:
    """Return the options that say how large windows are and how far apart."""
    strides = kernel_size if stride is None else stride
    return {"ksize": one_for_all_axes(kernel_size), "strides": one_for_all_axes(strides)}
