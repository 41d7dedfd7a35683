"""torchvision's presets, the transforms of its weights, as operations.

A file has the name of the preset's class and its attributes:
{"preset": "ImageClassification", "crop_size": [224], "resize_size": [256], ...}.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.schema import Given
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.normalize.normalize import Normalize
from updown_cli.processors.backends import BACKENDS
from updown_cli.processors.fields import LONGEST, Fields, Size
from updown_cli.processors.preparation import Preparation

PRESET = "preset"

#: The preset that takes tensors, one for each frame, and not PIL images.
VIDEO = "VideoClassification"

#: What each preset takes where nothing is said.
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
DEFAULTS: dict[str, dict[str, Any]] = {
    "ImageClassification": {"resize_size": [256], "interpolation": "bilinear", **IMAGENET},
    "SemanticSegmentation": {"interpolation": "bilinear", **IMAGENET},
    "ObjectDetection": {},
    VIDEO: {
        "interpolation": "bilinear",
        "mean": [0.43216, 0.394666, 0.37645],
        "std": [0.22803, 0.22145, 0.216989],
    },
    "OpticalFlow": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
}
FILTERS = ("nearest", "bilinear", "bicubic", "box", "hamming", "lanczos")
KNOWN = (PRESET, "crop_size", "resize_size", "mean", "std", "interpolation", "antialias")


def is_preset(given: dict[str, Given]) -> bool:
    """Whether a configuration is a preset of torchvision."""
    return PRESET in given


def preparation(given: dict[str, Given]) -> Preparation:
    """Return what a preset does with a PIL image; raise SchemaError for what is not known."""
    Given({name: value.value for name, value in given.items()}).table(KNOWN)
    name = given[PRESET].word(DEFAULTS)
    fields = Fields(given, DEFAULTS[name])
    ops: list[Op] = []
    if fields.has("resize_size"):
        filter_name = fields.get("interpolation")
        size = _size(fields.get("resize_size"), square=False)
        mode = filter_name.word(FILTERS)
        if name == VIDEO:
            ops.append(_of_frames(size, mode, filter_name))
        else:
            ops.append(BACKENDS["pillow"].resize_by(size, mode, filter_name))
    if fields.has("crop_size"):
        ops.append(Crop(size=_size(fields.get("crop_size"), square=True)))
    mean = fields.numbers("mean") if fields.has("mean") else None
    std = fields.deviations("std") if fields.has("std") else None
    ops.append(Normalize(mean=mean or (0.0,), std=std or (1.0,)))
    return Preparation(name=f"torchvision's {name}", ops=tuple(ops))


def _of_frames(size: Size, mode: str, given: Given) -> Op:
    """Return the resize of tensors: in floats, rounded, not widened."""
    resize = BACKENDS["torchvision"].resize_by(size, mode, given)
    return replace(resize, antialias=False, in_bytes=False)  # type: ignore[call-arg]


def _size(given: Given, *, square: bool) -> Size:
    """Return a size: one number is both sides if `square`, else the shorter."""
    if isinstance(given.value, int):
        sides = [given.whole(1, LONGEST)]
    else:
        sides = [side.whole(1, LONGEST) for side in given.entries("numbers", 1, 2)]
    if len(sides) == 2:
        return tuple(sides)
    return tuple(sides * 2) if square else RelativeSize("short", tuple(sides))
