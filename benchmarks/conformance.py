"""Compare `updown preprocess` with the real classes, and write docs/conformance.md.

Run it where transformers, timm and torchvision are, with the Python that has updown:
    python benchmarks/conformance.py --updown .venv/bin/python --folder /tmp/conformance
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import platform
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.conformance_cases import SOURCES, Case  # noqa: E402
from benchmarks.conformance_defaults import FILE, text  # noqa: E402
from benchmarks.page_section import write_section  # noqa: E402
from tests.seen_pictures import write_pictures  # noqa: E402

STORED = ROOT / "tests" / "processors" / "stored.json"
PAGE = ROOT / "docs" / "conformance.md"
INTRODUCTION = """\
# Against the real classes

What `updown preprocess` makes of five pictures (odd sizes, grey, CMYK, transparent, turned by
EXIF), compared with the classes themselves, which are given the picture as Pillow reads it,
turned as its EXIF data say, as RGB unless they convert it themselves. Written by
`benchmarks/conformance.py`.

Presets for frames (`VideoClassification`) resize floats and round them: with another number of
threads torch's own result is one of 255 higher or lower in a few values at a half. Processors that
are not listed are refused by name, with the reason, and so are settings that are not known. Padding
to the other pictures of a batch is not done: every picture has its own tensor. Interpolations of
floats (DINOv3, DepthPro, OWLv2, RF-DETR, UVDoc, ZoeDepth) end in another last digit with another
number of threads, as do sums of the convolution by which OWLv2 blurs with torchvision.
"""
MOST_VALUES = 1_500_000  # of a tensor that the suite makes
PLACES = (0, 1, 2)  # of a tensor, in quarters of its values


def opened(path: Path) -> Any:
    """Return a picture as Pillow reads it, turned as its EXIF data say."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        image.load()
        return ImageOps.exif_transpose(image)


def compared(case: Case, pictures: list[Path], folder: Path) -> tuple[float | str, list[Any]]:
    """Return the largest difference of a case, or what failed, and what is stored of it."""
    worst, stored = 0.0, []
    for path in pictures:
        result = folder / "results" / case.stem / f"{path.stem}.npy"
        if not result.exists():
            return "no result", []
        try:
            expected = np.asarray(case.make(opened(path)), np.float32)
        except Exception as error:  # the real class itself refuses
            return f"refused by the class: {error}"[:80], []
        actual = np.load(result)
        if actual.shape != expected.shape:
            return f"{path.stem}: {actual.shape}, not {expected.shape}", []
        worst = max(worst, float(np.abs(actual.astype(np.float64) - expected).max()))
        stored.append(kept(expected))
    return worst, stored


