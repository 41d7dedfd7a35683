"""Image processors of transformers with an order of steps, or a rule of sizes, of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.ops.flip.channels import FlipChannels
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.processors.backends import Backend
from updown_cli.processors.fields import LONGEST, Fields, Size
from updown_cli.processors.usual_steps import cropped, flipped, limited, resized

# ViLT's limit of the longer side, for each pixel of the shorter one.
VILT = 1333 / 800


def perceiver(fields: Fields, backend: Backend) -> list[Op]:
    """Return the crop of a share of the shorter side, resize, scale."""
    ops: list[Op] = []
    size = fields.exact_size("size")
    if fields.flag("do_center_crop"):
        whole = fields.exact_size("crop_size")
        if len(set(size)) > 1 or len(set(whole)) > 1:
            raise fields.get("crop_size").error("must be a square, as size must be")
        ops.append(backend.crop(RelativeSize("share", (size[0], whole[0]))))
    if fields.flag("do_resize"):
        ops.append(backend.resize(size, fields.get("resample")))
    return [*ops, *backend.scaled(fields)]


def idefics(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, scale; image_size, where it is given, is both sides."""
    size = fields.get("image_size") if "image_size" in fields.given else fields.get("size")
    meant = Fields({**fields.given, "size": size}, fields.defaults)
    return [*resized(meant, backend), *backend.scaled(fields)]


