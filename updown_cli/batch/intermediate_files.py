"""The files that show a stage inside an operation: its numbers, and a picture of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import SideFile
from updown_cli.engine.quantize import Quantization, quantize
from updown_cli.files.picture import Picture
from updown_cli.files.write import encode
from updown_cli.op.artifact import Intermediate

if TYPE_CHECKING:
    from updown_cli.op.artifact import Artifact

# Numbers of channels that make a picture without transparency.
OPAQUE = (1, 3)


def stage_files(
    files: tuple[SideFile, ...], left: tuple[Artifact, ...], source: Picture, settings: Settings
) -> Iterator[tuple[str, bytes]]:
    """Yield (file, content) for the stages left for these files, to which endings are added.

    `.npy` is C x H x W or has frames, `.png` shows a picture in the range asked for. Two and four
    channels are a picture where the source has as many, the last one alpha.
    """
    import torch

    shown = [stage for stage in left if isinstance(stage, Intermediate)]
    for path, stage in zip((file.path for file in files), shown, strict=True):
        array = Picture(stage.values)
        yield path + ".npy", encode(array, stage.values, ".npy", None)
        alpha = source.alpha and array.shape.channels == source.shape.channels
        if array.frames == 1 and (alpha or array.shape.channels in OPAQUE):
            how = Quantization(
                "uint8", settings.rounding, settings.range or "clamp", 255 / stage.white
            )
            pixels, _ = quantize(torch.tensor(stage.values), how, alpha=alpha)
            yield path + ".png", encode(array, pixels, ".png", None)
