"""What one writes with torch's DataLoader: `with_loader.py FOLDER RESULTS CASE`."""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

source, target, case = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


class Shrunken(Dataset[str]):
    """Files, each shrunken and saved where it is loaded."""

    names = sorted(path.name for path in source.iterdir())

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self.names)

    def __getitem__(self, index: int) -> str:
        """Read, shrink and save one file."""
        name = self.names[index]
        with Image.open(source / name) as image:
            pixels = torch.from_numpy(np.array(image.convert("RGB")))
        if case == "tensor":
            np.save((target / name).with_suffix(".npy"), tensor(pixels.permute(2, 0, 1)[None]))
            return name
        small = shrink(pixels.permute(2, 0, 1)[None].float())
        bytes_ = small.clamp(0, 255).add(0.5).byte()[0].permute(1, 2, 0).contiguous()
        Image.fromarray(bytes_.numpy()).save(target / name, quality=90)
        return name


def shrink(x: torch.Tensor) -> torch.Tensor:
    """Return 1 x C x H x W as the case wants it."""
    match case:
        case "x0.4":
            return functional.interpolate(x, scale_factor=0.4, mode="bicubic", antialias=True)
        case "short":
            return functional.interpolate(x, size=(256, 341), mode="bilinear", antialias=True)
        case "crop":
            small = functional.interpolate(x, size=(256, 341), mode="bilinear", antialias=True)
            return middle(small)
        case "avg":
            return functional.avg_pool2d(x, 2)
        case _:
            return functional.max_pool2d(x, 2)


def tensor(x: torch.Tensor) -> np.ndarray:
    """Return the middle of the shorter side of 224, as CLIP has it."""
    small = middle(functional.interpolate(x, size=(224, 298), mode="bicubic", antialias=True))
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)
    return ((small.float() / 255 - mean) / std).contiguous().numpy()


def middle(x: torch.Tensor) -> torch.Tensor:
    """Return the middle 224 pixels."""
    top, left = (x.shape[-2] - 224) // 2, (x.shape[-1] - 224) // 2
    return x[..., top : top + 224, left : left + 224]


if __name__ == "__main__":
    target.mkdir()
    for _ in DataLoader(Shrunken(), batch_size=None, num_workers=2):
        pass
