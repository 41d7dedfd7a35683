"""Writes docs/networks.md from the fields as they are declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from updown_cli.op.param_types import Flag, Floats, Int, ParamType
from updown_cli.op.parameter import Parameter, parameters_of
from updown_cli.op.per_axis import Sizes
from updown_cli.ops.deconvnet.description import LAYER_TYPES, MOST_BYTES, MOST_LAYERS, Input

PAGE = Path(__file__).parent / "networks.md"

HEAD = f"""# Networks

This page is written by `python docs/make_networks.py` from the declarations in
`updown_cli/ops/networks`; a test fails when it is stale.

`updown deconvnet --net NET.json` reads what a network is from JSON: what it reads, and its layers
in order, each of which gets what the one before it gives. The numbers are in the file of
`--weights` (`.npz`, `.safetensors`, `.pt`), under the keys that the layers name; only layers up to
`--layer` are looked at. Dropout does nothing to a trained network and is left out.

```json
{{
 "input": {{"channels": 3, "size": [32, 32], "mean": 0.5, "std": [0.25, 0.25, 0.25]}},
 "layers": [
  {{"name": "conv1", "type": "conv", "weight": "0.weight", "bias": "0.bias", "padding": 2}},
  {{"name": "relu1", "type": "relu"}},
  {{"name": "pool1", "type": "pool", "kernel_size": 3, "stride": 2, "ceil_mode": true}},
  {{"name": "scores", "type": "linear", "weight": "4.weight", "bias": "4.bias"}}
 ]
}}
```

[vgg16.json](vgg16.json) is VGG16 in full, with the keys that torchvision gives its weights, and
[network.json](../sample_images/network.json) the small network of the sample pictures. A top-level
`about` is for people. A file has at most {MOST_BYTES} bytes and {MOST_LAYERS} layers; an unknown
field or type is refused with the nearest name there is.
"""

TAIL = """## The way back

Forward, every ReLU remembers what was positive and every pool where its maxima were. Back from the
unit, whose signal is its own value (`--start one`: 1), everything else in its layer being 0:

- a pool puts each value where its maximum was (unpooling with switches). Where windows overlap and
  several values have one place they are summed, as the gradient does; `--duplicates last` places
  them one over the other, and then the zeros of other windows count as values;
- a ReLU lets pass, by `--rule`: `deconvnet` what is positive in the signal (Zeiler and Fergus
  2014), `gradient` what was positive forward, `guided` what is both (Springenberg et al. 2015). Of
  the signal 3, -4 at a place where forward there were -1, 2 these leave 3, 0; 0, -4; and 0, 0;
- a convolution becomes the transposed convolution with the same weights, without bias.

With `gradient` and `--start one` the result is the gradient that torch's autograd computes, of the
unit by the network's normalised input. Its scale is that of the normalised values; `.npy` has it as
it is. In a picture 0 is the middle grey and the largest value of either sign an end of the range
(`--range symmetric`), unless `--range` says otherwise.

The input is a picture from 0 to 1: bytes are divided by 255, 16-bit values by 65535, floats are
taken as they are. It is resized to `size` as a whole, bilinearly with antialiasing, without cutting
a square out of it; the result has that size.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, "## input\n", *table(Input), "## layers\n"]
    parts += ["`name` and `type` are in every layer.\n", *table(LAYER_TYPES["relu"])]
    for name, cls in LAYER_TYPES.items():
        text = " ".join((cls.__doc__ or "").split())
        parts += [f"### {name}\n", f"{text}\n", *(table(cls, but=("name",)))]
    return "\n".join([*parts, TAIL])


def table(cls: type[Any], but: tuple[str, ...] = ()) -> list[str]:
    """Return a table of the fields that a dataclass declares."""
    fields = [parameter for parameter in parameters_of(cls) if parameter.name not in but]
    if not fields:
        return []
    rows = [
        f"| `{field.name}` | {in_words(field.kind)} | {field.help} | {default(field)} |"
        for field in fields
    ]
    return ["| Field | Value | What it is | Default |", "| --- | --- | --- | --- |", *rows, ""]


def in_words(kind: ParamType) -> str:
    """Return how JSON has a value of this kind."""
    if isinstance(kind, Flag):
        return "true or false"
    if isinstance(kind, Sizes):
        return f"number from {kind.min}, or [height, width]"
    if isinstance(kind, Floats):
        return "number, or a list"
    return f"number from {kind.min}" if isinstance(kind, Int) else "text"


def default(field: Parameter) -> str:
    """Return a default as JSON has it."""
    if field.required:
        return "needed"
    value = field.default[0] if isinstance(field.default, tuple) else field.default
    return "" if value is None else str(value).lower()


if __name__ == "__main__":
    PAGE.write_text(page())
