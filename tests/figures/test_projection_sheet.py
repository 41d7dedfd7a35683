"""`updown deconvnet` as a user runs it: pictures, arrays, sheets, and what is told of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from updown_cli.figures.lettering import GAP
from updown_cli.figures.projection_sheet import SIDE, ProjectionSheet, draw_projection_sheet
from updown_cli.op.shape import Shape
from updown_cli.ops.deconvnet.findings import Findings, Unit

NETWORK = ("--net", SAMPLES / "network.json", "--weights", SAMPLES / "weights.pt")
PHOTO = SAMPLES / "photo.png"


def sample_gradient(layers: int, unit: tuple[int, ...]) -> NDArray[Any]:
    """Return autograd's gradient through so many convolutions of the sample network."""
    weights = torch.load(SAMPLES / "weights.pt")
    x = (torch.from_numpy(pixels(PHOTO)).permute(2, 0, 1)[None] / 255 - 0.5) / 0.25
    given = y = x.requires_grad_()
    for number in range(1, layers + 1):
        weight, bias = weights[f"conv{number}.weight"], weights[f"conv{number}.bias"]
        y = F.conv2d(y, weight, bias, padding=weight.shape[-1] // 2).relu()
        y = F.max_pool2d(y, 2) if number < layers else y
    (gradient,) = torch.autograd.grad(y[0][unit], given)
    found: NDArray[Any] = gradient[0].numpy()
    return found


def test_the_command_computes_autograd_s_gradient(
    installed: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    unit = ("--layer", "relu3", "--unit", "27,29,34", "--rule", "gradient", "--start", "one")
    done = installed("deconvnet", *NETWORK, *unit, PHOTO, "-o", "g.npy", "--json")
    assert done.returncode == 0, done.stderr
    expected = sample_gradient(3, (27, 29, 34))
    found = np.load("g.npy")
    assert (found.dtype, found.shape) == (np.float32, (3, 300, 451))
    # float32 sums in another order.
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * abs(expected).max())
    record = json.loads(done.stdout)
    assert record["steps"][0]["unit"] == "27,29,34"
    assert record["steps"][0]["out"] == [3, 300, 451]
    (answer,) = record["answers"]
    assert answer.startswith("relu3 unit 27,29,34: ")
    assert answer.endswith(", sees rows 105-130, columns 125-150")


def test_zero_is_middle_grey_and_the_largest_value_an_end(updown: Updown) -> None:
    unit = ("--layer", "relu3", "--unit", "27,29,34")
    for name in ("seen.png", "seen.npy"):
        done = updown("deconvnet", *NETWORK, *unit, PHOTO, "-o", name)
        assert done.code == 0, done.stderr
    values, codes = np.load("seen.npy").transpose(1, 2, 0), pixels("seen.png")
    expected = np.floor(values.astype(np.float64) * 127 / abs(values).max() + 128.5)
    assert np.abs(codes - expected).max() <= 1  # float32 at the edge of rounding
    assert {int(codes.min()), int(codes.max())} & {1, 255}
    assert (codes[:100] == 128).all()


def test_another_range_can_be_asked_for(updown: Updown) -> None:
    done = updown(
        "deconvnet", *NETWORK, "--layer", "relu1", PHOTO, "-o", "a.png", "--range", "clamp"
    )
    assert done.code == 0, done.stderr
    assert pixels("a.png").min() == 0


def test_other_commands_still_clamp(updown: Updown) -> None:
    np.save("x.npy", np.array([[-5.0, 10, 300]], dtype=np.float32))
    assert updown("pool", "-k", "1", "x.npy", "-o", "y.png").code == 0
    assert pixels("y.png").tolist() == [[0, 10, 255]]


def test_the_unit_is_told_with_its_value_and_what_it_sees(updown: Updown) -> None:
    unit = ("--layer", "conv1", "--unit", "3,0,450")
    done = updown("deconvnet", *NETWORK, *unit, PHOTO, "-o", "a.npy", "--json")
    weights = torch.load(SAMPLES / "weights.pt")
    corner = np.zeros((3, 7, 7))
    corner[:, 3:, :4] = (pixels(PHOTO)[:4, -4:].transpose(2, 0, 1) / 255 - 0.5) / 0.25
    value = (weights["conv1.weight"][3].numpy() * corner).sum() + float(weights["conv1.bias"][3])
    (answer,) = done.records[0]["answers"]
    told, _, sees = answer.removeprefix("conv1 unit 3,0,450: ").partition(", ")
    assert float(told) == pytest.approx(value, rel=1e-4)
    assert sees == "sees rows 0-3, columns 447-450"


def test_white_is_white_at_any_depth(updown: Updown) -> None:
    values = noise(3, 20, 24)
    for name, array in (("8", values), ("16", values.astype(np.uint16) * 257)):
        np.save(f"{name}.npy", array)
        command = ("deconvnet", *NETWORK, "--layer", "relu2", f"{name}.npy", "-o", f"{name}_.npy")
        assert updown(*command).code == 0
    np.testing.assert_allclose(np.load("16_.npy"), np.load("8_.npy"), rtol=1e-4, atol=1e-4)


def test_a_silent_unit_is_told(updown: Updown) -> None:
    picture("black.png", np.full((24, 24, 3), 128))
    done = updown("deconvnet", *NETWORK, "--layer", "relu1", "--unit", "top:16", "black.png",
                  "-o", "out.npy", "--json")  # fmt: skip
    (record,) = done.records
    silent = [a.split()[2].rstrip(":") for a in record["answers"] if ": 0, sees" in a]
    assert silent
    words = " and ".join(silent)
    assert record["warnings"] == [f"relu1 unit {words} is 0: nothing is projected"]


def test_overlapping_pools_are_noted(updown: Updown) -> None:
    network = json.loads((SAMPLES / "network.json").read_text())
    network["layers"][2] |= {"kernel_size": 3, "stride": 2}
    Path("net.json").write_text(json.dumps(network))
    done = updown("deconvnet", "--net", "net.json", "--weights", SAMPLES / "weights.pt",
                  "--layer", "conv2", PHOTO, "-o", "a.png", "-v")  # fmt: skip
    assert (
        "note: windows of pool1 overlap: values in one place are added (--duplicates)"
        in done.stderr
    )
    done = updown("deconvnet", *NETWORK, "--layer", "conv2", PHOTO, "-o", "b.png", "-v")
    assert "overlap" not in done.stderr


def test_every_frame_is_projected_by_itself(updown: Updown) -> None:
    frames = noise(3, 3, 20, 24)
    np.save("all.npy", frames)
    np.save("last.npy", frames[2])
    for name in ("all", "last"):
        files = (f"{name}.npy", "-o", f"{name}_.npy", "--sheet", f"{name}.png")
        done = updown("deconvnet", *NETWORK, "--layer", "relu2", *files)
        assert done.code == 0, done.stderr
    assert np.load("all_.npy").shape == (3, 3, 20, 24)
    np.testing.assert_allclose(np.load("all_.npy")[2], np.load("last_.npy"), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("given", "expected"), [("uint8", "float32"), ("uint16", "float32"), ("float64", "float64")]
)
def test_an_array_of_code_values_becomes_one_of_floats(
    updown: Updown, given: str, expected: str
) -> None:
    np.save("x.npy", noise(3, 20, 24).astype(given))
    assert updown("deconvnet", *NETWORK, "--layer", "relu2", "x.npy", "-o", "y.npy").code == 0
    assert np.load("y.npy").dtype == expected
    assert np.load("y.npy").min() < 0


def test_a_dry_run_plans_and_writes_nothing(updown: Updown) -> None:
    command = ("deconvnet", *NETWORK, "--layer", "relu2", PHOTO, "-o", "a.png", "--sheet", "s.png")
    done = updown(*command, "--dry-run", "--json")
    (record,) = done.records
    assert (record["status"], record["steps"][0]["out"]) == ("planned", [3, 300, 451])
    assert os.listdir() == []


def test_linear_light_decodes_the_picture_and_leaves_the_projection(updown: Updown) -> None:
    for name, more in (("coded.npy", ()), ("light.npy", ("--linear-light",))):
        unit = ("--layer", "conv1", "--unit", "3,50,50", "--start", "one", "--rule", "gradient")
        assert updown("deconvnet", *NETWORK, *unit, PHOTO, "-o", name, *more).code == 0
    # The gradient of a convolution by its own input is its kernel, whatever the input is.
    np.testing.assert_array_equal(np.load("light.npy"), np.load("coded.npy"))


def test_a_sheet_for_each_input(updown: Updown) -> None:
    os.mkdir("in")
    for name in ("a", "b"):
        picture(f"in/{name}.png", noise(20, 24, 3, seed=ord(name)))
    command = ("deconvnet", *NETWORK, "--layer", "relu2", "in", "-o", "out")
    done = updown(*command, "--sheet", "s.png")
    assert (done.code, done.stderr) == (
        2,
        "updown: --sheet s.png: one sheet for several inputs; "
        "name a folder, or a template like {stem}.png\n",
    )
    done = updown(*command, "--sheet", "sheets/{stem}-sheet{ext}", "--jobs", 2)
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("sheets")) == ["a-sheet.png", "b-sheet.png"]
    assert sorted(os.listdir("out")) == ["a.png", "b.png"]


