"""An array behind a line of JSON, on a pipe."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import numpy as np


def send(target: BinaryIO, told: dict[str, Any], pixels: Any) -> None:
    """Write what is told, and an array."""
    head = told | {"dtype": pixels.dtype.name, "shape": pixels.shape}
    target.write(json.dumps(head).encode() + b"\n" + pixels.tobytes())
    target.flush()


def receive(source: BinaryIO) -> tuple[dict[str, Any], Any] | None:
    """Return what was told and the array; None at the end."""
    line = source.readline()
    if not line:
        return None
    told = json.loads(line)
    dtype, shape = np.dtype(told["dtype"]), tuple(told["shape"])
    data = source.read(dtype.itemsize * int(np.prod(shape)))
    return told, np.frombuffer(data, dtype).reshape(shape)
