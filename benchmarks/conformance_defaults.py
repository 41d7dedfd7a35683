"""Write updown_cli/processors/defaults.json: what image processors of transformers take by default.

Run it where transformers is:
    python benchmarks/conformance_defaults.py
`benchmarks/conformance.py` ends if the file is not what this would write.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "updown_cli" / "processors" / "defaults.json"

#: The classes by the kind of their steps, as `updown_cli/processors/` has them.
CLASSES: dict[str, str] = {
    "plain": "Bit Blip CLIP Chameleon ChineseCLIP DeiT MobileNetV1 OwlViT PI0 "
    "PPChart2Table Pvt Sam2 Sam3 Siglip Tipsv2Dpt Tipsv2 VideoLlava ViT Vivit",
    "unpadded": "Beit Flava MobileNetV2 Sapiens2 VideoMAE",
    "uncropped": "ConditionalDetr DeformableDetr Detr GroundingDino RTDetr OneFormer",
    "only-resized": "Gemma3 GotOcr2 LayoutLMv3 Ovis2 SegGpt Segformer SuperPoint",
    "convnext": "ConvNext",
    "dpt": "DPT PromptDepthAnything",
    "donut": "Donut",
    "efficientnet": "EfficientNet",
    "levit": "Levit",
    "llava": "Llava",
    "maskformer": "Mask2Former MaskFormer",
    "poolformer": "PoolFormer",
    "yolos": "Yolos",
    "perceiver": "Perceiver",
    "idefics": "Idefics",
    "dinov3": "DINOv3ViT",
    "depth-pro": "DepthPro",
    "rf-detr": "RfDetr",
    "uvdoc": "UVDoc",
    "swin2sr": "Swin2SR",
    "zoedepth": "ZoeDepth",
    "owlv2": "Owlv2",
    "tvp": "Tvp",
    "eomt": "Eomt",
    "nougat": "Nougat",
    "glpn": "GLPN",
    "vilt": "Vilt",
    "bridgetower": "BridgeTower",
    "textnet": "TextNet",
    "mobilevit": "MobileViT",
    "layoutlmv2": "LayoutLMv2",
    "pplcnet": "PPLCNet",
    "unwidened": "PPDocLayoutV2 PPDocLayoutV3",
    "janus": "Janus DeepseekVL",
    "sam": "Sam",
    "pixtral": "Pixtral",
}

#: What kinds read, in the order in which it is written.
FIELDS = (
    *("do_resize", "size", "resample", "default_to_square", "do_center_crop", "crop_size"),
    *("do_rescale", "rescale_factor", "rescale_offset", "offset", "do_normalize", "image_mean"),
    *("image_std", "do_pad", "pad_size", "do_convert_rgb", "max_size", "crop_pct"),
    *("ensure_multiple_of", "keep_aspect_ratio", "do_thumbnail", "include_top", "size_divisor"),
    *("do_flip_channel_order", "resize_short", "min_size", "patch_size"),
    *("pad_mode", "constant_values", "do_crop_margin"),
)

#: What a class of its own cannot be made without.
NEEDS: dict[str, dict[str, Any]] = {"OneFormerImageProcessor": {"metadata": {}}}


def text() -> str:
    """Return the file."""
    import transformers

    lines = []
    kinds = {
        f"{name}ImageProcessor": kind for kind, names in CLASSES.items() for name in names.split()
    }
    for name in sorted(kinds):
        found = fields_of(getattr(transformers, name), NEEDS.get(name, {}))
        if (only := only_way(name)) is not None:
            found = {"only": only, **found}
        lines.append(f"  {json.dumps(name)}: {json.dumps({'kind': kinds[name], **found})}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def only_way(name: str) -> str | None:
    """Return the way in which a class computes if there is but one."""
    import transformers
    from transformers.image_processing_backends import TorchvisionBackend

    if hasattr(transformers, f"{name}Pil"):
        return None
    fast = issubclass(getattr(transformers, name), TorchvisionBackend)
    return "torchvision" if fast else "pillow"


def fields_of(found: Any, needs: dict[str, Any]) -> dict[str, Any]:
    """Return what a class takes by default, and the limit that it adds to a number alone."""
    made = found(**needs)
    values = json.loads(made.to_json_string())
    values["default_to_square"] = getattr(made, "default_to_square", None)
    if values.get("size", {}).keys() == {"shortest_edge", "longest_edge"}:
        values["max_size"] = found(size=1, **needs).size.get("longest_edge")
    return {field: values[field] for field in FIELDS if values.get(field)}


if __name__ == "__main__":
    FILE.write_text(text())
