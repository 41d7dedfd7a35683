"""The weights that ship, made and measured: `python -m benchmarks.photo_weights FOLDER [-o W]`.

FOLDER holds what Debian's packages mate-backgrounds, plasma-workspace-wallpapers,
lomiri-wallpapers-16.04 and lomiri-wallpapers-20.04 install. Their photographs are shrunk to at
most 1024 pixels a side, which leaves no trace of JPEG; those of TESTED, and what scikit-image
brings, are not learned from. They are made small as `upsample --mode bicubic --antialias` does.
With `-o` the weights are learned anew, which takes half an hour on two cores; without, those that
ship are measured.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from updown_cli.batch.inputs import Selection
from updown_cli.cli.main import main as updown
from updown_cli.cli.steps import parse_steps
from updown_cli.files.reading import Reading
from updown_cli.fit.adam import Adam, Stepping
from updown_cli.fit.crops import Sampler, find_cropping
from updown_cli.fit.forward import forward
from updown_cli.fit.learned_chain import LearnedChain, Unknown
from updown_cli.fit.pairs import Loading, Pair, named_pairs
from updown_cli.fit.scores import scores_of
from updown_cli.fit.sizes import check_sizes
from updown_cli.op.shape import Shape
from updown_cli.ops import OPS
from updown_cli.tensors.held import holding
from updown_cli.tensors.weight_bytes import weight_bytes
from updown_cli.tensors.weights import open_weights

TAUGHT = """
    Autumn ColorfulCups EveningGlow Kite OneStandsOut summer_1am Blinds Dune RainDrops Storm Wood
    Dragonfly_by_Bolly Picture_0B_by_freespace Wine_by_Jakkub_Mede aitzgorri_by_Aitzol_Berasategi
    free_by_Peter_Nerlich friends_by_Aitzol_Berasategi life_by_Aitzol_Berasategi
    picosdeeuropa_by_Aitzol_Berasategi sunset_by_Aitzol_Berasategi umang_by_Abhishek_Mudgal
"""
TESTED = """
    BytheWater FallenLeaf Path LadyBird TwoWings Bridge_by_Sander_Klootwijk
    Picture_1A_by_freespace analogpattern_by_Peter_Nerlich greentock_by_Peter_Nerlich
    seeding_by_Clements_Engelhardt Kleiber_by_Lukas_Baubkus
"""
OF_SCIKIT_IMAGE = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
)

# Sides are multiples of what they are divided by, and at most so long.
LONGEST, MULTIPLE = 1024, 6

DEGRADE = "upsample --mode bicubic --antialias --scale-factor {}"
BLOCK = "upblock --mode subpixel --upscale-factor {} --hidden 16 --edges replicate --init bilinear"
HOW = (
    *("--colour", "gray", "--method", "adam", "--steps", "4000", "--crop", "32"),
    *("--patience", "20", "--held-out", "2"),
)
HELD_OUT = ("--held-out", "2")

# Scales between which a meta block learns to be right, and its steps.
SCALES = ("1.25", "1.5", "1.75", "2", "2.5", "3", "3.5", "4")
META = Stepping(steps=2400, batch=8, crop=32, rate=2e-3)

SHIPPED = Path(__file__).parent.parent / "updown_cli" / "weights" / "photo.safetensors"


def sources(folder: Path, names: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield photographs by name, which are files, or folders with one of 2560x1600."""
    for name in names:
        found = [
            *folder.rglob(f"{name}.jpg"),
            *folder.rglob(f"{name}/contents/images/2560x1600.jpg"),
        ]
        if not found:
            raise SystemExit(f"{folder}: no photograph {name}")
        yield name, found[0]


def scikit_images() -> Iterator[tuple[str, Path]]:
    """Yield photographs that scikit-image brings."""
    import skimage.data

    folder = Path(str(skimage.data.__file__)).parent
    for name in OF_SCIKIT_IMAGE:
        yield Path(name).stem, folder / name


