"""What is parsed: recipes, networks, weights, positions, reports and lists of names."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.json_mutations import JSON_MUTATIONS
from tests.fuzz.kind import Kind
from tests.healthy import array
from tests.samples import SAMPLES
from updown_cli.batch.inputs import Selection
from updown_cli.batch.name_list import read_names
from updown_cli.batch.recipes import read_recipe
from updown_cli.cli.earlier_report import read_report
from updown_cli.cli.report_file import COLUMNS
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices
from updown_cli.op.shape import Shape
from updown_cli.ops.deconvnet import description
from updown_cli.ops.deconvnet.deconvnet import Deconvnet
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.recipes import Recipe
from updown_cli.tensors import weights
from updown_cli.tensors.pool_index_files import pool_index_bytes, read_pool_indices

#: A picture that recipes and networks are planned for.
PICTURE = Shape(3, 12, 12)

# Arrays of a file of weights that are read.
MOST_ARRAYS = 4


def recipes() -> list[bytes]:
    """Return recipes of every operation that names no file, alone and two by two."""
    ops = [op for op in SAMPLES if not list(Recipe.of(Pipeline((op,)), str).named_files())]
    pairs = [*((op,) for op in ops), *pairwise(ops)]
    return [json.dumps(Recipe.of(Pipeline(pair), str).to_json()).encode() for pair in pairs]


def planned(path: str, number: int) -> str:
    """Read a recipe and plan it."""
    read_recipe(path).plan(PICTURE)
    return ""


LAYERS: list[dict[str, Any]] = [
    {"name": "c", "type": "conv", "weight": "w", "bias": "b", "padding": 1, "stride": [1, 1]},
    {"name": "r", "type": "relu"},
    {"name": "p", "type": "pool", "kernel_size": 2, "stride": 2, "padding": 0, "ceil_mode": True},
    {"name": "f", "type": "linear", "weight": "flat"},
]


@cache
def weight_file() -> str:
    """Write weights that fit the networks, and return their name."""
    w, b, flat = np.ones((4, 3, 3, 3)), np.ones(4), np.ones((5, 4 * 6 * 6))
    np.savez("fits.npz", w=w, b=b, flat=flat)
    return os.path.abspath("fits.npz")


def networks() -> list[bytes]:
    """Return networks of one to all of the layers."""
    read = {"channels": 3, "size": [12, 12], "mean": [0.5, 0.5, 0.5], "std": [0.25]}
    return [
        json.dumps({"input": read, "layers": LAYERS[:count], "about": "x"}).encode()
        for count in range(1, len(LAYERS) + 1)
    ]


def built(path: str, number: int) -> str:
    """Read a network and go through it to its last layer."""
    description._read.cache_clear()
    last = description.read_network(path).layers[-1].name
    Deconvnet(net=path, weights=weight_file(), layer=last).out_shape(PICTURE)
    return ""


def all_arrays(path: str, number: int) -> str:
    """Read the names, the shapes and some arrays of a file of weights."""
    weights._opened.cache_clear()
    file = weights.open_weights("--kernel", path)
    file.shapes()
    file.listed()
    for key in file.keys()[:MOST_ARRAYS]:
        if not np.isfinite(file.array(key)).all():
            return "an array that is not finite"
    return ""


def npz_weights() -> list[bytes]:
    """Return archives of arrays, packed and not."""
    files = []
    save: Callable[..., None]
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, w=np.ones((2, 1, 3, 3), np.float32), b=np.arange(3), x=np.zeros((), np.float16))
        files.append(file.getvalue())
    return files


def safetensors() -> list[bytes]:
    """Return files of tensors of several types."""
    import torch
    from safetensors.torch import save

    one = {"conv1.weight": torch.ones(2, 3), "conv1.bias": torch.ones(2, dtype=torch.bfloat16)}
    return [save(one), save(one, {"format": "pt"}), save({"x": torch.arange(5)})]


def torch_files() -> list[bytes]:
    """Return what torch.save writes: a dict, a tensor, a checkpoint, and the old format."""
    import torch

    tensors = {"w": torch.ones(2, 3), "b": torch.arange(4)}
    files = []
    values: list[Any] = [tensors, torch.ones(3), {"state_dict": tensors, "epoch": 3}, tensors]
    for number, value in enumerate(values):
        file = io.BytesIO()
        torch.save(value, file, _use_new_zipfile_serialization=number < 3)
        files.append(file.getvalue())
    return files


def positions() -> list[bytes]:
    """Return the positions of 2x3 maxima in every numbering, packed and as zip leaves them."""
    indices = np.arange(0, 12, 2).reshape(1, 1, 2, 3)
    told = PoolIndices(indices, Shape(1, 4, 6), (2, 2), (2, 2), (0, 0))
    files = [pool_index_bytes(told, numbering) for numbering in NUMBERINGS]
    about = {
        "numbering": "torch",
        "source": [1, 4, 6],
        "kernel_size": None,
        "stride": [2],
        "padding": "same",
    }
    plain = io.BytesIO()
    np.savez(plain, indices=indices, about=np.array(json.dumps(about)))
    return [*files, *[plain.getvalue()] * 4]


def bare_positions() -> list[bytes]:
    """Return positions without what they count in."""
    return [array(np.arange(0, 12, 2).reshape(shape)) for shape in ((2, 3), (1, 1, 2, 3))]


def placed(path: str, number: int) -> str:
    """Read positions and look where they are."""
    numbering = NUMBERINGS[number % len(NUMBERINGS)]
    found = read_pool_indices(path, Shape(1, 2, 3), lambda: Shape(1, 4, 6), numbering, None)
    size = (4, 6) if number % 2 else found.source.size
    inside = found.indices_in(size)
    return "positions of another type" if inside.dtype != np.int64 else ""


RECORD: dict[str, Any] = {
    "status": "done", "source": "a.png", "output": "y.png", "in": [3, 4, 6], "out": [3, 2, 3],
    "steps": [{"op": "pool"}], "seconds": {"load": 0.5, "total": 1}, "warnings": [], "error": None,
    "run": 1, "source_bytes": 100, "output_bytes": 50,
}  # fmt: skip
OTHERS = [
    {**RECORD, "source": "\udcff.png", "run": 2},
    {**RECORD, "status": "skipped", "output": None},
]


def json_lines() -> list[bytes]:
    """Return reports of a record a line."""
    lines = [json.dumps(record) + "\n" for record in (RECORD, *OTHERS)]
    return ["".join(lines).encode(), lines[0].encode(), "".join(lines).rstrip().encode()]


def json_lists() -> list[bytes]:
    """Return reports that are lists."""
    return [json.dumps([RECORD, *OTHERS]).encode(), b"[]\n", json.dumps([RECORD]).encode()]


def tables() -> list[bytes]:
    """Return reports that are tables."""
    row = ["done", "a.png", "y.png", *[""] * 11, "1", "100", "50"]
    lines = [",".join(COLUMNS), ",".join(row), '"' + '","'.join(row) + '"']
    return ["\r\n".join([*lines, ""]).encode(), "\r\n".join(lines).encode()]


def gone_on_with(path: str, number: int) -> str:
    """Read a report as the next run does."""
    found = read_report(path, Path(path).suffix, COLUMNS)
    whole = 0 <= found.length <= os.path.getsize(path) and found.runs >= 0
    return "" if whole else f"{found.length} bytes, {found.runs} runs"


def lists() -> list[bytes]:
    """Return lists of names as several systems write them."""
    text = "a.png\nin/b.png\nin/*.png\nin/**/c?.png\n[a-z]x.png\n{stem}.png\n\u00e9.png\n"
    marked = [text.encode(encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32")]
    return [*marked, text.replace("\n", "\r\n").encode(), text.replace("\n", "\0").encode()]


def found_in(path: str, number: int) -> str:
    """Read a list and look for what it names, unless that is elsewhere."""
    nulls = bool(number % 2)
    names = read_names(path, null_separated=nulls)
    if not any(name.startswith(("/", "~")) or ".." in name for name in names):
        Selection(files_from=path, null_separated=nulls, allow_empty=True).sources()
    return ""


KINDS = {
    "recipe": Kind(".json", recipes, (planned,), mutations=JSON_MUTATIONS),
    "network": Kind(".json", networks, (built,), mutations=JSON_MUTATIONS),
    "weights.npy": Kind(".npy", lambda: [array(np.ones((3, 3)))], (all_arrays,)),
    "weights.npz": Kind(".npz", npz_weights, (all_arrays,)),
    "weights.safetensors": Kind(".safetensors", safetensors, (all_arrays,)),
    "weights.pt": Kind(".pt", torch_files, (all_arrays,)),
    "positions.npz": Kind(".npz", positions, (placed,)),
    "positions.npy": Kind(".npy", bare_positions, (placed,)),
    "report.jsonl": Kind(".jsonl", json_lines, (gone_on_with,), mutations=JSON_MUTATIONS),
    "report.json": Kind(".json", json_lists, (gone_on_with,), mutations=JSON_MUTATIONS),
    "report.csv": Kind(".csv", tables, (gone_on_with,)),
    "names": Kind(".txt", lists, (found_in,)),
}
