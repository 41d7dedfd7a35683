"""The steps that most image processors of transformers share, each only if it is asked for."""

from __future__ import annotations

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.ops.flip.channels import FlipChannels
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.processors.backends import Backend
from updown_cli.processors.fields import LONGEST, Fields, Size


def resized(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize to `size`."""
    if not fields.flag("do_resize"):
        return []
    return [resize(fields, backend, fields.size("size", square=fields.flag("default_to_square")))]


def resize(fields: Fields, backend: Backend, size: Size) -> Op:
    """Return the resize to a size by `resample`."""
    return backend.resize(size, fields.get("resample"))


def cropped(fields: Fields, backend: Backend) -> list[Op]:
    """Return the crop in the middle."""
    return [backend.crop(fields.size("crop_size"))] if fields.flag("do_center_crop") else []


def padded(fields: Fields) -> list[Op]:
    """Return the padding to a size; without one a picture is padded to the others of its batch."""
    if not fields.flag("do_pad") or not fields.has("pad_size"):
        return []
    return [ConstantPad(size=fields.size("pad_size"))]


def flipped(fields: Fields) -> list[Op]:
    """Return blue before red."""
    return [FlipChannels()] if fields.flag("do_flip_channel_order") else []


def limited(fields: Fields) -> Size:
    """Return `size`, which has a limit if it is that of the shorter side.

    A number alone has the limit that its class gives it, as older files have it.
    """
    size, given = fields.size("size", square=False), fields.get("size")
    if not isinstance(size, RelativeSize) or size.rule != "short":
        return size
    if isinstance(given.value, int) and fields.has("max_size"):
        return RelativeSize("detr", size.sides, fields.get("max_size").whole(1, LONGEST))
    raise given.error("must have longest_edge as well")