def prepare(photographs: Iterator[tuple[str, Path]], target: Path) -> None:
    """Write photographs shrunk, with sides that can be divided."""
    target.mkdir(exist_ok=True)
    for name, path in photographs:
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        scale = LONGEST / max(image.size)
        if scale < 1:
            size = round(image.width * scale), round(image.height * scale)
            image = image.resize(size, Image.Resampling.LANCZOS)
        width, height = (side // MULTIPLE * MULTIPLE for side in image.size)
        image.crop((0, 0, width, height)).save(target / f"{name}.png")


def learn_subpixel(photographs: Path, factor: int, target: Path) -> dict[str, Any]:
    """Return the arrays of a sub-pixel block, as `updown fit` learns them."""
    degrade = DEGRADE.format(f"1/{factor}")
    pictures = ("--pictures", str(photographs), "--degrade", degrade)
    line = ["fit", BLOCK.format(factor), *pictures, *HOW, "-o", str(target)]
    print("updown", *line, flush=True)
    try:
        updown(line)
    except SystemExit as end:
        if end.code:
            raise
    file = open_weights("", str(target))
    return {name: file.array(name) for name in file.keys()}  # noqa: SIM118


def meta_chains(photographs: Path) -> Iterator[tuple[LearnedChain, Sampler]]:
    """Yield for each scale a meta block that learns, and what it learns from."""
    block: Any = OPS["upblock"].of_mode("meta")
    for scale in SCALES:
        degrade = parse_steps(DEGRADE.format(f"100/{round(100 * float(scale))}"))
        loading = Loading(reading=Reading(colour="gray"), degrade=degrade)
        pairs = named_pairs((), (str(photographs),), Selection())
        layer = block(scale_factor=(float(scale),), init="bilinear", edges="replicate")
        chain = LearnedChain.of([Unknown(layer=layer)], f"{scale}.npz", Shape(1, 96, 96), 0)
        with holding(chain.file):
            check_sizes(chain.pipeline, loading, pairs)
            cropping = find_cropping(chain.pipeline, 1, 96, META.crop)
        yield chain, Sampler(pairs, loading, cropping)


def learn_meta(photographs: Path) -> dict[str, Any]:
    """Return the arrays of a meta block that all scales share."""
    torch.set_num_threads(1)
    chains = [*meta_chains(photographs)]
    held = {
        name: torch.from_numpy(array.copy()).requires_grad_()
        for name, array in chains[0][0].file.arrays.items()
    }
    adam = Adam([(tensor, 1.0) for tensor in held.values()])
    random = torch.Generator().manual_seed(0)
    for step in range(META.steps):
        chain, sampler = chains[step % len(chains)]
        chain.file.hold(held)
        x, y = sampler.batch(META.batch, random)
        with holding(chain.file):
            made = forward(chain.pipeline, x * 255, 255.0) / 255
        assert sampler.cropping is not None
        loss = (made[sampler.cropping.told] - y).square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step(META.rate_at(step))
        if step % 200 == 0:
            print(f"meta: {step} of {META.steps} steps, {float(loss.detach()):.6f}", flush=True)
    return {name: tensor.detach().numpy() for name, tensor in held.items()}


def learn(photographs: Path, target: Path) -> None:
    """Learn all parts, and write them as one file."""
    with tempfile.TemporaryDirectory() as folder:
        parts = {
            f"x{factor}": learn_subpixel(photographs, factor, Path(folder, f"x{factor}.npz"))
            for factor in (2, 3)
        }
    parts["meta"] = learn_meta(photographs)
    arrays = {
        f"{part}.{name}": np.asarray(array, np.float32)
        for part, named in parts.items()
        for name, array in named.items()
    }
    note = '{"made_by":"python -m benchmarks.photo_weights","card":"photo.md"}'
    target.write_bytes(weight_bytes(str(target), arrays, note))


def measure(photographs: Path, weights: Path, steps: str, scale: str) -> None:
    """Print for each photograph the decibels of a block and of interpolation, and the gain."""
    name = "photo" if weights == SHIPPED else f"{weights}::{'meta' if 'meta' in steps else scale}"
    pipeline = parse_steps(f"upblock {steps} --edges replicate --weights {name}")
    degrade = parse_steps(DEGRADE.format(f"100/{round(100 * float(scale.removeprefix('x')))}"))
    loading = Loading(reading=Reading(alpha="drop"), degrade=degrade)
    gains = []
    print(f"\n{steps}")
    for path in sorted(photographs.iterdir()):
        pair = Pair(name=path.stem, small=None, large=str(path))
        check_sizes(pipeline, loading, [pair])
        scores = scores_of(pipeline, loading, [pair])
        gains.append(scores["fit"].psnr - scores["bicubic"].psnr)
        told = "  ".join(f"{key} {score.psnr:.2f}" for key, score in scores.items())
        print(f"{path.stem:32} {told}  gain {gains[-1]:.2f}")
    print(f"{'mean, least':32} gain {np.mean(gains):.2f}, {min(gains):.2f}", flush=True)


def main() -> None:
    """Learn if that is asked for, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what the packages install, such as /usr/share")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    weights = arguments.output or SHIPPED
    with tempfile.TemporaryDirectory() as temporary:
        taught, tested = Path(temporary, "taught"), Path(temporary, "tested")
        if arguments.output is not None:
            prepare(sources(arguments.folder, TAUGHT.split()), taught)
            learn(taught, weights)
        prepare(sources(arguments.folder, TESTED.split()), tested)
        prepare(scikit_images(), tested)
        measure(tested, weights, "--mode subpixel --upscale-factor 2", "x2")
        measure(tested, weights, "--mode subpixel --upscale-factor 3", "x3")
        measure(tested, weights, "--mode meta --scale-factor 2.5", "2.5")


if __name__ == "__main__":
    main()
