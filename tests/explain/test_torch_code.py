"""The code that explain prints, run and compared with the operation that it is the code of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.code_cases import CASES, LINE, PICTURE, Case, of
from tests.samples import SAMPLES, dims_of, has_package
from updown_cli.errors import ShapeError
from updown_cli.explain.equal_code import torch_code, transposed_code
from updown_cli.op.artifact import Artifact
from updown_cli.op.base import Op
from updown_cli.op.join import Join
from updown_cli.op.pool_indices import PoolIndices, renumber
from updown_cli.op.shape import Shape
from updown_cli.op.signal import KeptResult, Signal
from updown_cli.ops import OPS
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconvnet.deconvnet import Deconvnet
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.kept_indices import KeepsIndices
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.ops.upsample.like.torchvision import TorchvisionLanczos

# Sums of some hundred products are added in another order: each step rounds by 2^-24 of the
# largest value, and errors of both signs cancel for the most part.
ROUNDING = 2e-6


def image(shape: Shape, frames: int) -> torch.Tensor:
    values = np.random.default_rng(1).integers(0, 256, (frames, *shape)).astype(np.float32)
    return torch.from_numpy(values)


def told(op: Op, x: torch.Tensor) -> tuple[dict[str, torch.Tensor], tuple[Artifact, ...]]:
    """Return what is told beside x, as names of the code and as positions or a kept result."""
    if isinstance(op, Join):
        return {"kept_e1": x.flip(1)}, (KeptResult(x.flip(1), name="@e1"),)
    shape = Shape(*x.shape[1:])
    random = np.random.default_rng(3)
    if isinstance(op, MaxUnpool):
        size = op.out_size(shape)
        pixels, count = int(np.prod(size)), int(np.prod(shape.size))
        if op.duplicates == "error":
            numbers = [random.permutation(pixels)[:count] for _ in range(len(x) * shape.channels)]
        else:
            numbers = [random.integers(0, pixels, count) for _ in range(len(x) * shape.channels)]
        indices = np.stack(numbers).reshape(x.shape)
        return {"indices": torch.from_numpy(indices)}, (PoolIndices(indices, Shape(4, *size)),)
    if isinstance(op, GradUnpool):
        source = image(Shape(shape.channels, *op.out_size(shape)), len(x))
        full = Shape(*source.shape[1:])
        _, positions = op.pool().for_shape(full).maxima(source, indices=True)
        assert positions is not None
        return {"source": source}, (PoolIndices(positions.numpy(), full),)
    return {}, ()


def check(op: Op, shape: Shape, frames: int) -> None:
    """Run the code for an operation and the operation, and compare."""
    op = op.for_shape(shape)
    x = image(shape, frames)
    names, beside = told(op, x)
    code = torch_code(op, shape, frames)
    assert max(map(len, code.splitlines())) <= 110 or isinstance(op, Deconvnet)
    made: dict[str, Any] = {"x": x.clone(), **{name: t.clone() for name, t in names.items()}}
    exec(code, made)
    result = op.run(Signal(x, beside))
    exact = op.selects_values() and not isinstance(op, GradUnpool)
    limit = 0.0 if exact else ROUNDING * float(result.pixels.abs().max().clamp(min=1))
    assert made["y"].dtype == x.dtype
    torch.testing.assert_close(made["y"], result.pixels, rtol=0, atol=limit, equal_nan=True)
    if isinstance(op, KeepsIndices) and op.keeps:
        kept = result.pool_indices[-1]
        expected = renumber(kept.indices, kept.source, to=op.index_format)
        assert torch.equal(made["indices"], torch.from_numpy(expected))


def sample_shape(op: Op) -> Shape:
    if isinstance(op, GradUnpool):
        return Shape(4, 4, 6)
    return Shape(4, *(4, 6, 8)[3 - dims_of(op) :])


@pytest.mark.parametrize("op", [op for op in SAMPLES if has_package(op)], ids=str)
def test_the_code_of_a_sample_gives_the_same(op: Op) -> None:
    check(op, sample_shape(op), 2)


@pytest.mark.usefixtures("files_of_cases")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_code_gives_the_same(case: Case) -> None:
    frames = 8 if case.settings.get("arrange") == "frames" else 2
    check(case.cls(**case.settings), case.shape, frames)


THIN: tuple[Op, ...] = (
    *(
        cls(kernel_size=(3,), stride=(stride,), padding=padding)
        for cls in (MaxPool, MinPool, AvgPool, MedianPool)
        for stride in (1, 2)
        for padding in ("same", "same-lower", (1,))
    ),
    AvgPool(kernel_size=(3,), padding="same", divisor_override=-3),
    LpPool(kernel_size=(3,), ceil_mode=True),
    LpPool(kernel_size=(3,), ceil_mode=True, convention="onnx"),
    BlurPool(kernel_size=(5,), stride=(1,)),
    PlainConv(kernel="box", kernel_size=(5,), padding="same"),
)


@pytest.mark.parametrize("op", THIN, ids=str)
@pytest.mark.parametrize("size", [(1, 5, 6), (2, 4, 3), (4, 3, 1), (2, 2, 2)], ids=str)
def test_the_code_for_volumes_thinner_than_the_window_gives_the_same(
    op: Op, size: tuple[int, ...]
) -> None:
    shape = Shape(2, *size)
    try:
        op.out_shape(shape)
    except ShapeError:
        return  # nothing is left
    check(op, shape, 2)


MODES = [cls for family in OPS.values() for cls in family.modes]


def test_every_operation_has_code() -> None:
    assert all(cls.torch_code is not Op.torch_code for cls in MODES)


@pytest.mark.parametrize(
    "cls", [cls for cls in MODES if not issubclass(cls, Tabled)], ids=lambda cls: cls.__name__
)
def test_every_parameter_is_set_to_another_than_its_default(cls: type[Op]) -> None:
    samples = [
        {p.name: getattr(op, p.name) for p in cls.parameters()} for op in SAMPLES if type(op) is cls
    ]
    given = [*samples, *(case.settings for case in CASES if case.cls is cls)]
    same = {
        p.name
        for p in cls.parameters()
        if all(s.get(p.name, p.default) == p.default for s in given)
    }
    # lanczos has no other, and a crop is told in a chain what it undoes
    assert same <= {Lanczos: {"antialias"}, TorchvisionLanczos: {"antialias"}, Crop: {"undo"}}.get(
        cls, set()
    )


def code_of(case: Case) -> str:
    """Return the lines of torch's code below the imports."""
    return torch_code(case.cls(**case.settings), case.shape).partition("\n\n")[2].strip()


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (of(MaxPool, LINE), "y = F.max_pool1d(x, kernel_size=2)"),
        (
            of(MaxPool, PICTURE, padding="same", stride=(2,)),
            "y = F.max_pool2d(F.pad(x, (0, 0, 0, 1), value=-math.inf), kernel_size=2)",
        ),
        (
            of(PlainConv, PICTURE, kernel="sobel-h", padding="same", bias=(-3.0,)),
            """
kernel = x.new_tensor([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
weight = kernel.expand(4, 1, 3, 3)
y = F.conv2d(x, weight, padding=1, groups=4) - 3""",
        ),
        (
            of(Deconv, PICTURE, kernel="bilinear", stride=(2,), padding=(1,)),
            """
taps = 1 - abs(torch.arange(4).to(x) - 1.5) / 2  # 0.25, 0.75, 0.75, 0.25
kernel = torch.outer(taps, taps)
weight = kernel.expand(4, 1, 4, 4)
y = F.conv_transpose2d(x, weight, stride=2, padding=1, groups=4)""",
        ),
        (
            of(MaxPool, LINE, print_indices=True, index_format="tf-batch"),
            """
y, indices = F.max_pool1d(x, kernel_size=2, return_indices=True)
image, channel = torch.arange(1).view(-1, 1, 1), torch.arange(4).view(-1, 1)
indices = (image * 9 + indices) * 4 + channel""",
        ),
        (of(Shuffle, Shape(4, 1, 1), upscale_factor=2), "y = F.pixel_shuffle(x, 2)"),
    ],
    ids=str,
)
def test_code_reads_as_a_person_writes_it(case: Case, expected: str) -> None:
    assert code_of(case) == expected.strip()


