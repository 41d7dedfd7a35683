"""The five commands on files: what they write, print, refuse, and their exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import COMMAND, SAMPLES, Updown, noise, picture, pixels

Installed = Callable[..., "subprocess.CompletedProcess[bytes]"]

PHOTO = SAMPLES / "photo.png"


def layer(name: str, **settings: object) -> NDArray[Any]:
    """Return the photograph after a torch layer, in single precision, clamped."""
    x = torch.from_numpy(pixels(PHOTO)).permute(2, 0, 1)[None].float()
    y = getattr(F, name)(x, **settings)[0].permute(1, 2, 0)
    return np.asarray(y.double().clamp(0, 255))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["pool", "-k", "2"], layer("max_pool2d", kernel_size=2)),
        (["pool", "--mode", "avg", "-k", "3", "-s", "2", "-p", "1", "--no-count-include-pad"],
         layer("avg_pool2d", kernel_size=3, stride=2, padding=1, count_include_pad=False)),
        (["pool", "--mode", "lp", "--norm-type", "3"],
         layer("lp_pool2d", norm_type=3.0, kernel_size=2)),
        (["pool", "--mode", "adaptive-avg", "--output-size", "7x_"],
         layer("adaptive_avg_pool2d", output_size=(7, None))),
        (["upsample", "--scale-factor", "2"], layer("interpolate", scale_factor=2)),
        (["upsample", "--mode", "bicubic", "--scale-factor", "1.7"],
         layer("interpolate", scale_factor=1.7, mode="bicubic")),
        (["upsample", "--mode", "linear", "--size", "100x_", "--antialias"],
         layer("interpolate", size=(100, 451), mode="bilinear", antialias=True)),
        (["upsample", "--mode", "lanczos", "--scale-factor", "50%"],
         layer("interpolate", scale_factor=0.5, mode="lanczos", antialias=True)),
        (["deconv", "--kernel", "0.5 0.25; 0.125 0.125", "-s", "2"],
         layer("conv_transpose2d", stride=2, groups=3,
               weight=torch.tensor([[0.5, 0.25], [0.125, 0.125]]).expand(3, 1, 2, 2))),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_picture_holds_the_rounded_layer(
    updown: Updown, arguments: list[str], expected: NDArray[Any]
) -> None:
    """Single precision leaves open how values are rounded that are halves to a thousandth."""
    done = updown(*arguments, PHOTO, "-o", "out.png")
    assert done.code == 0, done.stderr
    actual, rounded = pixels("out.png"), np.floor(expected + 0.5)
    clear = np.abs(expected - np.floor(expected) - 0.5) > 1e-3
    np.testing.assert_array_equal(actual[clear], rounded[clear])
    np.testing.assert_allclose(actual, rounded, atol=1)


def test_pool_unpool_pool_gives_the_bits_back(updown: Updown) -> None:
    pool = ["pool", "-k", "3", "-s", "2"]
    assert updown(*pool, "--save-indices", "where.npz", PHOTO, "-o", "pooled.png").code == 0
    done = updown("unpool", "--indices", "where.npz", "pooled.png", "-o", "unpooled.png")
    assert done.code == 0, done.stderr
    assert pixels("unpooled.png").shape == pixels(PHOTO).shape
    updown(*pool, "unpooled.png", "-o", "again.png")
    np.testing.assert_array_equal(pixels("again.png"), pixels("pooled.png"))


@pytest.mark.parametrize("numbering", ["torch", "tf", "tf-batch", "onnx"])
def test_unpool_needs_nothing_but_the_saved_positions(updown: Updown, numbering: str) -> None:
    settings = ["-k", "2x3", "-p", "same", "--index-format", numbering]
    updown("pool", *settings, "--save-indices", "i.npz", PHOTO, "-o", "p.npy")
    updown("unpool", "--indices", "i.npz", "p.npy", "-o", "u.npy")
    updown("pool", "-k", "2x3", "-p", "same", "u.npy", "-o", "again.npy")
    np.testing.assert_array_equal(np.load("again.npy"), np.load("p.npy"))
    assert np.load("u.npy").shape == (3, 300, 451)


def test_bare_positions_of_tensorflow_in_its_layout(updown: Updown) -> None:
    """The 4 x 4 x 2 image of tutorial 001, pooled in NHWC (U4)."""
    np.save("values.npy", np.array([[[1, 5], [1, 5]], [[3, 7], [3, 7]]], np.float32))
    np.save("mask.npy", np.array([[[8, 9], [12, 13]], [[24, 25], [28, 29]]]))
    numbered = ["--index-format", "tf", "--layout", "HWC", "-k", "2"]
    done = updown("unpool", "--indices", "mask.npy", *numbered, "values.npy", "-o", "u.npy")
    assert done.code == 0, done.stderr
    rows = np.load("u.npy").transpose(2, 0, 1)
    assert rows[0].tolist() == [[0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [3, 0, 3, 0]]
    assert rows[1].tolist() == [[0, 0, 0, 0], [5, 0, 5, 0], [0, 0, 0, 0], [7, 0, 7, 0]]


@pytest.mark.parametrize("order", ["crd", "dcr", "phase-shift"])
@pytest.mark.parametrize(
    ("arrange", "between"),
    [("grid", "p.png"), ("channels", "p.npy"), ("frames", "p.tif"), ("frames", "p.npy")],
)
def test_shuffle_down_and_up_loses_no_bit(
    updown: Updown, order: str, arrange: str, between: str
) -> None:
    source = picture("source.png", noise(12, 18, 3))
    settings = ["--order", order, "--arrange", arrange]
    assert updown("shuffle", "--downscale-factor", "3", *settings, source, "-o", between).code == 0
    assert updown("shuffle", "--upscale-factor", "3", *settings, between, "-o", "b.png").code == 0
    np.testing.assert_array_equal(pixels("b.png"), pixels(source))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("crd", [[0, 2, 1, 3], [4, 6, 5, 7]]),
        ("phase-shift", [[0, 2, 1, 3], [4, 6, 5, 7]]),
        ("dcr", [[0, 4, 1, 5], [2, 6, 3, 7]]),
    ],
)
def test_a_signals_channels_become_samples(
    updown: Updown, order: str, expected: list[list[int]]
) -> None:
    """Four channels of two samples, as torch and TensorFlow order them (X2)."""
    np.save("signal.npy", np.arange(8, dtype=np.float32).reshape(4, 2))
    done = updown(
        "shuffle", "--dims", "1", "--upscale-factor", "2", "--order", order,
        "signal.npy", "-o", "fine.npy",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert np.load("fine.npy").tolist() == expected


@pytest.mark.parametrize(
    ("order", "axes"), [("crd", "hwcpq"), ("dcr", "hwpqc"), ("phase-shift", "hwcqp")]
)
def test_channels_last_become_pixels(updown: Updown, order: str, axes: str) -> None:
    """Three colours of four phases, of an array as TensorFlow has it: H x W x C."""
    image = noise(3, 5, 12)
    np.save("phases.npy", image)
    done = updown(
        "shuffle", "--layout", "HWC", "--upscale-factor", "2", "--order", order,
        "phases.npy", "-o", "image.npy",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    sides = {"h": 3, "w": 5, "c": 3, "p": 2, "q": 2}
    split = image.reshape([sides[axis] for axis in axes])
    expected = np.einsum(f"{axes}->hpwqc", split).reshape(6, 10, 3)
    np.testing.assert_array_equal(np.load("image.npy"), expected)


def test_an_array_of_a_picture_is_the_unrounded_result(updown: Updown) -> None:
    updown("pool", "--mode", "avg", SAMPLES / "checkerboard.png", "-o", "mean.npy")
    mean = np.load("mean.npy")
    assert mean.dtype == "float32"
    assert np.unique(mean).tolist() == [127.5]


def test_signals_and_volumes_get_layers_of_their_rank(updown: Updown) -> None:
    signal, volume = np.load(SAMPLES / "signal.npy"), np.load(SAMPLES / "volume.npy")
    updown("upsample", "--mode", "linear", "--scale-factor", "3", SAMPLES / "signal.npy",
           "-o", "s.npy")  # fmt: skip
    updown("upsample", "--mode", "trilinear", "--dims", "3", "--scale-factor", "2",
           SAMPLES / "volume.npy", "-o", "v.npy")  # fmt: skip
    x, y = torch.from_numpy(signal)[None, None], torch.from_numpy(volume)[None, None].float()
    wide = F.interpolate(x, scale_factor=3, mode="linear")[0, 0].numpy()
    np.testing.assert_allclose(np.load("s.npy"), wide, rtol=1e-6)
    large = F.interpolate(y, scale_factor=2, mode="trilinear")[0, 0].numpy()
    np.testing.assert_array_equal(np.load("v.npy"), np.floor(large + 0.5))


def test_json_tells_everything_about_an_image(updown: Updown) -> None:
    done = updown("pool", "--json", PHOTO, "-o", "p.png")
    (record,) = done.records
    assert set(record) == {
        "updown", "status", "source", "output", "steps", "seconds", "device", "dtype", "clamped",
        "warnings", "answers", "error", "in", "out", "source_bytes", "output_bytes", "run",
    }  # fmt: skip
    assert (record["in"], record["out"]) == ([3, 300, 451], [3, 150, 225])
    assert record["source_bytes"] == PHOTO.stat().st_size
    assert record["output_bytes"] == Path("p.png").stat().st_size
    assert (record["status"], record["source"], record["output"]) == ("done", str(PHOTO), "p.png")
    (step,) = record["steps"]
    assert (step["op"], step["mode"], step["kernel_size"]) == ("pool", "max", [2, 2])
    assert (step["in"], step["out"]) == ([3, 300, 451], [3, 150, 225])
    assert set(record["seconds"]) == {"load", "ops", "save", "total"}
    assert (record["device"], record["dtype"], record["error"]) == ("cpu", "float32", None)


def test_the_table_names_step_shapes_and_times(updown: Updown) -> None:
    lines = updown("pool", PHOTO, "-o", "p.png").stdout.splitlines()
    assert lines[0].split() == ["image", "step", "in", "out", "load", "op", "save"]
    assert lines[1].startswith(f"{PHOTO} -> p.png pool max 2x2 3x300x451 3x150x225 ")
    assert lines[2].startswith("1 done in ")


def test_the_result_stands_beside_its_input_unless_said(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    assert updown("pool", "a.png").code == 0
    assert sorted(os.listdir()) == ["a.png", "a_pool.png"]


def test_one_bad_file_does_not_stop_the_others(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    Path("b.png").write_bytes(Path("a.png").read_bytes()[:50])
    Path("c.png").write_text("<html>")
    done = updown("pool", "a.png", "b.png", "c.png", "d.png", PHOTO, "-o", "out/")
    assert done.code == 1
    *failures, total = done.stderr.splitlines()
    assert sorted(failures) == [
        "updown: b.png: truncated PNG",
        "updown: c.png: not a supported image",
        "updown: d.png: no such file",
    ]
    assert total == "updown: 2 done, 0 skipped, 3 failed"
    assert sorted(os.listdir("out")) == ["a.png", "photo.png"]


def test_shrinking_without_antialias_warns_once(updown: Updown) -> None:
    inputs = [SAMPLES / "gray.png", SAMPLES / "photo.png"]
    done = updown("upsample", "--mode", "bilinear", "--scale-factor", "0.5", *inputs, "-o", "o/")
    assert done.stderr.splitlines() == [
        "updown: warning: shrinking without --antialias reads only some of the pixels, as torch "
        "does",
        "updown: 2 done, 0 skipped, 0 failed",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("pool -k 2y x.png", "--kernel-size 2y: must be a whole number or HxW"),
        ("pool -k 0 x.png", "--kernel-size 0: must be from 1 to 65535"),
        ("pool -p 2 x.png", "--padding 2: must be at most half of --kernel-size, 1"),
        ("pool --mode maxx x.png",
         "--mode maxx: must be one of max, avg, min, median, majority, lp, blur, adaptive-max, "
         "adaptive-avg, fractional-max; did you mean max?"),
        ("pool --norm-type 2 x.png", "--norm-type goes with --mode lp"),
        ("pool --mode avg --dilation 2 x.png",
         "--dilation goes with --mode max or min or median or majority or lp"),
        ("pool --mode adaptive-avg x.png", "--output-size: is needed; give the sides of the "
            "result, such as 7x7, "
            "or 1"),
        ("pool --mode avg --divisor-override 0 x.png",
         "--divisor-override 0: nothing can be divided by 0"),
        ("pool --mode fractional-max --output-size 2 --output-ratio 0.5 x.png",
         "--output-size, --output-ratio: fractional-max needs exactly one of these"),
        ("pool --ceil-mode -p same x.png",
         "--ceil-mode goes with a number as --padding, not with same"),
        ("unpool x.png", "--indices: is needed; pool --save-indices FILE.npz keeps them, "
            "and in a chain "
            "the pool before it"),
        ("unpool --mode zero --indices f x.png", "--indices goes with --mode max"),
        ("upsample x.png", "--size, --scale-factor: upsample needs exactly one of these"),
        ("upsample --size 2 --scale-factor 2 x.png",
         "--size, --scale-factor: upsample needs exactly one of these"),
        ("upsample --scale-factor -1 x.png", "--scale-factor -1: must be more than 0"),
        ("upsample --size 2.5 x.png", "--size 2.5: must be a whole number or HxW"),
        ("upsample --size 4 --recompute-scale-factor x.png",
         "--recompute-scale-factor goes with --scale-factor"),
        ("upsample --size 4 --align-corners x.png",
         "--align-corners goes with --mode linear or bilinear or bicubic or trilinear"),
        ("deconv x.png", "--kernel: is needed; give a name such as box, rows such as "
            "'1 2 1; 2 4 2; 1 2 1', or a file"),
        ("deconv --kernel boxx x.png",
         "--kernel boxx: is no name, no file and no rows of numbers; did you mean box?"),
        ("deconv --kernel none.npy x.png", "--kernel none.npy: no such file"),
        ("deconv --kernel box --output-padding 1 x.png",
         "--output-padding 1: must be less than stride or dilation, 1"),
        ("shuffle x.png", "--upscale-factor, --downscale-factor: shuffle needs exactly one of "
                          "these"),
        ("pool", "no input; name files, folders, or - for standard input"),
        ("pool --kernel-siz 2 x.png", "no such option --kernel-siz; did you mean --kernel-size?"),
        ("poool x.png", "no command 'poool'; did you mean pool?"),
        ("pool x.png -o y.pngg", "y.pngg: unknown ending '.pngg'; did you mean .png?"),
        ("pool x.png -o y",
         "y: no ending; end the name in .png, .jpg, .tif or .npy, say, or give y/ for a folder"),
        ("pool x.png z.png -o y.png",
         "y.png: would hold the results of both x.png and z.png; use a folder or a template like "
         "{rel}/{stem}_{index}{ext}"),
        ("pool x.png z.png -o -", "-o -: standard output takes one result"),
        ("pool x.png -o {stm}.png", "{stm}.png: unknown field {stm}; did you mean stem?"),
        ("pool x.png --json -o -", "--json, -o -: both write to standard output"),
        ("pool x.png --device gpu", "--device gpu: must be cpu, cuda, cuda:N, mps or auto"),
        ("pool x.png --layout XY",
         "--layout XY: must name each axis once: N, C, and L, HW or DHW"),
    ],
)  # fmt: skip
def test_wrong_command_lines_are_refused_in_one_line(
    updown: Updown, arguments: str, sentence: str
) -> None:
    picture("x.png", noise(4, 4))
    done = updown(*arguments.split())
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")
    assert os.listdir() == ["x.png"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pool", ""], "INPUT...: is empty"),
        (["pool", "x.png", "-o", ""], "--output: is empty"),
        (["compare", "", "x.png"], "A: is empty"),
        (["preprocess", "--help-all"], "no such option --help-all; did you mean --help?"),
    ],
)
def test_a_name_of_nothing_is_refused(updown: Updown, arguments: list[str], sentence: str) -> None:
    done = updown(*arguments)
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("pool -k 9 x.png",
         "x.png: pool: nothing is left of a 1x4x6 image; the window is 9x9"),
        ("pool -k 2x2x2 x.png", "x.png: --kernel-size 2x2x2 has 3 numbers for 2-D data"),
        ("pool --require-divisible -k 3 x.png",
         "x.png: the last 1x0 pixels of 4x6 fill no window; choose another --kernel-size or "
         "leave --require-divisible out"),
        ("upsample --scale-factor 0.1 x.png",
         "x.png: upsample: nothing is left of a 1x4x6 image; --scale-factor is too small "
         "for it"),
        ("upsample --mode trilinear --size 4 x.png",
         "x.png: --mode trilinear is for 3-D data, not 2-D; --mode linear picks by rank"),
        ("unpool --indices none.npz x.png", "x.png: none.npz: no such file"),
        ("unpool --indices x.png x.png", "x.png: x.png: not a .npy file"),
        ("unpool --indices other.npz x.png",
         "x.png: other.npz: 1x1x4x6 values, but the indices are for 1x1x2x2; take the indices that "
         "were saved with this image"),
        ("shuffle --downscale-factor 4 x.png",
         "x.png: shuffle: a side of 6 pixels cannot be divided by 4; choose another factor"),
        ("shuffle --downscale-factor 2 x.png -o y.jpg",
         "x.png: 4 channels are no picture; write .npy, or for shuffle use --arrange grid"),
        ("deconv --kernel rank3.npy x.png",
         "x.png: --kernel: a kernel of rank 3 for 2-D data; give rank 2, or 4 for (in, out / "
         "groups, ...)"),
        ("upsample --scale-factor 9999 x.png",
         "x.png: 2400 megapixels, limit is 179 (--max-pixels)"),
    ],
)  # fmt: skip
def test_inputs_that_do_not_fit_are_refused_in_one_line(
    updown: Updown, arguments: str, sentence: str
) -> None:
    picture("x.png", noise(4, 6))
    updown("pool", "-q", "--save-indices", "other.npz", picture("t.png", noise(4, 4)), "-o", "-")
    np.save("rank3.npy", np.zeros((1, 2, 2)))
    before = sorted(os.listdir())
    done = updown(*arguments.split())
    assert (done.code, done.stderr) == (1, f"updown: {sentence}\n")
    assert sorted(os.listdir()) == before


def test_an_existing_result_is_left_alone(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").write_text("mine")
    done = updown("pool", "x.png", "-o", "y.png")
    assert done.code == 1
    assert done.stderr == (
        "updown: x.png: y.png exists; choose --if-exists skip, update, overwrite or rename\n"
    )
    assert Path("y.png").read_text() == "mine"


def test_a_result_never_takes_the_place_of_an_input(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    os.symlink("x.png", "link.png")
    for target in ("x.png", "./x.png", "link.png"):
        done = updown("pool", "x.png", "-o", target, "--if-exists", "overwrite")
        assert (done.code, done.stderr) == (
            2,
            f"updown: {target}: is the input x.png; updown never writes over its input; choose "
            "another --output\n",
        )


def test_an_unwritable_target_is_named(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    done = updown("pool", "x.png", "-o", "no/such/y.png")
    assert (done.code, done.stderr) == (3, "updown: no/such/y.png: no such folder\n")


def test_a_pipe_carries_pictures_both_ways(installed: Installed) -> None:
    done = installed("pool", "-", "-o", "-", input=PHOTO.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    with Image.open(io.BytesIO(done.stdout)) as image:
        np.testing.assert_array_equal(np.asarray(image), layer("max_pool2d", kernel_size=2))


def test_a_pipe_carries_arrays_both_ways(installed: Installed) -> None:
    done = installed("pool", "-", input=(SAMPLES / "signal.npy").read_bytes())
    assert np.load(io.BytesIO(done.stdout)).shape == (500,)


def test_a_format_can_be_chosen_for_a_pipe(installed: Installed) -> None:
    done = installed("pool", PHOTO, "-o", "-", "--format", "jpg")
    assert done.stdout.startswith(b"\xff\xd8\xff")


def test_a_reader_that_stops_early_ends_the_command_quietly() -> None:
    command = f"{COMMAND} pool {PHOTO} -o -; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({command}) | head -c 0"], capture_output=True, text=True, check=False
    )
    assert done.stderr == "141\n"


def test_the_installed_command_runs_on_a_file(installed: Installed, tmp_path: Path) -> None:
    done = installed("pool", "--json", PHOTO, "-o", "p.png")
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "done"
    assert pixels(tmp_path / "p.png").shape == (150, 225, 3)


def test_options_come_from_the_environment(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDOWN_POOL_MODE", "min")
    monkeypatch.setenv("UPDOWN_JSON", "1")
    (record,) = updown("pool", PHOTO, "-o", "p.png").records
    assert record["steps"][0]["mode"] == "min"
