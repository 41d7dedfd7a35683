"""timm's `config.json` and `pretrained_cfg` as operations: what its `create_transform` makes."""

from __future__ import annotations

import math

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.schema import Given
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.normalize.normalize import Normalize
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.processors.backends import BACKENDS, RESAMPLING
from updown_cli.processors.fields import LONGEST, Fields
from updown_cli.processors.preparation import Preparation

INNER = "pretrained_cfg"

#: What timm takes where a configuration says nothing.
DEFAULTS = {
    "input_size": [3, 224, 224],
    "interpolation": "bicubic",
    "mean": [0.485, 0.456, 0.406],
    "std": [0.229, 0.224, 0.225],
    "crop_pct": 0.875,
    "crop_mode": "center",
}
MODES = ("center", "squash", "border")


def is_timm(given: dict[str, Given]) -> bool:
    """Whether a configuration is timm's."""
    return INNER in given or ("input_size" in given and "interpolation" in given)


def preparation(given: dict[str, Given]) -> Preparation:
    """Return what a configuration means; raise SchemaError for what is not known."""
    inner = given[INNER].table() if INNER in given else given
    fields = Fields({name: value for name, value in inner.items() if value.value}, DEFAULTS)
    channels, *size = fields.get("input_size").entries("numbers", 3, 3)
    if channels.whole(1, LONGEST) != 3:
        raise channels.error("must be 3: pictures are read as RGB")
    height, width = (side.whole(1, LONGEST) for side in size)
    mean, std = fields.numbers("mean"), fields.deviations("std")
    ops = [*_placed(fields, (height, width), mean), Normalize(mean=mean, std=std)]
    return Preparation(name="timm's transform for evaluation", ops=tuple(ops))


def _placed(fields: Fields, size: tuple[int, int], mean: tuple[float, ...]) -> list[Op]:
    """Return the resize and what makes the size of it."""
    share = fields.get("crop_pct")
    scaled = tuple(math.floor(side / share.number(1e-3, 1e3)) for side in size)
    mode = fields.get("crop_mode").word(MODES)
    if mode == "squash":
        return [_resize(fields, scaled), Crop(size=size)]
    if mode == "center":
        rule = ("short", scaled[:1]) if scaled[0] == scaled[1] else ("timm-cover", scaled)
        return [_resize(fields, RelativeSize(*rule)), Crop(size=size)]
    colour = tuple(float(round(255 * value)) for value in mean)
    resized = _resize(fields, RelativeSize("timm-within", scaled))
    if all(side <= wanted for side, wanted in zip(scaled, size, strict=True)):
        return [resized, ConstantPad(size=size, at="center", value=colour)]
    padded = ConstantPad(size=RelativeSize("at-least", size), at="center", value=colour)
    return [resized, padded, Crop(size=size)]


def _resize(fields: Fields, size: tuple[int, ...] | RelativeSize) -> Op:
    given = fields.get("interpolation")
    return BACKENDS["pillow"].resize_by(size, given.word(RESAMPLING), given)
