"""Peak memory that is told beside the one that is measured: `python benchmarks/memory.py`.

Each chain runs in a fresh process on an array and on a picture of 8 megapixels; what an imported
torch takes is left out. Ratios told / measured are printed (target: 0.7 to 1.3).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

UPDOWN = str(Path(sys.executable).with_name("updown"))
PHOTO = Path(__file__).parent.parent / "sample_images" / "photo.jpg"
SIZE = 3264, 2448

CHAINS = (
    "pool -k 2",
    "pool -k 3 -s 2 -p 1 | unpool",
    "pool --mode median -k 3 -s 2",
    "conv --kernel gaussian -k 5 -p same",
    "deconv --kernel bilinear -s 2 -p 1",
    "deconv --kernel box -k 3 -s 3 | pool -k 3",
    "upsample --mode bicubic --scale-factor 2",
    "upsample --mode bicubic --antialias --scale-factor 0.5",
    "upsample --mode spline --scale-factor 0.5",
    "shuffle --downscale-factor 2 | shuffle --upscale-factor 2",
    "upblock --mode up-conv --init bilinear",
)


def peak(*command: str) -> int:
    """Return the peak bytes of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss * 1024


def told(chain: str, source: str) -> int:
    """Return the bytes that `updown shapes` tells."""
    done = subprocess.run(
        [UPDOWN, "shapes", chain, source, "--json"], check=True, capture_output=True, text=True
    )
    return int(json.loads(done.stdout)["bytes"])


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        with Image.open(PHOTO) as photo:
            image = photo.convert("RGB").resize(SIZE)
        image.save(f"{folder}/in.jpg")
        np.save(f"{folder}/in.npy", np.asarray(image).transpose(2, 0, 1))
        image.crop((0, 0, 8, 8)).save(f"{folder}/tiny.jpg")
        base = peak(UPDOWN, "pool", f"{folder}/tiny.jpg", "-o", f"{folder}/out.jpg", "-q")
        for chain in CHAINS:
            for ending in (".npy", ".jpg"):
                source, target = f"{folder}/in{ending}", f"{folder}/out{ending}"
                run = (UPDOWN, "chain", chain, source, "-o", target, "-q")
                measured = peak(*run, "--if-exists", "overwrite") - base
                expected = told(chain, source)
                print(
                    f"{chain:55} {ending}  {expected / 1e6:7.1f} MB told  "
                    f"{measured / 1e6:7.1f} MB measured  {expected / measured:5.2f}"
                )


if __name__ == "__main__":
    main()