def kept(tensor: Any) -> dict[str, Any]:
    """Return what is stored of a tensor: its shape, its hash and a few of its numbers."""
    flat = np.ascontiguousarray(tensor).ravel()
    numbers = [float(flat[flat.size * place // 4]) for place in PLACES]
    digest = hashlib.sha256(flat.tobytes()).hexdigest()[:16]
    return {"shape": list(tensor.shape), "sha256": digest, "numbers": numbers}


def versions(updown: str) -> dict[str, str]:
    """Return the versions of all that takes part."""
    import PIL
    import timm
    import torch
    import torchvision
    import transformers

    code = "import torch, PIL; print(torch.__version__, PIL.__version__)"
    ours = subprocess.run([updown, "-c", code], capture_output=True, text=True, check=True)
    own_torch, own_pillow = ours.stdout.split()
    modules = (transformers, timm, torchvision, torch, PIL, np)
    found = {module.__name__: module.__version__ for module in modules}
    found |= {"Python": platform.python_version()}
    return found | {"torch of updown": own_torch, "Pillow of updown": own_pillow}


def page(results: dict[str, dict[str, float | str]], found: dict[str, str]) -> str:
    """Return the page."""
    lines = [
        INTRODUCTION,
        "| | Version |",
        "| --- | --- |",
        *(f"| {name} | {version} |" for name, version in found.items()),
        "",
        "| | Configurations | Difference 0 | Largest difference | Not compared |",
        "| --- | --- | --- | --- | --- |",
    ]
    for group, cases in results.items():
        numbers = [value for value in cases.values() if not isinstance(value, str)]
        zero = sum(value == 0 for value in numbers)
        worst = f"{max(numbers, default=0):.3g}"
        row = (group, len(cases), zero, worst, len(cases) - len(numbers))
        lines.append("| " + " | ".join(map(str, row)) + " |")
    for group, cases in results.items():
        lines += ["", f"## {group}", "", "| Configuration | Largest difference |", "| --- | --- |"]
        lines += [
            f"| {name} | {value if isinstance(value, str) else f'{value:.3g}'} |"
            for name, value in sorted(cases.items())
        ]
    return "\n".join([*lines, ""])


def with_resizes(body: str, page_before: str) -> str:
    """Return the part with what `benchmarks/resizes.py` wrote in the middle of the one before."""
    found = re.search(r"^<!-- resizes -->\n.*^<!-- end of resizes -->\n", page_before, re.M | re.S)
    if found is None:
        return body
    head, heading, groups = body.partition("## ")
    return f"{head}{found[0]}\n{heading}{groups}"


def main() -> None:
    """Make, compare and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updown", default=sys.executable, help="Python that has updown")
    parser.add_argument("--folder", type=Path, required=True, help="where files go")
    parser.add_argument("--only", choices=("transformers", "timm", "torchvision"))
    parser.add_argument(
        "--named",
        default="",
        help="only configurations with one of these, between commas, in their names",
    )
    parser.add_argument("--write", action="store_true", help="write the page and what is stored")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    folder = options.folder.resolve()
    if FILE.read_text() != text():
        raise SystemExit(f"{FILE} is not what benchmarks/conformance_defaults.py writes")
    wanted = [options.only] if options.only else [*SOURCES]
    if options.write and (options.only or options.named):
        raise SystemExit("--write goes with all configurations")
    parts = options.named.split(",")
    cases = [
        case
        for group in wanted
        for case in SOURCES[group]()
        if any(part in case.name for part in parts)
    ]
    pictures = write_pictures(folder / "pictures")
    (folder / "configurations").mkdir(parents=True, exist_ok=True)
    for old in (folder / "configurations").glob("*.json"):
        old.unlink()
    for case in cases:
        path = folder / "configurations" / f"{case.stem}.json"
        path.write_text(json.dumps(case.configuration))
    script = ROOT / "benchmarks" / "conformance_results.py"
    subprocess.run([options.updown, str(script), str(folder)], check=True)
    results: dict[str, dict[str, float | str]] = {group: {} for group in wanted}
    stored: dict[str, Any] = {}
    for case in cases:
        value, tensors = compared(case, pictures, folder)
        results[case.group][case.name] = value
        if value == 0:
            stored[case.stem] = {"configuration": case.configuration, "tensors": tensors}
        if value != 0:
            print(f"{case.stem}: {value}")
    found = versions(options.updown)
    written = page(results, found)
    print(*written.split("\n## ", 1)[0].splitlines()[-1 - len(wanted) :], sep="\n")
    if options.write:
        title, _, body = written.removeprefix("# ").partition("\n")
        write_section(PAGE, title, with_resizes(body, PAGE.read_text()))
        STORED.parent.mkdir(exist_ok=True)
        chosen = {stem: stored[stem] for stem in sorted(stored) if _is_stored(stem, stored[stem])}
        lines = (f"{json.dumps(stem)}: {json.dumps(case)}" for stem, case in chosen.items())
        STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _is_stored(stem: str, case: dict[str, Any]) -> bool:
    """Whether the suite checks it: all of transformers and torchvision, a part of timm.

    Presets of frames are left out: with another number of threads torch's floats end on the other
    side of a half now and then. So are the largest tensors, of classes that have smaller ones.
    """
    if max(math.prod(tensor["shape"]) for tensor in case["tensors"]) > MOST_VALUES:
        return False
    if case["configuration"].get("preset") == "VideoClassification":
        return False
    return not stem.startswith("timm") or sum(map(ord, stem)) % 6 == 0


if __name__ == "__main__":
    main()
