"""`preprocessor_config.json` of transformers as operations."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from updown_cli.errors import UsageError
from updown_cli.op.meant import nearest_name
from updown_cli.op.schema import Given
from updown_cli.processors.backends import BACKENDS
from updown_cli.processors.fields import Fields
from updown_cli.processors.kinds import KINDS
from updown_cli.processors.preparation import Preparation
from updown_cli.processors.refused import REFUSED

#: What names the class, in newer and in older files.
NAMES = ("image_processor_type", "feature_extractor_type")

# Endings of names that say which way of computing is meant.
ENDINGS = {"ImageProcessorFast": "torchvision", "ImageProcessorPil": "pillow"}
OLD = "FeatureExtractor"

# What says nothing of the pixels of one picture.
SILENT = (
    *("processor_class", "auto_map", "_valid_processor_keys", "_processor_class", "_commit_hash"),
    *("return_tensors", "data_format", "input_data_format", "device", "disable_grouping"),
    *("do_reduce_labels", "reduce_labels", "model_input_names", "image_seq_length", "num_labels"),
    *("format", "do_convert_annotations", "ignore_index", "max_size", "return_segmentation_masks"),
    *("image_processor_type", "feature_extractor_type", "transformers_version", "backend"),
    *("apply_ocr", "ocr_lang", "tesseract_config", "name_or_path", "default_to_square"),
    *("keypoint_heatmap_downscale_factor", "keypoint_heatmap_sigma", "image_num_channels"),
    *("input_size_patches", "total_mask_patches", "min_patches", "max_patches"),
    *("use_covering_area_grid", "prompt_scale_to_meter"),
    *("mask_size", "mask_pad_size", "class_info_file", "repo_path", "num_text", "metadata"),
)

# What no kind of steps here does; harmless where it asks for nothing.
READ = (
    *("do_resize", "size", "resample", "do_center_crop", "crop_size", "do_rescale"),
    *("rescale_factor", "do_normalize", "image_mean", "image_std", "do_pad", "pad_size"),
    *("do_convert_rgb", "crop_pct", "size_divisor", "ensure_multiple_of", "keep_aspect_ratio"),
    *("do_thumbnail", "do_align_long_axis", "rescale_offset", "offset", "include_top"),
    *("do_flip_channel_order", "resize_short", "min_size", "patch_size", "background_color"),
    *("image_size", "pad_mode", "constant_values"),
)

#: How the names of more of them begin: what is made only where a second tensor is asked for.
SILENT_STARTS = ("codebook_", "mask_group_", "pan_and_scan_")

#: Classes whose do_convert_rgb is of masks; pictures stay as they are.
OF_MASKS = ("SegGptImageProcessor", "PromptDepthAnythingImageProcessor")

#: What is refused where it is asked for, and why.
REFUSED_STEPS = {
    "do_crop_margin": "crops by what a picture shows, which is no step of a chain",
    "do_split_image": "makes several tensors of a picture",
    "do_image_splitting": "makes several tensors of a picture",
    "crop_to_patches": "makes several tensors of a picture",
    "do_pan_and_scan": "makes several tensors of a picture",
    "return_codebook_pixels": "makes a second tensor of a picture",
    "return_image_mask": "makes a second tensor, by chance",
    "do_grayscale": "makes grey by weights of its own",
}


@cache
def known() -> dict[str, dict[str, Any]]:
    """Return the classes that are known, with the defaults of their fields."""
    text = files("updown_cli.processors").joinpath("defaults.json").read_text()
    result: dict[str, dict[str, Any]] = json.loads(text)
    return result


def is_processor(given: dict[str, Given]) -> bool:
    """Whether a configuration names a class of transformers."""
    return any(name in given for name in NAMES)


def preparation(given: dict[str, Given], backend: str | None) -> Preparation:
    """Return what a configuration means; raise SchemaError for what is not known."""
    typed = next(given[name] for name in NAMES if name in given)
    name, meant = _class_of(typed)
    defaults = known()[name]
    only = defaults.get("only", backend or meant)
    if backend is not None and backend != only:
        raise UsageError(f"{name} is made with {only} alone", subject=f"--backend {backend}")
    way = BACKENDS[only]
    fields = Fields({**given}, defaults)
    _check_fields(given, name)
    _check_refused(fields)
    ops = KINDS[defaults["kind"]](fields, way)
    if not ops:
        raise typed.error("asks for no step")
    on_white = fields.flag("do_convert_rgb") and name not in OF_MASKS
    return Preparation(name=f"{name} with {way.name}", ops=tuple(ops), on_white=on_white)


def _class_of(typed: Given) -> tuple[str, str]:
    """Return the name of the class, and the way of computing that it means."""
    name, meant = typed.text(), "torchvision"
    for ending, backend in ENDINGS.items():
        if name.endswith(ending):
            name, meant = name.removesuffix(ending) + "ImageProcessor", backend
    if name.endswith(OLD):
        name, meant = name.removesuffix(OLD) + "ImageProcessor", "pillow"
    if name in REFUSED:
        raise typed.error(REFUSED[name])
    if name not in known():
        some = f"; there are {len(known())}, such as {', '.join(list(known())[:3])}"
        hint = _nearest(name) or some
        raise typed.error(f"is no processor that is known{hint}")
    return name, meant


def _nearest(name: str) -> str:
    """Return `; did you mean CLASS?` for a likely typing error in what classes do not share."""
    from difflib import get_close_matches

    stems = {_stem(each): each for each in known()}
    close = get_close_matches(_stem(name), stems, n=1, cutoff=0.7)
    return f"; did you mean {stems[close[0]]}?" if close else ""


def _stem(name: str) -> str:
    return re.split("Imag|Proc|Feat", name)[0].lower()


def _check_fields(given: dict[str, Given], name: str) -> None:
    """Raise SchemaError for a field that is not known and asks for something."""
    for field, value in given.items():
        asks = value.value not in (None, False, 0, [], {})
        known_field = field in (*READ, *SILENT, *REFUSED_STEPS) or field.startswith(SILENT_STARTS)
        if asks and not known_field:
            hint = nearest_name(field, READ)
            raise value.error(f"is not known of {name}{hint}", shown=False)


def _check_refused(fields: Fields) -> None:
    """Raise SchemaError for what is asked for, or is the default, and is not done."""
    for field, reason in REFUSED_STEPS.items():
        if fields.flag(field):
            raise fields.get(field).error(f"{reason}; false leaves it out", shown=False)
