"""Image processors of transformers that scale values before they resize or pad: in floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.ops import OPS
from updown_cli.ops.flip.channels import FlipChannels
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.ops.pad.reflect import ReflectPad
from updown_cli.ops.pad.symmetric import SymmetricPad
from updown_cli.ops.upsample.like.skimage import SkimageResize
from updown_cli.ops.upsample.like.torchvision_blurred import TorchvisionBlurredBilinear
from updown_cli.processors.backends import Backend
from updown_cli.processors.fields import LONGEST, Fields, Size
from updown_cli.processors.usual_steps import limited, padded

# What ZoeDepth rounds sides to by default, and the filters that it may resize by.
THIRTY_SECOND, ZOE_MODES = 1 / 32, ("bilinear", "bicubic")


def dinov3(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, resize by a filter that widens, crop, and what normalizes."""
    ops = backend.rescaled(fields)
    if fields.flag("do_resize"):
        size = fields.size("size", square=True)
        ops.append(_of_floats(fields, backend, size, antialias=True))
    if fields.flag("do_center_crop"):
        ops.append(backend.crop(fields.size("crop_size")))
    return [*ops, *backend.normalized(fields)]


def depth_pro(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, all that normalizes, resize by a filter that does not widen."""
    return [*backend.scaled(fields), *_exactly(fields, backend)]


def rf_detr(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, resize by a filter that does not widen, what normalizes, pad."""
    ops = backend.rescaled(fields)
    if fields.flag("do_resize"):
        ops.append(_of_floats(fields, backend, limited(fields)))
    return [*ops, *backend.normalized(fields), *padded(fields)]


def uvdoc(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, blue before red, a bilinear resize from edge to edge."""
    ops = [*backend.scaled(fields), FlipChannels()]
    if fields.flag("do_resize"):
        ops.append(_upsampled("bilinear", fields.exact_size("size"), align_corners=True))
    return ops


def swin2sr(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, mirrored padding to the next multiple."""
    ops = backend.rescaled(fields)
    if fields.flag("do_pad"):
        # Older files call the number pad_size.
        name = "pad_size" if fields.has("pad_size") else "size_divisor"
        size = RelativeSize("beyond", (fields.get(name).whole(1, LONGEST),))
        ops.append(SymmetricPad(size=size))
    return ops


def zoedepth(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, mirrored padding, resize from edge to edge in multiples, what normalizes."""
    ops = backend.rescaled(fields)
    if fields.flag("do_pad"):
        ops.append(ReflectPad(size=RelativeSize("zoe-margins", (3,)), at="center"))
    if fields.flag("do_resize"):
        mode = backend.mode_of(fields.get("resample"))
        if mode not in ZOE_MODES:
            raise fields.get("resample").error(f"is {mode}, which torch has not from edge to edge")
        ops.append(_upsampled(mode, _zoe_size(fields), align_corners=True))
    return [*ops, *backend.normalized(fields)]


def _zoe_size(fields: Fields) -> Size:
    """Return the size in multiples of a number, or in the smallest steps, which is the default."""
    sides, keeps = fields.exact_size("size"), fields.flag("keep_aspect_ratio")
    if fields.get("ensure_multiple_of").value == THIRTY_SECOND:
        return RelativeSize("zoe", sides) if keeps else sides
    step = fields.get("ensure_multiple_of").whole(1, LONGEST)
    if keeps:
        return RelativeSize("dpt", sides, multiple=step)
    return tuple(round(side / step) * step for side in sides)


def owlv2(fields: Fields, backend: Backend) -> list[Op]:
    """Return scale, pad to a square, resize as scikit-image does, what normalizes."""
    ops = backend.rescaled(fields)
    if fields.flag("do_pad"):
        ops.append(ConstantPad(size=RelativeSize("square", (1,))))
    if fields.flag("do_resize"):
        size = fields.exact_size("size")
        slow = backend.name == "pillow"
        ops.append(SkimageResize(size=size) if slow else TorchvisionBlurredBilinear(size=size))
    return [*ops, *backend.normalized(fields)]


SCALED_FIRST: dict[str, Callable[[Fields, Backend], list[Op]]] = {
    "dinov3": dinov3,
    "depth-pro": depth_pro,
    "rf-detr": rf_detr,
    "uvdoc": uvdoc,
    "swin2sr": swin2sr,
    "zoedepth": zoedepth,
    "owlv2": owlv2,
}


def _exactly(fields: Fields, backend: Backend) -> list[Op]:
    if not fields.flag("do_resize"):
        return []
    return [_of_floats(fields, backend, fields.exact_size("size"))]


def _of_floats(fields: Fields, backend: Backend, size: Size, *, antialias: bool = False) -> Op:
    """Return torch's own resize of floats by `resample`."""
    return _upsampled(backend.mode_of(fields.get("resample")), size, antialias=antialias)


def _upsampled(mode: str, size: Size, **options: Any) -> Op:
    op: Op = OPS["upsample"].of_mode(mode)(size=size, **options)  # type: ignore[call-arg]
    return op
