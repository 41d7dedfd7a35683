"""What a file holds: pixels, what they mean, and what else must be kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.frames import Frames
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Colour model by number of channels, and whether the last one is alpha.
BY_CHANNELS = {1: ("L", False), 2: ("L", True), 3: ("RGB", False), 4: ("RGB", True)}


@dataclass(frozen=True)
class Picture:
    """Pixels as frames x channels x sides, in the file's own type and code values.

    `colour` is L, RGB or CMYK, without alpha; empty for an array, whose channels mean nothing.
    `layout` names the axes of an array file, such as CHW, and `member` its place in an archive;
    `remarks` are what the user should know of the reading.
    """

    pixels: NDArray[Any]
    colour: str = ""
    alpha: bool = False
    format: str = "NPY"
    layout: str = ""
    member: str = "arr_0"
    metadata: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """Channels and sides."""
        return Shape(*self.pixels.shape[1:])

    @property
    def frames(self) -> int:
        """Number of frames."""
        return int(self.pixels.shape[0])

    @property
    def white(self) -> float:
        """Value of white, and of an opaque pixel's alpha."""
        return {"uint8": 255.0, "uint16": 65535.0}.get(self.pixels.dtype.name, 1.0)


def colour_and_alpha(picture: Picture, channels: int) -> tuple[str, bool]:
    """Return (colour, alpha) of a result with so many channels made from `picture`."""
    if picture.colour and channels == picture.shape.channels:
        return picture.colour, picture.alpha
    made_up_alpha = picture.colour and channels in (2, 4)  # nobody said that the last one is alpha
    if channels not in BY_CHANNELS or made_up_alpha:
        raise InputError(
            f"{channels} channels are no picture",
            hint="write .npy, or for shuffle use --arrange grid",
        )
    return BY_CHANNELS[channels]


def take_frames(picture: Picture, frames: Frames) -> Picture:
    """Return a picture with only the frames that are wanted; raise InputError if it lacks one."""
    chosen = frames.of(picture.frames)
    return replace(picture, pixels=picture.pixels[chosen.start : chosen.stop])
