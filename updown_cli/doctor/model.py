"""A model of ONNX as a subject, with the extra `onnx`."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Any

from updown_cli.doctor.subject import Subject
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDING = ".onnx"

#: The orders of axes that pictures have in models.
LAYOUTS = ("NCHW", "NHWC")

# Types of inputs, as ONNX Runtime names them, and NumPy's.
TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
}

# Letters of what the runtime says that are quoted, and the level from which it logs: fatal.
QUOTED, FATAL = 90, 4

COLOURS = (3, 1)


class Model(Subject):
    """A model with one picture as its input; its first output is what is examined.

    `white` is the value of white in it, 1 for floats and 255 for bytes if not given.
    """

    takes_alpha = takes_deep = False

    def __init__(self, path: str, *, layout: str | None = None, white: float | None = None) -> None:
        self.name = path
        self._session = _open(path)
        self._input = self._the_input()
        self._type = TYPES[self._input.type]
        self.gives_codes = self._type == "uint8"
        self._white = white or (255.0 if self.gives_codes else 1.0)
        dims = [dim if isinstance(dim, int) and dim > 0 else None for dim in self._input.shape]
        self._layout = layout or (
            "NHWC" if dims[3] in COLOURS and dims[1] not in COLOURS else "NCHW"
        )
        sides = dims[1:3] if self._layout == "NHWC" else dims[2:]
        self.channels = dims[self._layout.index("C")] or COLOURS[0]
        self._frames = dims[0] or 1
        if None not in sides:
            self.size = (sides[0] or 0, sides[1] or 0)

    def _the_input(self) -> Any:
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise InputError(f"takes {len(inputs)} inputs, not one picture", subject=self.name)
        (first,) = inputs
        if first.type not in TYPES:
            raise InputError(f"takes {first.type}, no picture", subject=self.name)
        if len(first.shape) != len(LAYOUTS[0]):
            raise InputError(f"takes {len(first.shape)} axes, not four", subject=self.name)
        return first

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the model makes of a picture."""
        import numpy as np

        values = pixels if self.gives_codes else pixels / 255.0 * self._white
        batch = np.repeat(values[None], self._frames, 0).astype(self._type)
        if self._layout == "NCHW":
            batch = batch.transpose(0, 3, 1, 2)
        try:
            result = np.asarray(self._session.run(None, {self._input.name: batch})[0])
        except Exception as error:
            raise InputError(f"cannot be run: {_said(error)}", subject=self.name) from None
        return self._picture(result)

    def _picture(self, result: NDArray[Any]) -> NDArray[Any]:
        if result.ndim != len(LAYOUTS[0]):
            reason = f"gives {result.ndim} axes, no picture"
            raise InputError(reason, subject=self.name)
        first: NDArray[Any] = result[0]
        return first.transpose(1, 2, 0) if self._layout == "NCHW" else first

    def white(self, result: NDArray[Any]) -> float:
        """Return the value of white in a result."""
        return 255.0 if result.dtype.name == "uint8" else self._white


def _open(path: str) -> Any:
    """Return a session of the runtime; raise InputError for what is no model."""
    if not os.path.isfile(path):
        raise InputError("no such file", subject=path, code="missing")
    if importlib.util.find_spec("onnxruntime") is None:
        hint = "pip install 'updown-cli[onnx]'"
        raise InputError("a model needs the extra onnx", subject=path, hint=hint)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise InputError(f"is no model: {_said(error)}", subject=path) from None


def _said(error: Exception) -> str:
    """Return what the runtime says, in part."""
    words = "".join(c if c.isprintable() else " " for c in str(error)).split()
    line = " ".join(words)
    return line if len(line) <= QUOTED else line[:QUOTED] + "..."