def test_the_code_runs_as_a_script(tmp_path: Path) -> None:
    op, shape = PlainConv(kernel="1 2; 3 4", padding="same"), Shape(1, 3, 3)
    ramp = "import torch\n\nx = torch.arange(1.0, 10).view(1, 1, 3, 3)\n"
    script = tmp_path / "layer.py"
    script.write_text(f"{ramp}{torch_code(op, shape)}print(y.flatten().tolist())\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "[37.0, 47.0, 21.0, 67.0, 77.0, 33.0, 23.0, 26.0, 9.0]\n"


def test_printing_code_loads_no_torch() -> None:
    script = (
        "import sys\n"
        "from updown_cli.explain.equal_code import tensorflow_code, torch_code\n"
        "from updown_cli.ops import op_from_json\n"
        "from updown_cli.op.schema import Given\n"
        "from updown_cli.op.shape import Shape\n"
        "op = op_from_json(Given({'op': 'conv', 'mode': 'plain', 'kernel': 'sobel-h'}))\n"
        "assert torch_code(op, Shape(1, 4, 4)) and tensorflow_code(op, Shape(1, 4, 4))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_does_not_fit_has_no_code() -> None:
    with pytest.raises(ShapeError, match="nothing is left of a 1x2x2 image"):
        torch_code(MaxPool(kernel_size=(3,)), Shape(1, 2, 2))


@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("side", [1, 3, 5])
def test_a_sub_pixel_convolution_is_told_as_a_transposed_one(factor: int, side: int) -> None:
    op = SubPixel(init="random", upscale_factor=factor, kernel_size=side)
    x = image(Shape(2, 5, 6), 2)
    made: dict[str, Any] = {"x": x}
    code = transposed_code(op, Shape(2, 5, 6), 2)
    assert code is not None
    assert "conv_transpose2d" in code
    exec(code, made)
    expected = op.for_shape(Shape(2, 5, 6)).apply(x)
    limit = ROUNDING * float(expected.abs().max())
    torch.testing.assert_close(made["y"], expected, rtol=0, atol=limit)


def test_what_is_no_plain_sub_pixel_convolution_is_not_told_as_a_transposed_one() -> None:
    arrays = {"conv1.weight": np.ones((4, 1, 3, 3)), "conv1.bias": np.arange(4.0)}
    np.savez("w.npz", **arrays)  # type: ignore[arg-type]
    shape = Shape(1, 5, 6)
    assert transposed_code(SubPixel(weights="w.npz"), shape) is None
    assert transposed_code(SubPixel(weights="w.npz", biases=False), shape) is not None
    assert transposed_code(SubPixel(init="icnr", channel_order="dcr"), shape) is None
    assert transposed_code(Shuffle(downscale_factor=1), shape) is None
