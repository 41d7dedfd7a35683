"""The rows of a comparison with libraries: in a file as they come, and on a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.resizing.library import ROOT

PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- resizes -->\n", "<!-- end of resizes -->\n"
HEAD = """\
## Resizes

What `upsample --like LIBRARY` makes beside the library itself: 210 pairs of sizes for every mode
(one pixel, odd, up, down, large factors) on noise, ramps and photographs of 1 to 4 channels.
Of integers the largest difference is in steps of the type, with the share of the values that
differ; of floats it is relative to the largest value. Written by `python -m benchmarks.resizes`.

Where floats are more than 1e-6 apart, brackets say how far each side lies from the same resize in
double precision, at those sizes: of JAX from JAX itself, of ONNX Runtime from ONNX's reference, of
TensorFlow's areas from their formula. JAX compiles a program for each size; a position of 90 is
known to 8e-6 in single precision, and the program decides which products are rounded before they
are added and in which order sums are made. Integers that differ are halves that a last bit rounds
the other way: in scikit-image's and SciPy's splines, and in OpenCV's cubic where Intel's closed IPP
computes it (`ipp=False` is OpenCV's own code). torchvision's resize of PIL images is
`--like pillow`.
`--like matlab` is not among them: it is unverified, and `python -m benchmarks.matlab` compares it
with the one picture that MATLAB made for a published port.

| Library | Version | Mode | Type | Pairs | Largest difference |
| --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Row:
    """What was found of a mode and a type of a library."""

    library: str
    version: str
    mode: str
    dtype: str
    pairs: int
    difference: str

    def as_line(self) -> str:
        """Return it as a row of the page's table."""
        cells = (self.library, self.version, self.mode, self.dtype, self.pairs, self.difference)
        return "| " + " | ".join(map(str, cells)) + " |"


class RowFile:
    """Rows in a file, one JSON a line, each written as it comes; without a name nothing is kept."""

    def __init__(self, name: str | None) -> None:
        self.path = Path(name) if name else None
        lines = self.path.read_text().splitlines() if self.path and self.path.exists() else []
        self.rows = [Row(**json.loads(line)) for line in lines]

    def find(self, library: str, version: str, mode: str, dtype: str) -> Row | None:
        """Return the row of a mode if it has been made."""
        key = (library, version, mode, dtype)
        found = (row for row in self.rows if key == (row.library, row.version, row.mode, row.dtype))
        return next(found, None)

    def add(self, row: Row) -> None:
        """Write a row."""
        self.rows.append(row)
        if self.path:
            with self.path.open("a") as file:
                file.write(json.dumps(asdict(row)) + "\n")


def write_page(rows: Iterable[Row]) -> None:
    """Put the rows of libraries into the page in the place of those that it has of them."""
    text = PAGE.read_text()
    if BEGIN not in text:
        text = text.replace("\n## transformers\n", f"\n{BEGIN}{END}\n## transformers\n")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    kept: dict[str, list[str]] = {}
    for line in re.findall(r"^\| .*\|$", old, re.MULTILINE):
        name = line.split(" | ")[0].removeprefix("| ")
        if name not in ("Library", "---"):
            kept.setdefault(name, []).append(line)
    made: dict[str, list[str]] = {}
    for row in rows:
        made.setdefault(row.library, []).append(row.as_line())
    kept |= made
    lines = "".join(f"{line}\n" for name in sorted(kept) for line in kept[name])
    PAGE.write_text(f"{before}{BEGIN}{HEAD}{lines}{END}{after}")
