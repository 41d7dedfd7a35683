"""What `benchmarks/conformance.py` compares: configurations, with what the real classes make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.conformance_defaults import NEEDS

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Case:
    """A configuration, and what the real class makes of a PIL image."""

    group: str
    name: str
    configuration: dict[str, Any]
    make: Callable[[Any], Any]

    @property
    def stem(self) -> str:
        """Return its name as a file's."""
        kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.name)
        return f"{self.group}-{kept}"


def transformers_cases() -> Iterator[Case]:
    """Yield every class that updown knows, both ways, with its defaults and with other settings."""
    import transformers

    path = ROOT / "updown_cli" / "processors" / "defaults.json"
    known = json.loads(path.read_text())
    for name in known:
        fast = name if known[name].get("only") == "pillow" else name + "Fast"
        for real, told in ((name, fast), (name + "Pil", name + "Pil")):
            found = getattr(transformers, real, None)
            if found is None:
                continue
            for number, changes in enumerate(({}, *CHANGES.get(name, ()))):
                yield _transformers_case(found, told, {**USUAL.get(name, {}), **changes}, number)


#: Settings without which a class needs more than the picture.
USUAL: dict[str, dict[str, Any]] = {
    "LayoutLMv2ImageProcessor": {"apply_ocr": False},
    "LayoutLMv3ImageProcessor": {"apply_ocr": False},
    "NougatImageProcessor": {"do_crop_margin": False},
    **NEEDS,
}

#: What classes are given beside the picture, and what they call it where it is not images.
CALLED_WITH: dict[str, dict[str, Any]] = {
    "OneFormerImageProcessor": {"task_inputs": ["panoptic"]},
    "VideoLlavaImageProcessor": {"return_legacy_image_output": False},
}
CALLED: dict[str, str] = {"VivitImageProcessor": "videos", "TvpImageProcessor": "videos"}

#: Classes that convert masks alone to RGB.
OF_MASKS = ("SegGptImageProcessor", "PromptDepthAnythingImageProcessor")

