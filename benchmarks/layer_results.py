"""Compute every case of `tests/ops/layer_cases.py` with updown: FOLDER/results.npz.

python benchmarks/layer_results.py FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.ops.layer_cases import LayerCase, all_cases, fractional


def computed(case: LayerCase) -> np.ndarray:
    """Return what updown makes of a case, with channels last."""
    import torch

    from updown_cli.cli.steps import parse_steps
    from updown_cli.op.shape import Shape
    from updown_cli.op.signal import Signal

    for name, weight in case.weights.items():
        np.save(f"{name}.npy", weight)
    (op,) = parse_steps(case.steps).ops
    x = torch.from_numpy(np.moveaxis(case.x, -1, 1).copy())
    y = op.for_shape(Shape(*x.shape[1:])).run(Signal(x, ())).pixels
    return np.moveaxis(y.numpy(), 1, -1)


def main(folder: Path) -> None:
    """Compute all, with what FOLDER/drawn.json has of fractional pools."""
    os.chdir(folder)
    results = {str(number): computed(case) for number, case in enumerate(all_cases())}
    for mode, number, *sequences in json.loads(Path("drawn.json").read_text()):
        results[f"{mode} {number}"] = computed(fractional(mode, number, *sequences))
    np.savez("results.npz", allow_pickle=False, **results)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
