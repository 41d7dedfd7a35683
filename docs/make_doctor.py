"""Writes docs/doctor.md: what `updown doctor` measures, as the measures are declared."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from updown_cli.cli.doctor_table import show
from updown_cli.cli.steps import parse_steps
from updown_cli.doctor.chain import Chain
from updown_cli.doctor.command import FORMATS
from updown_cli.doctor.examine import MEASURES, examine
from updown_cli.doctor.measure import Measure

PAGE = Path(__file__).parent / "doctor.md"

# TensorFlow 1's linear interpolation, which puts the first pixels of source and result together.
STEPS, SIZE = "upsample --mode bilinear --coordinates asymmetric --scale-factor 2", (180, 240)

HEAD = """# What a resize does to pictures

This page is written by `python docs/make_doctor.py`; a test fails when it is stale.

`updown doctor` shows test signals to anything that resizes, and measures what comes out:

```
updown doctor 'magick {in} -resize 50% {out}'
updown doctor 'python resize.py {in} {out}' -o kernel.png --fail-above shift=0.02
updown doctor 'python resize.py {in} {out}' -o found.html
updown doctor --op 'upsample --mode bilinear --scale-factor 0.5'
updown doctor model.onnx
```

A command is run once for each of about 20 signals, in an empty folder that goes afterwards,
without a shell unless `--shell` is given, for `--timeout` seconds at most; all that it started
ends with it. `{in}` and `{out}` stand for the two files, words that name files in the present
folder mean these. A model (`pip install '.[onnx]'`) has one input of a picture, `NCHW` or `NHWC`,
and `--white` as white.

Signals are 360 x 480 pixels, or as many as leave enough to measure; `--size` says it, and a model
of a fixed size has its own. They are impulses at every phase, edges at every phase, long waves,
even areas and patches of nine levels, specks, rings, blocks, coloured patches and waves,
transparent blocks and a ramp of 16 bits.

## What is measured

A value up to "good to" is good, one above the limit is a fault, and what lies between is told. The
limits are those of most people's pictures; `--fail-above MEASURE=VALUE` sets one's own for CI:
these stand in the table instead, and what is above them is a fault even if it is by design. They
alone decide about the exit code then; other faults are still told.
"""

FAULTS = """## What is a fault, and what is by design

A fault is what nobody chooses: it can be mended without giving anything else up. What is a choice
is told, with what it costs, and is no fault:

* **Picking pixels** (nearest). A resize that picks cannot lie nearer than half a source pixel, and
  what it leaves out comes back as false waves: both are told. A shift of more is a fault: OpenCV's
  `INTER_NEAREST` and torch's `nearest` pick the first pixel of each cell, 1.5 pixels off the
  middle at a quarter of the size.
* **Shrinking with a kernel that is made for enlarging** (torch's bilinear without `antialias`,
  OpenCV's `INTER_LINEAR` at a quarter) is a fault, `alias`: what most users of it do not know. The
  mean of a pixel's area, the worst of the kernels that are made for it, is below the limit.
* **Overshoot** of kernels with negative weights (bicubic, lanczos) and slight **blur** of smooth
  ones are what these kernels are chosen for. Ringing that reaches further than four pixels is a
  fault.
* **Aligned corners** (`align_corners=True`) are a convention: told as `stretch`, no fault. A
  picture that is stretched otherwise is cropped, padded or wrong.
* **Mixing code values** instead of light is what nearly every tool does: `light` tells what it
  costs. Levels of even areas that change (`gain`, `offset`, `gamma`) are faults whatever is mixed.
  Where light is mixed, everything is measured in light.
* **Maxima, medians, learned layers** have no kernel: `separability` tells so, and what only
  kernels have is told without blame.
* **Borders** that are darker are a fault whoever makes them: so are those of convolutions with
  zeros around, and of `deconv --kernel bilinear -s 2 -p 1`. What chooses values, as maxima do,
  chooses hidden colours as well; that is told, and no fault.
* **Chroma at half the size** (4:2:0, as most programs write JPEG) is a fault, `chroma`: it costs
  all that is fine and coloured, and 4:4:4 mends it. Of an enlarged picture less is lost. Ringing
  and differences of direction in JPEG files are told without blame.
* **Transparency that is dropped**, and 16 bits or transparency that are not taken at all, are told
  as not measured. What keeps them and does it wrongly is at fault.
* **Halves that are rounded up** raise results by a part of a level; truncation, which lowers them
  by half of one, is a fault.

`python -m benchmarks.doctor` plants faults, runs right settings of known tools, and prints what is
found of the ones and said of the others.

## Exit codes

0: no fault, or all limits hold. 1: a fault, or a limit that does not hold. 2: nothing could be
measured: the command failed, wrote nothing, took too long, or the command line cannot be carried
out.
"""


def page() -> str:
    """Return the page."""
    rows = [
        "| Measure | What it is | Unit | Good to | Limit |",
        "| --- | --- | --- | --- | --- |",
        *map(_row, MEASURES),
    ]
    return "\n".join([HEAD, *rows, "", _formats(), *_example(), FAULTS])


def _example() -> list[str]:
    """Return what is told of a resize with a fault."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        show(examine(Chain(STEPS, parse_steps(STEPS)), SIZE))
    height, width = SIZE
    line = f"$ updown doctor --op '{STEPS}' --size {height}x{width}"
    return ["## What is told", "", "```", line, told.getvalue().rstrip("\n"), "```", ""]


def _row(measure: Measure) -> str:
    limit = "none" if measure.limit is None else f"{measure.limit:g}"
    return f"| `{measure.name}` | {measure.about} | {measure.unit} | {measure.told:g} | {limit} |"


def _formats() -> str:
    """Return what the formats of files can hold."""
    some = [f"`{name}`" for name, (alpha, deep) in FORMATS.items() if not (alpha and deep)]
    every = ", ".join(f"`{name}`" for name in FORMATS)
    return (
        f"`--format` chooses the format of the two files: {every}. Those without transparency or "
        f"16 bits ({', '.join(some)}) leave `alpha` or `depth` unmeasured. With `jpg` signals are "
        "PNG files and results JPEG files.\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page())