def test_a_sheet_that_is_there_stays(updown: Updown) -> None:
    Path("s.png").write_bytes(b"mine")
    command = (
        "deconvnet",
        *NETWORK,
        "--layer",
        "relu1",
        PHOTO,
        "-o",
        "out.png",
        "--sheet",
        "s.png",
    )
    done = updown(*command)
    assert done.code == 1
    assert done.stderr.startswith(f"updown: {PHOTO}: s.png exists; choose --if-exists")
    assert (os.listdir(), Path("s.png").read_bytes()) == (["s.png"], b"mine")
    assert updown(*command, "--if-exists", "overwrite").code == 0
    assert Path("s.png").read_bytes().startswith(b"\x89PNG")


def test_the_sheet_shows_what_the_unit_sees_and_its_projection(updown: Updown) -> None:
    unit = ("--layer", "relu3", "--unit", "27,29,34")
    done = updown("deconvnet", *NETWORK, *unit, PHOTO, "-o", "p.npy", "--sheet", "s.png")
    assert done.code == 0, done.stderr
    sheet, photo = pixels("s.png"), Image.open(PHOTO)
    patch = photo.crop((125, 105, 151, 131)).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    values = np.load("p.npy")[:, 105:131, 125:151]
    codes = np.floor((values / (2 * abs(values).max()) + 0.5) * 255 + 0.5).astype(np.uint8)
    back = Image.fromarray(np.ascontiguousarray(codes.transpose(1, 2, 0)))
    for expected in (np.asarray(patch), np.asarray(back.resize((SIDE, SIDE), 0))):
        windows = np.lib.stride_tricks.sliding_window_view(sheet, (SIDE, SIDE, 3))[:, :, 0]
        near = [
            (top, left)
            for top, left in np.ndindex(*windows.shape[:2])
            if (windows[top, left, 0, 0] == expected[0, 0]).all()
            and np.abs(windows[top, left].astype(int) - expected).max() <= 1
        ]
        assert len(near) == 1