def glpn(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize to multiples that are no larger, scale."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        step = fields.get("size_divisor").whole(1, LONGEST)
        ops.append(backend.resize(RelativeSize("down", (step,)), fields.get("resample")))
    return [*ops, *backend.scaled(fields)]


def vilt(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of the shorter side to multiples that are no larger, scale."""
    return [*_vilt_resized(fields, backend), *backend.scaled(fields)]


def bridgetower(fields: Fields, backend: Backend) -> list[Op]:
    """Return the same with a square crop, whose side is called shortest."""
    ops = _vilt_resized(fields, backend)
    if fields.flag("do_center_crop"):
        side = _only(fields.size("crop_size", square=False), fields, "crop_size")
        ops.append(backend.crop((side, side)))
    return [*ops, *backend.scaled(fields)]


def _vilt_resized(fields: Fields, backend: Backend) -> list[Op]:
    if not fields.flag("do_resize"):
        return []
    side = _only(fields.size("size", square=False), fields, "size")
    step = fields.get("size_divisor").whole(1, LONGEST)
    size = RelativeSize("vilt", (side,), most=int(VILT * side), multiple=step)
    return [backend.resize(size, fields.get("resample"))]


def textnet(fields: Fields, backend: Backend) -> list[Op]:
    """Return the resize of the shorter side to multiples that are no smaller, crop, scale."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        side = _only(fields.size("size", square=False), fields, "size")
        step = fields.get("size_divisor").whole(1, LONGEST)
        size = RelativeSize("short", (side,), multiple=step)
        ops.append(backend.resize(size, fields.get("resample")))
    return [*ops, *cropped(fields, backend), *backend.scaled(fields)]


def mobilevit(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, crop, scale to 0..1, blue before red."""
    ops = [*resized(fields, backend), *cropped(fields, backend), *backend.rescaled(fields)]
    return [*ops, *flipped(fields)]


def layoutlmv2(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize, blue before red: values are those of the picture."""
    return [*resized(fields, backend), FlipChannels()]


def pplcnet(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize of the shorter side, rounded, crop, scale, blue before red."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        size: Size = fields.exact_size("size")
        if fields.has("resize_short"):
            side = fields.get("resize_short").whole(1, LONGEST)
            step = fields.get("size_divisor").whole(1, LONGEST)
            size = RelativeSize("round-short", (side,), multiple=step)
        ops.append(backend.resize(size, fields.get("resample")))
    return [*ops, *cropped(fields, backend), *backend.scaled(fields), FlipChannels()]


def unwidened(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize by a filter that does not widen, crop, scale."""
    ops = [
        replace(op, antialias=False)  # type: ignore[call-arg]
        for op in resized(fields, backend)
    ]
    return [*ops, *cropped(fields, backend), *backend.scaled(fields)]


def janus(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize of the longer side, pad to a square with the mean colour, scale."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        height, width = fields.exact_size("size")
        if height != width:
            raise fields.get("size").error("must be a square")
        least = fields.get("min_size").whole(1, LONGEST)
        size = RelativeSize("janus", (height, least))
        ops.append(backend.resize(size, fields.get("resample")))
    if fields.flag("do_pad"):
        colour = tuple(float(int(mean * 255)) for mean in fields.numbers("image_mean"))
        if fields.has("background_color"):
            colour = fields.numbers("background_color")
        ops.append(ConstantPad(size=RelativeSize("square", (1,)), at="center", value=colour))
    return [*ops, *backend.scaled(fields)]


def sam(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize of the longer side, crop, scale, pad."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        side = fields.get("size").member("longest_edge").whole(1, LONGEST)
        ops.append(backend.resize(RelativeSize("sam", (side,)), fields.get("resample")))
    padded = fields.flag("do_pad") and fields.has("pad_size")
    padding: list[Op] = [ConstantPad(size=fields.exact_size("pad_size"))] if padded else []
    return [*ops, *cropped(fields, backend), *backend.scaled(fields), *padding]


def pixtral(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize of what is too large to whole patches, crop, scale."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        given = fields.get("size").member("longest_edge")
        sides = fields.exact_size("size") if given.value is None else (given.whole(1, LONGEST),) * 2
        patch = fields.exact_size("patch_size")
        if len(set(patch)) > 1:
            raise fields.get("patch_size").error("must be a square")
        size = RelativeSize("pixtral", sides, multiple=patch[0])
        ops.append(backend.resize(size, fields.get("resample")))
    return [*ops, *cropped(fields, backend), *backend.scaled(fields)]


def tvp(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize of the longer side, crop, scale, pad, blue before red."""
    ops: list[Op] = []
    if fields.flag("do_resize"):
        longest = fields.get("size").member("longest_edge")
        if longest.value is None:
            ops = resized(fields, backend)
        else:
            size = RelativeSize("tvp", (longest.whole(1, LONGEST),))
            ops.append(backend.resize(size, fields.get("resample")))
    ops += [*cropped(fields, backend), *backend.scaled(fields)]
    if fields.flag("do_pad"):
        if fields.has("pad_mode"):
            fields.get("pad_mode").word(("constant",))
        value = fields.numbers("constant_values") if fields.has("constant_values") else (0.0,)
        ops.append(ConstantPad(size=fields.exact_size("pad_size"), value=value))
    return [*ops, *flipped(fields)]


def eomt(fields: Fields, backend: Backend) -> list[Op]:
    """Return resize within a limit, pad to that limit, scale."""
    ops: list[Op] = []
    size = limited(fields)
    if not isinstance(size, RelativeSize) or size.rule != "detr":
        raise fields.get("size").error("must have shortest_edge and longest_edge")
    if fields.flag("do_resize"):
        ops.append(backend.resize(size, fields.get("resample")))
    if fields.flag("do_pad"):
        whole = (size.sides[0], size.most or size.sides[0])
        ops.append(ConstantPad(size=RelativeSize("at-least", whole)))
    return [*ops, *backend.scaled(fields)]


OWN_KINDS: dict[str, Callable[[Fields, Backend], list[Op]]] = {
    "perceiver": perceiver,
    "idefics": idefics,
    "glpn": glpn,
    "vilt": vilt,
    "bridgetower": bridgetower,
    "textnet": textnet,
    "mobilevit": mobilevit,
    "layoutlmv2": layoutlmv2,
    "pplcnet": pplcnet,
    "unwidened": unwidened,
    "janus": janus,
    "sam": sam,
    "pixtral": pixtral,
    "tvp": tvp,
    "eomt": eomt,
}


def _only(size: Size, fields: Fields, name: str) -> int:
    """Return the shorter side that is asked for."""
    if not isinstance(size, RelativeSize) or size.rule != "short":
        raise fields.get(name).error("must have shortest_edge")
    return size.sides[0]
