"""The resize of other libraries: `--like`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from updown_cli.op.base import Op

#: The modules here that hold a library; the first of their MODES is what `--like` alone means.
LIBRARIES = (
    "pillow",
    "torchvision",
    "opencv",
    "scipy",
    "skimage",
    "tensorflow",
    "tensorflow1",
    "keras",
    "onnx",
    "jax",
    "matlab",
)


def library_modes() -> tuple[type[Op], ...]:
    """Return the modes of every library."""
    found = (import_module(f"{__name__}.{library}").MODES for library in LIBRARIES)
    return tuple(mode for modes in found for mode in modes)
