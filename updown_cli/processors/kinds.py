"""The ways in which image processors of transformers order their steps, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.schema import Given
from updown_cli.ops.flip.turn import Turn
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.ops.upsample.like.pillow import Pillow
from updown_cli.processors.backends import Backend
from updown_cli.processors.fields import LONGEST, Fields, Size
from updown_cli.processors.own_kinds import OWN_KINDS
from updown_cli.processors.scaled_first import SCALED_FIRST
from updown_cli.processors.usual_steps import cropped, limited, padded, resize, resized

# Pillow's number of the filter.
BICUBIC = 3

# Below this side ConvNeXt crops, and LeViT always resizes to so much more than it crops.
WARPED_FROM, LEVIT = 384, 256 / 224


def plain(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale, pad."""
    return [*resized(fields, backend), *_rest(fields, backend)]


def convnext(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of a side by crop_pct and the crop; large sides are warped."""
    if not fields.flag("do_resize"):
        return _rest(fields, backend)
    side = _shortest(fields)
    if side >= WARPED_FROM:
        return [resize(fields, backend, (side, side)), *_rest(fields, backend)]
    larger = int(side / fields.number("crop_pct", 1e-3, 1.0))
    first = resize(fields, backend, RelativeSize("short", (larger,)))
    return [first, backend.crop((side, side)), *_rest(fields, backend)]


def poolformer(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of the shorter side by crop_pct, then the rest."""
    if not fields.flag("do_resize") or not fields.has("crop_pct"):
        return plain(fields, backend)
    size, share = fields.size("size", square=False), fields.number("crop_pct", 1e-3, 1.0)
    if isinstance(size, RelativeSize):
        new: Size = RelativeSize("short", (int(size.sides[0] / share),))
    elif size[0] == size[1] and size[0] is not None:
        new = RelativeSize("short", (int(size[0] / share),))
    else:
        new = tuple(side and int(side / share) for side in size)
    return [resize(fields, backend, new), *_rest(fields, backend)]


def levit(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of the shorter side to 256 / 224 of what is asked, then the rest."""
    size = fields.size("size", square=False)
    if not fields.flag("do_resize") or not isinstance(size, RelativeSize):
        return plain(fields, backend)
    new = RelativeSize("short", (int(LEVIT * size.sides[0]),))
    return [resize(fields, backend, new), *_rest(fields, backend)]


def llava(fields: Fields, backend: Backend) -> list[Op]:
    """Return the padding to a square with the mean colour, if it is asked for, then the rest."""
    ops: list[Op] = []
    if fields.flag("do_pad"):
        colour = tuple(float(int(mean * 255)) for mean in fields.numbers("image_mean"))
        ops.append(ConstantPad(size=RelativeSize("square", (1,)), at="center", value=colour))
    return [*ops, *resized(fields, backend), *cropped(fields, backend), *backend.scaled(fields)]


def uncropped(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, scale, pad: fields that ask for a crop are not looked at."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        ops.append(resize(fields, backend, limited(fields)))
    return [*ops, *backend.scaled(fields), *padded(fields)]


def yolos(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize to whole patches, scale, pad."""
    size = limited(fields)
    if not fields.flag("do_resize") or not isinstance(size, RelativeSize) or size.rule != "detr":
        return uncropped(fields, backend)
    first = resize(fields, backend, replace(size, rule="yolos"))
    return [first, *backend.scaled(fields), *padded(fields)]


def maskformer(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize to multiples of a number, scale, pad."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        step = fields.get("size_divisor").whole(0, LONGEST) if fields.has("size_divisor") else 0
        size = _in_multiples(limited(fields), step)
        ops.append(resize(fields, backend, size))
    padding = [ConstantPad(size=fields.size("pad_size"))] if fields.has("pad_size") else []
    return [*ops, *backend.scaled(fields), *padding]


def _in_multiples(size: Size, step: int) -> Size:
    """Return a size whose sides are raised to multiples of a number, if it is not 0."""
    if not step:
        return size
    if isinstance(size, RelativeSize):
        return replace(size, multiple=step)
    return tuple(side and -(-side // step) * step for side in size)


def dpt(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize in proportion or not, to the nearest multiple, scale, pad to a multiple."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        sides = fields.exact_size("size")
        step = fields.get("ensure_multiple_of").whole(1, LONGEST)
        size: Size = tuple(round(side / step) * step for side in sides)
        if fields.flag("keep_aspect_ratio"):
            size = RelativeSize("dpt", sides, multiple=step)
        ops.append(resize(fields, backend, size))
    if fields.flag("do_pad") and fields.has("size_divisor"):
        step = fields.get("size_divisor").whole(1, LONGEST)
        return [*ops, *backend.scaled(fields), ConstantPad(to_multiple=(step,), at="center")]
    return [*ops, *backend.scaled(fields)]


def donut(fields: Fields, backend: Backend) -> list[Op]:
    """Return a turn, resize of the shorter side, of what is too large, padding, then the rest."""
    ops = _page(fields, backend, resize(fields, backend, _fitting(fields)))
    return [*ops, *cropped(fields, backend), *backend.scaled(fields)]


def nougat(fields: Fields, backend: Backend) -> list[Op]:
    """Return the same without a crop; what is too large is resized by a bicubic filter."""
    thumbnail = backend.resize(_fitting(fields), Given(BICUBIC, "resample"))
    if isinstance(thumbnail, Pillow):
        thumbnail = replace(thumbnail, reducing_gap=2.0)
    ops = _page(fields, backend, thumbnail)
    return [*ops, *backend.scaled(fields)]


def _fitting(fields: Fields) -> RelativeSize:
    """Return the size of what is too large."""
    return RelativeSize("donut", fields.exact_size("size"))


def _page(fields: Fields, backend: Backend, thumbnail: Op) -> list[Op]:
    """Return the steps before values are scaled, with the resize of what is too large."""
    sides, ops = fields.exact_size("size"), list[Op]()
    if fields.flag("do_align_long_axis") and sides[0] != sides[1]:
        ops.append(Turn(like_size=sides))
    if fields.flag("do_resize"):
        ops.append(resize(fields, backend, RelativeSize("short", (min(sides),))))
    if fields.flag("do_thumbnail"):
        ops.append(thumbnail)
    if fields.flag("do_pad"):
        ops.append(ConstantPad(size=sides, at="center"))
    return ops


def efficientnet(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale, and the division by the deviation once more for the top."""
    again = [backend.again(fields)] if fields.flag("include_top") else []
    return [*unpadded(fields, backend), *again]


def unpadded(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale: fields that ask for padding are not looked at."""
    ops = [*resized(fields, backend), *cropped(fields, backend)]
    return [*ops, *backend.scaled(fields)]


def only_resized(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize and scale."""
    return [*resized(fields, backend), *backend.scaled(fields)]


KINDS: dict[str, Callable[[Fields, Backend], list[Op]]] = {
    "plain": plain,
    "convnext": convnext,
    "poolformer": poolformer,
    "levit": levit,
    "llava": llava,
    "uncropped": uncropped,
    "unpadded": unpadded,
    "yolos": yolos,
    "maskformer": maskformer,
    "dpt": dpt,
    "donut": donut,
    "nougat": nougat,
    "efficientnet": efficientnet,
    "only-resized": only_resized,
    **OWN_KINDS,
    **SCALED_FIRST,
}


def _shortest(fields: Fields) -> int:
    size = fields.size("size", square=False)
    if not isinstance(size, RelativeSize) or size.rule != "short":
        raise fields.get("size").error("must have shortest_edge")
    return size.sides[0]


def _rest(fields: Fields, backend: Backend) -> list[Op]:
    return [*cropped(fields, backend), *backend.scaled(fields), *padded(fields)]
