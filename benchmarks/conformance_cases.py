"""What `benchmarks/conformance.py` compares: configurations, with what the real classes make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

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
    for name in json.loads(path.read_text()):
        for real, told in ((name, name + "Fast"), (name + "Pil", name + "Pil")):
            found = getattr(transformers, real, None)
            if found is None:
                continue
            for number, changes in enumerate((USUAL.get(name, {}), *CHANGES.get(name, ()))):
                yield _transformers_case(found, told, changes, number)


#: Settings without which a class needs more than the picture.
USUAL: dict[str, dict[str, Any]] = {"LayoutLMv3ImageProcessor": {"apply_ocr": False}}

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
    "DonutImageProcessor": ({"size": {"height": 150, "width": 170}},),
    "Mask2FormerImageProcessor": (
        {"size": {"shortest_edge": 100, "longest_edge": 140}, "size_divisor": 16},
    ),
    "EfficientNetImageProcessor": ({"include_top": False, "do_center_crop": True},),
    "DetrImageProcessor": ({"size": {"shortest_edge": 200, "longest_edge": 260}},),
}


def _transformers_case(found: Any, told: str, changes: dict[str, Any], number: int) -> Case:
    processor = found(**changes)
    data = json.loads(processor.to_json_string())
    configuration = {**data, "image_processor_type": told}
    name = told.replace("ImageProcessor", "") + (f"-{number}" if number else "")

    def make(image: Any) -> Any:
        seen = image if processor.do_convert_rgb else image.convert("RGB")
        return np.asarray(processor(images=seen, return_tensors="pt")["pixel_values"])

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
