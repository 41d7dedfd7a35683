"""Train the small network of this folder on its photographs: `network.json` and `weights.pt`.

It learns to tell which part of which picture a patch was cut from. That is known without labels,
and to know it edges, colours, eyes and letters must be told apart.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

HERE = Path(__file__).parent

#: The pictures, and the rows and columns of parts that are told apart in each.
PICTURES = {
    "photo.png": (2, 3),
    "palette.png": (2, 3),
    "transparent.png": (3, 2),
    "gray.png": (2, 2),
    "text.png": (1, 1),
    "zoneplate.png": (1, 1),
}
PARTS = sum(rows * columns for rows, columns in PICTURES.values())

PATCH = 40
LARGEST_CUT = 80
BATCH = 96
STEPS = 700
SEED = 7

MEAN, STD = 0.5, 0.25

#: (maps, side of the kernel) of each convolution; a ReLU and a pool by 2 follow it.
CONVOLUTIONS = ((16, 7), (24, 5), (32, 3))


def pictures() -> list[Tensor]:
    """Return the pictures as 3 x H x W between 0 and 1."""
    found = []
    for name in PICTURES:
        with Image.open(HERE / name) as picture:
            values = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
        found.append(torch.from_numpy(values).permute(2, 0, 1))
    return found


def patch(
    picture: Tensor, grid: tuple[int, int], chance: np.random.Generator
) -> tuple[Tensor, int]:
    """Return a square of random size, brightness and contrast, and the part where its middle is."""
    _, height, width = picture.shape
    rows, columns = grid
    side = int(chance.integers(PATCH, min(LARGEST_CUT, height, width) + 1))
    top, left = int(chance.integers(height - side + 1)), int(chance.integers(width - side + 1))
    row = (top + side // 2) * rows // height
    column = (left + side // 2) * columns // width
    cut = picture[None, :, top : top + side, left : left + side]
    cut = F.interpolate(cut, (PATCH, PATCH), mode="bilinear", antialias=True)[0]
    contrast, brightness = chance.uniform(0.6, 1.2), chance.uniform(-0.15, 0.15)
    return ((cut - 0.5) * contrast + 0.5 + brightness).clamp(0, 1), row * columns + column


def batch(sources: list[Tensor], chance: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return patches and the number of the part that each is from."""
    grids = list(PICTURES.values())
    firsts = np.cumsum([0, *(rows * columns for rows, columns in grids)])
    patches, parts = [], []
    for part in chance.integers(PARTS, size=BATCH):  # large pictures more often
        which = int(np.searchsorted(firsts, part, side="right")) - 1
        cut, place = patch(sources[which], grids[which], chance)
        patches.append(cut)
        parts.append(int(firsts[which]) + place)
    return (torch.stack(patches) - MEAN) / STD, torch.tensor(parts)


def network() -> nn.Sequential:
    """Return the untrained network: convolutions, ReLUs and pools, then a score for each part."""
    layers: list[nn.Module] = []
    channels = 3
    for maps, side in CONVOLUTIONS:
        layers += [nn.Conv2d(channels, maps, side, padding=side // 2), nn.ReLU(), nn.MaxPool2d(2)]
        channels = maps
    return nn.Sequential(*layers, nn.Conv2d(channels, PARTS, 1))


def train(steps: int) -> nn.Sequential:
    """Return the trained network, and print how often it is right."""
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    sources, net = pictures(), network()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for step in range(1, steps + 1):
        patches, parts = batch(sources, chance)
        scores = net(patches).mean((2, 3))
        loss = F.cross_entropy(scores, parts)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if step % 50 == 0 or step == steps:
            right = (scores.argmax(1) == parts).float().mean()
            print(f"step {step}: loss {loss:.3f}, right {right:.0%}")
    return net


def description() -> dict[str, object]:
    """Return what `updown deconvnet --net` reads."""
    layers: list[dict[str, object]] = []
    for number, (_, side) in enumerate(CONVOLUTIONS, 1):
        layers += [
            {
                "name": f"conv{number}",
                "type": "conv",
                "weight": f"conv{number}.weight",
                "bias": f"conv{number}.bias",
                "padding": side // 2,
            },
            {"name": f"relu{number}", "type": "relu"},
            {"name": f"pool{number}", "type": "pool", "kernel_size": 2},
        ]
    scores = {"weight": "scores.weight", "bias": "scores.bias"}
    layers.append({"name": "scores", "type": "conv", **scores})
    read = {"channels": 3, "mean": [MEAN] * 3, "std": [STD] * 3}
    return {"input": read, "layers": layers}


def weights(net: nn.Sequential) -> dict[str, Tensor]:
    """Return the weights and biases by the names that the description gives them."""
    names = [*(f"conv{number}" for number in range(1, len(CONVOLUTIONS) + 1)), "scores"]
    convolutions = [layer for layer in net if isinstance(layer, nn.Conv2d)]
    found = {}
    for name, layer in zip(names, convolutions, strict=True):
        assert layer.bias is not None
        found[f"{name}.weight"] = layer.weight.detach()
        found[f"{name}.bias"] = layer.bias.detach()
    return found


def main() -> None:
    """Train and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument("--steps", type=int, default=STEPS)
    settings = parser.parse_args()
    torch.set_num_threads(1)
    net = train(settings.steps)
    (settings.folder / "network.json").write_text(json.dumps(description(), indent=1) + "\n")
    torch.save(weights(net), settings.folder / "weights.pt")


if __name__ == "__main__":
    main()
