"""The files that show a step inside an operation: its numbers, and a picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.engine.storing import Storing, stored
from updown_cli.images.picture import Picture
from updown_cli.images.write import encode

if TYPE_CHECKING:
    from updown_cli.ops.base import Intermediate

# Numbers of channels that make a picture without transparency.
OPAQUE = (1, 3)


def step_files(step: Intermediate, source: Picture, storing: Storing) -> dict[str, bytes]:
    """Return the contents by ending: `.npy`, C x H x W or with frames, and `.png` of a picture.

    Two and four channels are a picture where the source has as many, the last one alpha.
    """
    import torch

    array = Picture(step.values)
    files = {".npy": encode(array, step.values, ".npy", None)}
    alpha = source.alpha and array.shape.channels == source.shape.channels
    if array.frames == 1 and (alpha or array.shape.channels in OPAQUE):
        pixels, _ = stored(torch.tensor(step.values), storing, alpha=alpha)
        files[".png"] = encode(array, pixels, ".png", None)
    return files