def findings(count: int, *, names: int = 3, channels: int = 3, field: int = 9) -> Findings:
    chance = np.random.default_rng(0)
    units = tuple(
        Unit(
            (number, 11, 222),
            -1234.5678 * number,
            (slice(0, field), slice(0, 2 * field)),
            patch=chance.random((channels, field, 2 * field)),
            projection=chance.standard_normal((channels, field, 2 * field)),
        )
        for number in range(count)
    )
    sizes = tuple((f"layer{n}" * n, "conv", Shape(64, 224, 10000)) for n in range(names))
    return Findings("layer" * 9, "deconvnet", units, sizes)


EXAMPLES = pytest.mark.parametrize(
    "found",
    [
        findings(1), findings(2), findings(5), findings(64), findings(3, names=60),
        findings(2, channels=1), findings(2, field=1), findings(2, field=300),
    ],
    ids=range(8),
)  # fmt: skip


@EXAMPLES
def test_no_text_is_cut_and_none_lies_on_another(
    found: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The boxes of everything that is drawn, as Pillow measures them."""
    from PIL import ImageDraw

    boxes: list[tuple[float, float, float, float]] = []
    texts: list[str] = []

    def text(draw: Any, at: tuple[float, float], words: str, ink: Any, font: Any) -> None:
        if words:
            boxes.append(draw.textbbox(at, words, font=font))
            texts.append(words)

    def paste(image: Any, part: Any, at: Any = None, mask: Any = None) -> None:
        if at and image.size != (SIDE, SIDE):
            boxes.append((*at, at[0] + SIDE, at[1] + SIDE))

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    monkeypatch.setattr(Image.Image, "paste", paste)
    width, height = draw_projection_sheet(ProjectionSheet(found)).size
    assert len(boxes) > 4 * len(found.units)
    left, top, right, bottom = (np.array(side) for side in zip(*boxes, strict=True))
    assert min(left.min(), top.min()) >= 0
    assert right.max() <= width
    assert bottom.max() <= height
    for one, other in combinations(boxes, 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1], (one, other)
    assert "224x10000" in texts
    assert [f"unit {unit.label}" for unit in found.units] == [t for t in texts if t[:5] == "unit "]


@EXAMPLES
def test_the_edges_of_a_sheet_are_paper(found: Findings) -> None:
    sheet = np.asarray(draw_projection_sheet(ProjectionSheet(found)))
    for edge in (sheet[:8], sheet[-8:], sheet[:, :8], sheet[:, -8:]):
        assert (edge == 255).all()


def test_a_projection_of_nothing_is_grey() -> None:
    (unit,) = findings(1).units
    assert unit.projection is not None
    empty = replace(findings(1), units=(replace(unit, projection=unit.projection * 0),))
    left, top = ProjectionSheet(empty).corner(0)
    right = np.asarray(draw_projection_sheet(ProjectionSheet(empty)))[
        top : top + SIDE // 2, left + SIDE :
    ][:, GAP:][:, :SIDE]
    assert right.shape == (SIDE // 2, SIDE, 3)
    assert (right == 128).all()
