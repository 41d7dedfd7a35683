"""Five steps on a photograph of 8 megapixels: `python -m benchmarks.chain [--photo FILE]`.

One chain beside five commands that hand each other arrays, of whose times four starts are taken
off. Rounds alternate; medians are printed with their ratio. Target: at most 1.0.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.png import photograph

ROUNDS = 5

UPDOWN = str(Path(sys.executable).with_name("updown"))
STEPS = (
    "upsample --mode bicubic --antialias --scale-factor 0.7",
    "conv --kernel gaussian -p same",
    "pool --mode avg -k 2",
    "upsample --mode bilinear --scale-factor 2",
    "conv --kernel sharpen -p same",
)


# What is between the steps are floats, unrounded as in a chain.
DEPTH = ("--depth", "float")


def seconds(*arguments: str) -> float:
    """Return the wall time of one command."""
    began = time.perf_counter()
    subprocess.run([UPDOWN, *arguments, "--quiet", "--if-exists", "overwrite"], check=True)
    return time.perf_counter() - began


def one_by_one(folder: Path) -> float:
    """Return the time of a command for each step; what is between them are float arrays."""
    files = ["in.png", *(f"{number}.npy" for number in range(1, len(STEPS))), "out.png"]
    names = [str(folder / file) for file in files]
    spent = 0.0
    for step, source, target in zip(STEPS, names, names[1:], strict=False):
        exact = () if target.endswith(".png") else DEPTH
        spent += seconds(*step.split(), source, "-o", target, *exact)
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", help="a photograph; the sample, enlarged to 8 MP, if none")
    image = photograph(parser.parse_args().photo)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image.save(folder / "in.png", compress_level=1)
        image.resize((8, 8)).save(folder / "tiny.png")
        starts, chained, separate = [], [], []
        for _ in range(ROUNDS):
            starts.append(seconds("pool", str(folder / "tiny.png"), "-o", str(folder / "t.png")))
            source, target = str(folder / "in.png"), str(folder / "chain.png")
            chained.append(seconds("chain", " | ".join(STEPS), source, "-o", target))
            separate.append(one_by_one(folder))
    start, chain, steps = (statistics.median(times) for times in (starts, chained, separate))
    fair = steps - (len(STEPS) - 1) * start
    print(f"chain of five {chain:.2f} s, five commands {steps:.2f} s, a start {start:.2f} s")
    print(f"chain / (five commands - four starts): {chain / fair:.2f}")


if __name__ == "__main__":
    main()
