"""The ways in which image processors of transformers order their steps, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.ops.flip.turn import Turn
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.processors.backends import Backend
from updown_cli.processors.fields import LONGEST, Fields, Size
from updown_cli.processors.own_kinds import OWN_KINDS

# Below this side ConvNeXt crops, and LeViT always resizes to so much more than it crops.
WARPED_FROM, LEVIT = 384, 256 / 224


def plain(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale, pad."""
    return [*_resized(fields, backend), *_rest(fields, backend)]


def convnext(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of a side by crop_pct and the crop; large sides are warped."""
    if not fields.flag("do_resize"):
        return _rest(fields, backend)
    side = _shortest(fields)
    if side >= WARPED_FROM:
        return [_resize(fields, backend, (side, side)), *_rest(fields, backend)]
    larger = int(side / fields.number("crop_pct", 1e-3, 1.0))
    resized = _resize(fields, backend, RelativeSize("short", (larger,)))
    return [resized, backend.crop((side, side)), *_rest(fields, backend)]


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
    return [_resize(fields, backend, new), *_rest(fields, backend)]


def levit(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of the shorter side to 256 / 224 of what is asked, then the rest."""
    size = fields.size("size", square=False)
    if not fields.flag("do_resize") or not isinstance(size, RelativeSize):
        return plain(fields, backend)
    new = RelativeSize("short", (int(LEVIT * size.sides[0]),))
    return [_resize(fields, backend, new), *_rest(fields, backend)]


def llava(fields: Fields, backend: Backend) -> list[Op]:
    """Return the padding to a square with the mean colour, if it is asked for, then the rest."""
    ops: list[Op] = []
    if fields.flag("do_pad"):
        colour = tuple(float(int(mean * 255)) for mean in fields.numbers("image_mean"))
        ops.append(ConstantPad(size=RelativeSize("square", (1,)), at="center", value=colour))
    return [*ops, *_resized(fields, backend), *_cropped(fields, backend), *backend.scaled(fields)]


def uncropped(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, scale, pad: fields that ask for a crop are not looked at."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        ops.append(_resize(fields, backend, _limited(fields)))
    return [*ops, *backend.scaled(fields), *_padded(fields)]


def yolos(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize to whole patches, scale, pad."""
    size = _limited(fields)
    if not fields.flag("do_resize") or not isinstance(size, RelativeSize) or size.rule != "detr":
        return uncropped(fields, backend)
    resized = _resize(fields, backend, replace(size, rule="yolos"))
    return [resized, *backend.scaled(fields), *_padded(fields)]


def maskformer(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize to multiples of a number, scale, pad."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        step = fields.get("size_divisor").whole(0, LONGEST) if fields.has("size_divisor") else 0
        size = _in_multiples(_limited(fields), step)
        ops.append(_resize(fields, backend, size))
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
        ops.append(_resize(fields, backend, size))
    if fields.flag("do_pad") and fields.has("size_divisor"):
        step = fields.get("size_divisor").whole(1, LONGEST)
        return [*ops, *backend.scaled(fields), ConstantPad(to_multiple=(step,), at="center")]
    return [*ops, *backend.scaled(fields)]


def donut(fields: Fields, backend: Backend) -> list[Op]:
    """Return a turn, resize of the shorter side, of what is too large, padding, then the rest."""
    sides, ops = fields.exact_size("size"), list[Op]()
    if fields.flag("do_align_long_axis") and sides[0] != sides[1]:
        ops.append(Turn(like_size=sides))
    if fields.flag("do_resize"):
        ops.append(_resize(fields, backend, RelativeSize("short", (min(sides),))))
    if fields.flag("do_thumbnail"):
        ops.append(_resize(fields, backend, RelativeSize("donut", sides)))
    if fields.flag("do_pad"):
        ops.append(ConstantPad(size=sides, at="center"))
    return [*ops, *_cropped(fields, backend), *backend.scaled(fields)]


def efficientnet(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale, and the division by the deviation once more for the top."""
    again = [backend.again(fields)] if fields.flag("include_top") else []
    return [*unpadded(fields, backend), *again]


def unpadded(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale: fields that ask for padding are not looked at."""
    ops = [*_resized(fields, backend), *_cropped(fields, backend)]
    return [*ops, *backend.scaled(fields)]


def only_resized(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize and scale."""
    return [*_resized(fields, backend), *backend.scaled(fields)]


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
    "efficientnet": efficientnet,
    "only-resized": only_resized,
    **OWN_KINDS,
}


def _limited(fields: Fields) -> Size:
    """Return a size that has a limit if it is that of the shorter side.

    A number alone has the limit that its class gives it, as older files have it.
    """
    size, given = fields.size("size", square=False), fields.get("size")
    if not isinstance(size, RelativeSize) or size.rule != "short":
        return size
    if isinstance(given.value, int) and fields.has("max_size"):
        return RelativeSize("detr", size.sides, fields.get("max_size").whole(1, LONGEST))
    raise given.error("must have longest_edge as well")


def _shortest(fields: Fields) -> int:
    size = fields.size("size", square=False)
    if not isinstance(size, RelativeSize) or size.rule != "short":
        raise fields.get("size").error("must have shortest_edge")
    return size.sides[0]


def _resized(fields: Fields, backend: Backend) -> list[Op]:
    if not fields.flag("do_resize"):
        return []
    size = fields.size("size", square=fields.flag("default_to_square"))
    return [_resize(fields, backend, size)]


def _resize(fields: Fields, backend: Backend, size: Size) -> Op:
    return backend.resize(size, fields.get("resample"))


def _cropped(fields: Fields, backend: Backend) -> list[Op]:
    return [backend.crop(fields.size("crop_size"))] if fields.flag("do_center_crop") else []


def _rest(fields: Fields, backend: Backend) -> list[Op]:
    return [*_cropped(fields, backend), *backend.scaled(fields), *_padded(fields)]


def _padded(fields: Fields) -> list[Op]:
    """Return the padding to a size; without one a picture is padded to the others of its batch."""
    if not fields.flag("do_pad") or not fields.has("pad_size"):
        return []
    return [ConstantPad(size=fields.size("pad_size"))]