#: Settings as published checkpoints have them.
CHANGES: dict[str, tuple[dict[str, Any], ...]] = {
    "CLIPImageProcessor": (
        {"size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}},
        {"size": {"shortest_edge": 32}, "crop_size": {"height": 33, "width": 35}, "resample": 1},
        {"do_normalize": False, "do_resize": False},
    ),
    "ViTImageProcessor": (
        {"size": {"height": 131, "width": 97}, "resample": 0},
        {"do_rescale": False, "resample": 3},
        {"size": {"shortest_edge": 61}, "do_normalize": False},
    ),
    "ConvNextImageProcessor": ({"size": {"shortest_edge": 224}},),
    "LlavaImageProcessor": ({"do_pad": True},),
    "DPTImageProcessor": (
        {"size": {"height": 96, "width": 96}, "keep_aspect_ratio": True, "ensure_multiple_of": 14},
        {"size": {"height": 90, "width": 70}, "do_pad": True, "size_divisor": 32},
    ),
    "DonutImageProcessor": (
        {"size": {"height": 150, "width": 170}},
        {"size": {"height": 190, "width": 120}, "do_align_long_axis": True},
    ),
    "PerceiverImageProcessor": (
        {"size": {"height": 60, "width": 60}, "crop_size": {"height": 71, "width": 71}},
    ),
    "DINOv3ViTImageProcessor": (
        {"size": {"height": 61, "width": 83}, "resample": 3},
        {"do_resize": False, "do_center_crop": True, "crop_size": {"height": 40, "width": 50}},
    ),
    "IdeficsImageProcessor": ({"image_size": 77},),
    "GLPNImageProcessor": ({"size_divisor": 7, "resample": 3},),
    "ViltImageProcessor": ({"size": {"shortest_edge": 50}, "size_divisor": 8},),
    "BridgeTowerImageProcessor": ({"size": {"shortest_edge": 70}, "size_divisor": 16},),
    "TextNetImageProcessor": ({"size": {"shortest_edge": 60}, "do_center_crop": True},),
    "MobileViTImageProcessor": (
        {"size": {"shortest_edge": 70}, "crop_size": {"height": 64, "width": 64}},
        {"do_flip_channel_order": False, "do_rescale": False},
    ),
    "PPLCNetImageProcessor": ({"resize_short": 77, "size_divisor": 5, "crop_size": 70},),
    "JanusImageProcessor": ({"size": {"height": 90, "width": 90}, "min_size": 70},),
    "SamImageProcessor": (
        {"size": {"longest_edge": 99}, "pad_size": {"height": 100, "width": 120}},
    ),
    "PixtralImageProcessor": (
        {"size": {"longest_edge": 77}, "patch_size": {"height": 14, "width": 14}},
    ),
    "VivitImageProcessor": ({"offset": False, "rescale_factor": 1 / 255},),
    "Mask2FormerImageProcessor": (
        {"size": {"shortest_edge": 100, "longest_edge": 140}, "size_divisor": 16},
    ),
    "EfficientNetImageProcessor": (
        {"include_top": False, "do_center_crop": True},
        {"rescale_offset": True, "rescale_factor": 1 / 127.5},
        {"rescale_offset": True, "rescale_factor": 1 / 127.5, "do_normalize": False},
    ),
    "DepthProImageProcessor": ({"size": {"height": 61, "width": 83}, "resample": 3},),
    "EomtImageProcessor": ({"size": {"shortest_edge": 90, "longest_edge": 120}, "do_pad": True},),
    "NougatImageProcessor": (
        {"size": {"height": 190, "width": 120}},
        {"size": {"height": 90, "width": 130}, "do_resize": False},
    ),
    "Owlv2ImageProcessor": (
        {"size": {"height": 96, "width": 96}},
        {"size": {"height": 61, "width": 83}, "do_pad": False},
    ),
    "PromptDepthAnythingImageProcessor": (
        {"size": {"height": 96, "width": 96}, "keep_aspect_ratio": True, "ensure_multiple_of": 14},
    ),
    "RfDetrImageProcessor": (
        {"size": {"height": 61, "width": 83}},
        {
            "size": {"shortest_edge": 70, "longest_edge": 95},
            "pad_size": {"height": 99, "width": 97},
        },
    ),
    "SegGptImageProcessor": ({"size": {"height": 61, "width": 83}, "resample": 0},),
    "Swin2SRImageProcessor": ({"size_divisor": 16},),
    "TvpImageProcessor": (
        {"size": {"longest_edge": 99}, "crop_size": {"height": 99, "width": 90}},
        {"pad_size": {"height": 500, "width": 470}, "constant_values": 0.5},
    ),
    "UVDocImageProcessor": ({"size": {"height": 61, "width": 83}},),
    "ZoeDepthImageProcessor": (
        {"ensure_multiple_of": 32},
        {"size": {"height": 90, "width": 130}, "keep_aspect_ratio": False, "resample": 3},
        {"size": {"height": 90, "width": 130}, "ensure_multiple_of": 16, "do_pad": False},
    ),
    "DetrImageProcessor": ({"size": {"shortest_edge": 200, "longest_edge": 260}},),
}


def _transformers_case(found: Any, told: str, changes: dict[str, Any], number: int) -> Case:
    processor = found(**changes)
    data = json.loads(processor.to_json_string())
    configuration = {**data, "image_processor_type": told}
    name = told.replace("ImageProcessor", "") + (f"-{number}" if number else "")

    plain = told.removesuffix("Fast").removesuffix("Pil")

    def make(image: Any) -> Any:
        converts = getattr(processor, "do_convert_rgb", False) and plain not in OF_MASKS
        seen = {CALLED.get(plain, "images"): image if converts else image.convert("RGB")}
        called = processor.preprocess if plain in CALLED else processor
        made = called(**seen, **CALLED_WITH.get(plain, {}), return_tensors="pt")
        values = np.asarray(made["pixel_values"] if hasattr(made, "keys") else made)
        return values.reshape(1, *values.shape[-3:])  # one frame of one film, where it is that

    return Case("transformers", name, configuration, make)


def timm_cases() -> Iterator[Case]:
    """Yield the configurations of pretrained models that differ in what pictures become."""
    import timm
    from timm.data import create_transform, resolve_data_config

    seen = set()
    for name in timm.list_pretrained():
        found = timm.get_pretrained_cfg(name).to_dict()
        config = resolve_data_config(pretrained_cfg=found)
        key = json.dumps(config)
        if key in seen:
            continue
        seen.add(key)
        transform = create_transform(**config, is_training=False)

        def make(image: Any, transform: Any = transform) -> Any:
            return transform(image.convert("RGB")).numpy()[None]

        yield Case("timm", name, {"architecture": name, "pretrained_cfg": found}, make)
    yield from _bordered()


def _bordered() -> Iterator[Case]:
    """Yield configurations with borders, which few pretrained models have."""
    from timm.data import create_transform, resolve_data_config

    for share, size in ((0.8, (90, 90)), (1.0, (64, 90)), (0.7, (81, 120)), (1.2, (90, 75))):
        found = {"input_size": [3, *size], "crop_pct": share, "crop_mode": "border"}
        config = resolve_data_config(pretrained_cfg={**found, "interpolation": "bicubic"})
        transform = create_transform(**config, is_training=False)

        def make(image: Any, transform: Any = transform) -> Any:
            return transform(image.convert("RGB")).numpy()[None]

        name = f"border-{share}-{size[0]}x{size[1]}"
        yield Case("timm", name, {"pretrained_cfg": {**found, "interpolation": "bicubic"}}, make)


def torchvision_cases() -> Iterator[Case]:
    """Yield the presets of all weights that differ."""
    from torchvision.models import get_model_weights, list_models

    seen = set()
    for name in list_models():
        for weights in get_model_weights(name):
            preset = weights.transforms()
            values = {k: v for k, v in vars(preset).items() if k[0] != "_" and k != "training"}
            if "interpolation" in values:
                values["interpolation"] = values["interpolation"].value
            configuration = {"preset": type(preset).__name__, **values}
            key = json.dumps(configuration)
            if key in seen:
                continue
            seen.add(key)
            yield Case("torchvision", f"{name}.{weights.name}", configuration, _preset(preset))


def _preset(preset: Any) -> Callable[[Any], Any]:
    from torchvision.transforms.functional import pil_to_tensor

    def make(image: Any) -> Any:
        rgb = image.convert("RGB")
        kind = type(preset).__name__
        if kind == "OpticalFlow":
            return preset(rgb, rgb)[0].numpy()[None]
        if kind == "VideoClassification":
            return preset(pil_to_tensor(rgb)[None]).numpy().swapaxes(0, 1)
        return preset(rgb).numpy()[None]

    return make


#: The sources by name.
SOURCES: dict[str, Callable[[], Iterator[Case]]] = {
    "transformers": transformers_cases,
    "timm": timm_cases,
    "torchvision": torchvision_cases,
}
