"""`updown identify`: files whose maker is known, made by the libraries themselves or by hand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, Updown

Pixels = NDArray[Any]


@pytest.fixture
def photo() -> Image.Image:
    """Write photo.png, a part with detail of the sample, and return it."""
    image = Image.open(SAMPLES / "photo.png").crop((100, 100, 164, 148))
    image.save("photo.png")
    return image


def smaller(
    image: Image.Image, filter_: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    """Return what Pillow makes of a picture at 30 x 20."""
    return image.resize((30, 20), filter_)


def test_pillow_is_named_with_what_comes_near(updown: Updown, photo: Image.Image) -> None:
    smaller(photo).save("small.png")
    done = updown("identify", "photo.png", "small.png")
    lines = done.stdout.splitlines()
    assert (done.code, done.stderr) == (0, "")
    assert lines[0] == "pillow bicubic"
    assert lines[1].split() == ["made", "by", "max", "mean", "psnr"]
    assert lines[2].split() == ["best", "pillow", "bicubic", "0", "0", "inf"]
    near = [line for line in lines[3:] if line.startswith("within a level")]
    assert any(line.split()[3:6] == ["torchvision", "bicubic", "1"] for line in near)
    assert any(line.split()[3:6] == ["torch", "bicubic,", "antialias"] for line in near)
    after = [line for line in lines[3:] if not line.startswith("within a level")]
    assert after[0].startswith("next ")
    again = "updown upsample --like pillow --mode bicubic --size 20x30 photo.png -o again.png"
    assert after[1] == f"again: {again}"


def test_the_command_makes_the_same_pixels(updown: Updown, photo: Image.Image) -> None:
    smaller(photo, Image.Resampling.LANCZOS).save("small.png")
    found = json.loads(updown("identify", "photo.png", "small.png", "--json").stdout)
    assert updown(*found["commands"][0].split()[1:]).code == 0
    assert np.array_equal(np.asarray(Image.open("again.png")), np.asarray(Image.open("small.png")))


def test_the_code_makes_the_same_pixels(updown: Updown, photo: Image.Image) -> None:
    import torch

    smaller(photo, Image.Resampling.BOX).save("small.png")
    code = updown("identify", "photo.png", "small.png", "--code").stdout
    names: dict[str, Any] = {"x": torch.from_numpy(np.array(photo)).permute(2, 0, 1)[None]}
    exec(code, names)
    made = names["y"][0].permute(1, 2, 0).numpy()
    assert np.array_equal(made, np.asarray(Image.open("small.png")))


@pytest.mark.parametrize("quality", [50, 90])
def test_through_jpeg(updown: Updown, photo: Image.Image, quality: int) -> None:
    smaller(photo, Image.Resampling.LANCZOS).save("small.jpg", quality=quality)
    done = updown("identify", "photo.png", "small.jpg", "--json")
    found = json.loads(done.stdout)
    assert (done.code, found["jpeg"], found["best"]["name"]) == (0, [True], "pillow lanczos")
    assert found["best"]["distances"] == [{"max": 0.0, "mean": 0.0, "psnr": "inf", "percent": 0.0}]


def test_grey_that_was_stored_as_grey(updown: Updown, photo: Image.Image) -> None:
    """ImageMagick stores colours that are all grey so."""
    photo.convert("L").convert("RGB").save("photo.png")
    smaller(photo.convert("L"), Image.Resampling.BOX).save("small.png")
    done = updown("identify", "photo.png", "small.png")
    assert (done.code, done.stdout.splitlines()[0]) == (0, "pillow box")


def test_none_of_these(updown: Updown, photo: Image.Image) -> None:
    """Neighbours that are weighed 1, 2 and 5, of which every second is left, are nobody's."""
    x = np.asarray(photo).astype(float)
    across = (x[:, :-2] + 2 * x[:, 1:-1] + 5 * x[:, 2:]) / 8
    mixed = (across[:-2] + 2 * across[1:-1] + 5 * across[2:]) / 8
    Image.fromarray((mixed[::2, ::2] + 0.5).astype(np.uint8)).save("small.png")
    done = updown("identify", "photo.png", "small.png")
    first, _, nearest = done.stdout.splitlines()[:3]
    assert (done.code, first.partition(" is ")[0]) == (1, "none of these; the nearest")
    assert nearest.startswith("nearest ")
    assert "again" not in done.stdout


def light(image: Image.Image) -> Pixels:
    """Return the means of four pixels' light, as sRGB has it, worked out here."""
    code = np.asarray(image) / 255
    found = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    mean = found.reshape(24, 2, 32, 2, 3).mean((1, 3))
    power = 1.055 * mean ** (1 / 2.4) - 0.055
    codes: Pixels = 255 * np.where(mean <= 0.0031308, mean * 12.92, power)
    return codes


def means(image: Image.Image, side: int = 2) -> Pixels:
    """Return the means of squares of pixels."""
    blocks = (48 // side, side, 64 // side, side, 3)
    found: Pixels = np.asarray(image).astype(float).reshape(blocks).mean((1, 3))
    return found


#: What was done to a picture, and what is told of it.
DONE: dict[str, Callable[[Image.Image], Pixels]] = {
    "in linear light (sRGB)": lambda image: light(image) + 0.5,
    "truncated, not rounded": lambda image: means(image, 4),
    "channels in the order 2,1,0": lambda image: means(image)[:, :, ::-1] + 0.5,
}


#: What else was done; means of four pixels are linear interpolation, of sixteen they are not.
WAYS = dict.fromkeys(DONE, "linear") | {"truncated, not rounded": "area"}


@pytest.mark.parametrize("told", DONE)
def test_what_was_done_around(updown: Updown, photo: Image.Image, told: str) -> None:
    Image.fromarray(DONE[told](photo).astype(np.uint8)).save("small.png")
    done = updown("identify", "photo.png", "small.png", "--json")
    best = json.loads(done.stdout)["best"]
    assert (done.code, best["around"], best["mode"]) == (0, [told], WAYS[told])


def test_several_pairs_tell_more_than_one(updown: Updown, photo: Image.Image) -> None:
    """Halves are alike by bilinear interpolation and by means, thirds of another picture not."""
    (photo.crop((0, 0, 60, 45))).save("other.png")
    Image.fromarray((means(photo) + 0.5).astype(np.uint8)).save("half.png")
    x = np.asarray(photo.crop((0, 0, 60, 45))).astype(float)
    third = x.reshape(15, 3, 20, 3, 3).mean((1, 3))
    Image.fromarray((third + 0.5).astype(np.uint8)).save("third.png")
    one = json.loads(updown("identify", "photo.png", "half.png", "--json").stdout)
    assert one["best"]["mode"] == "linear"
    assert {"area", "bilinear"} <= {named["mode"] for named in one["same"]}
    both = updown("identify", "photo.png", "half.png", "other.png", "third.png", "--json")
    found = json.loads(both.stdout)
    assert (both.code, found["best"]["mode"]) == (0, "area")
    assert "bilinear" not in {named["mode"] for named in found["same"]}


def test_arrays_of_floats(updown: Updown) -> None:
    x = np.random.default_rng(1).normal(size=(2, 12, 18)).astype(np.float32)
    np.save("x.npy", x)
    np.save("y.npy", x.reshape(2, 4, 3, 6, 3).max((2, 4)))
    found = json.loads(updown("identify", "x.npy", "y.npy", "--json").stdout)
    assert (found["found"], found["best"]["name"]) == (True, "torch adaptive-max pool")
    assert [one["name"] for one in found["same"]] == ["torch max pool, 3 windows"]


@pytest.mark.parametrize(
    ("size", "mode", "reason"),
    [
        ((64, 48), "RGB", "have the same size; updown compare tells more"),
        ((30, 20), "L", "3 and 1 channels; --colour rgb or gray reads both alike"),
        (
            (64, 2),
            "RGB",
            "3x48x64 and 3x2x64 cannot come from each other; one side would change 24 times more",
        ),
    ],
)
def test_what_cannot_come_from_each_other(
    updown: Updown, photo: Image.Image, size: tuple[int, int], mode: str, reason: str
) -> None:
    photo.rotate(180).convert(mode).resize(size).save("other.png")
    done = updown("identify", "photo.png", "other.png")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == f"updown: photo.png and other.png: {reason}\n"


@pytest.mark.usefixtures("photo")
def test_files_that_are_not_there_or_alone(updown: Updown) -> None:
    done = updown("identify", "photo.png", "missing.png")
    assert (done.code, done.stderr) == (2, "updown: missing.png: no such file\n")
    done = updown("identify", "photo.png")
    assert done.code == 2
    assert done.stderr == "updown: photo.png: goes with its RESULT; give pairs\n"
    Path("cut.png").write_bytes(Path("photo.png").read_bytes()[:200])
    done = updown("identify", "photo.png", "cut.png")
    assert (done.code, done.stderr) == (2, "updown: cut.png: truncated PNG\n")


def around(image: Image.Image) -> Image.Image:
    """Return what Pillow makes of a picture at 52 x 40."""
    return image.resize((52, 40), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ((3, 1, 52, 38), "cropped by 1 above and 2 below and 3 at the left"),
        ((-4, -2, 52, 47), "padded by 2 above and 7 below and 4 at the left"),
    ],
)
def test_cropped_and_padded(
    updown: Updown, photo: Image.Image, box: tuple[int, int, int, int], told: str
) -> None:
    around(photo).crop(box).save("small.png")
    done = updown("identify", "photo.png", "small.png", "--json")
    found = json.loads(done.stdout)
    assert (done.code, found["best"]["name"]) == (0, f"pillow bicubic, {told}")
    assert updown(*shlex.split(found["commands"][0])[1:]).code == 0
    assert np.array_equal(np.asarray(Image.open("again.png")), np.asarray(Image.open("small.png")))


def test_half_a_pixel_of_shift(updown: Updown, photo: Image.Image) -> None:
    """Of four pixels in a row the second and third are half a pixel beyond the first's half."""
    x = np.pad(np.asarray(photo).astype(float), ((0, 2), (0, 2), (0, 0)), "edge")
    later = x[1:49:2, 1:65:2] + x[2:50:2, 1:65:2] + x[1:49:2, 2:66:2] + x[2:50:2, 2:66:2]
    Image.fromarray((later / 4 + 0.5).astype(np.uint8)).save("moved.png")
    done = updown("identify", "photo.png", "moved.png")
    told = "half a pixel of the result up and left"
    assert (done.code, done.stdout.splitlines()[0]) == (0, f"triangle, shifted by {told}")
    assert done.stdout.splitlines()[-1] == "again: nothing in updown gives the same"


def test_pillow_premultiplies_by_alpha(updown: Updown, photo: Image.Image) -> None:
    across = np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(48, 0)
    picture = Image.fromarray(np.dstack([np.asarray(photo), across]))
    picture.save("photo.png")
    smaller(picture, Image.Resampling.BILINEAR).save("small.png")
    done = updown("identify", "photo.png", "small.png")
    assert done.code == 0
    assert done.stdout.startswith("pillow bilinear, premultiplied by alpha, and back\n")
    assert done.stdout.splitlines()[2].split()[-3:] == ["0", "0", "inf"]


def test_alpha_that_was_any_channel(updown: Updown, photo: Image.Image) -> None:
    across = np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(48, 0)
    picture = Image.fromarray(np.dstack([np.asarray(photo), across]))
    picture.save("photo.png")
    planes = [plane.resize((32, 24), Image.Resampling.HAMMING) for plane in picture.split()]
    Image.merge("RGBA", planes).save("small.png")
    done = updown("identify", "photo.png", "small.png")
    assert (done.code, done.stdout.splitlines()[0]) == (0, "pillow hamming")
    again = [line for line in done.stdout.splitlines() if line.startswith("again: ")]
    size = "--like pillow --mode hamming --size 24x32 --alpha straight"
    assert again == [f"again: updown upsample {size} photo.png -o again.png"]


def test_a_volume_is_made_again_as_it_was_read(updown: Updown) -> None:
    """Without --dims its depth is 4 channels, which become 8."""
    x = np.random.default_rng(4).integers(0, 256, (4, 5, 6)).astype(np.uint8)
    np.save("x.npy", x)
    np.save("y.npy", x.repeat(2, 0).repeat(2, 1).repeat(2, 2))
    done = updown("identify", "x.npy", "y.npy", "--dims", "3", "--json")
    (again,) = json.loads(done.stdout)["commands"]
    assert " --dims 3 " in again
    assert updown(*shlex.split(again)[1:]).code == 0
    assert np.array_equal(np.load("again.npy"), np.load("y.npy"))
    np.save("z.npy", np.load("y.npy")[:, :9])
    done = updown("identify", "x.npy", "z.npy")
    told = "4 and 8 channels; --dims 3 takes what changes as a side"
    assert (done.code, done.stderr) == (2, f"updown: x.npy and z.npy: {told}\n")


@pytest.mark.parametrize(
    "options", ["--colour gray", "--background '#204080'", "--layout HWC --dims 2"]
)
def test_the_command_reads_as_identify_did(
    updown: Updown, photo: Image.Image, options: str
) -> None:
    names = ("photo.npy", "small.npy") if "layout" in options else ("photo.png", "small.png")
    for name, picture in zip(names, (photo, photo.reduce(2)), strict=True):
        np.save(name, np.asarray(picture)) if "npy" in name else picture.save(name)
    done = updown("identify", *names, *shlex.split(options), "--json")
    assert f" {options} " in json.loads(done.stdout)["commands"][0]


def test_two_that_are_the_same(updown: Updown, photo: Image.Image) -> None:
    photo.save("copy.bmp")
    done = updown("identify", "photo.png", "copy.bmp")
    told = "updown: photo.png and copy.bmp: the same pixels; nothing was resized\n"
    assert (done.code, done.stdout, done.stderr) == (2, "", told)


def test_unrelated_pictures_are_told_in_80_columns(updown: Updown) -> None:
    """Names are not cut but go on below; 1.02 times as far is told as being as far."""
    Image.open(SAMPLES / "photo.png").crop((0, 0, 120, 90)).save("photo.png")
    other = Image.open(SAMPLES / "zoneplate.png").convert("RGB").resize((57, 48))
    other.save("other.png")
    done = updown("identify", "photo.png", "other.png")
    _, header, nearest, *after = done.stdout.splitlines()
    assert done.code == 1
    assert max(map(len, (header, nearest, *after))) <= 80
    assert after[0].startswith("next, as far ")
    at = header.index("made by")
    name = " ".join([after[0][at:].rsplit(maxsplit=3)[0], *map(str.strip, after[1:])])
    found = json.loads(updown("identify", "photo.png", "other.png", "--json").stdout)
    assert name == found["next"]["name"]
    assert 1 < found["times_as_far"] < 1.05


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_transparent_pictures_of_updown_itself(updown: Updown, mode: str) -> None:
    """Its own way gives its own bytes; by rows one byte is a level off.

    Nothing that is as near is told as being next: what differs is colours that are not to be seen.
    """
    picture = str(SAMPLES / "transparent.png")
    how = ("--mode", mode, "--antialias", "--size", "100x150")
    assert updown("upsample", *how, picture, "-o", "made.png").code == 0
    done = updown("identify", picture, "made.png", "--json")
    found = json.loads(done.stdout)
    equal = [found["best"], *found["same"]]
    own = f"torch {mode}, antialias, premultiplied by alpha, and back"
    assert done.code == 0
    assert own in [one["name"] for one in equal]
    assert [one["distances"][0]["max"] for one in equal] == [0] * len(equal)
    others = [*found["within_a_level"], found["next"]]
    assert all(one["distances"][0]["max"] > 0 for one in others)


def test_whole_numbers_that_alpha_weighed(updown: Updown) -> None:
    """OpenCV tells bytes from floats, so that updown gives it colours that are rounded again."""
    x = np.random.default_rng(3).integers(0, 256, (30, 40, 4)).astype(np.uint8)
    Image.fromarray(x).save("x.png")
    how = ("--like", "opencv", "--mode", "linear", "--size", "20x23")
    assert updown("upsample", *how, "x.png", "-o", "y.png").code == 0
    found = json.loads(updown("identify", "x.png", "y.png", "--json").stdout)
    best = found["best"]
    assert best["name"] == "opencv linear, premultiplied by alpha in whole numbers, and back"
    assert best["distances"][0]["max"] == 0
    assert found["commands"] == [f"updown upsample {' '.join(how)} x.png -o again.png"]


@pytest.mark.parametrize(
    ("size", "filter_", "name"),
    [
        ((30, 21), "lanczos", "small.png"),
        ((90, 70), "mitchell", "small.png"),
        ((30, 21), "lanczos", "small.jpg"),
    ],
)
def test_imagemagick_is_told_by_its_16_bits(
    updown: Updown, photo: Image.Image, size: tuple[int, int], filter_: str, name: str
) -> None:
    """What it does is worked out here: sums of 16 bits across, then down, cut to 8 at the end.

    A JPEG of it is as far from torch's lanczos, which is tried first with what was done around.
    """
    x = np.asarray(photo).astype(float)
    for axis, out in ((1, size[0]), (0, size[1])) if size[0] > 64 else ((0, size[1]), (1, size[0])):
        weights = magick_weights(x.shape[axis], out, filter_)
        x = np.moveaxis(np.tensordot(weights, x, (1, axis)), 0, axis)
        x = np.clip(np.round(x * 257), 0, 65535) / 257
    Image.fromarray(x.astype(np.uint8)).save(name)
    done = updown("identify", "photo.png", name, "--json")
    found = json.loads(done.stdout)
    told = f"imagemagick -resize, filter {filter_}, truncated, not rounded"
    named = (found["best"], *found["same"], *found["within_a_level"])
    proofs = {one["name"]: one["proof"] for one in named}
    assert (done.code, proofs[told]) == (0, "equal to ImageMagick 6.9.11 Q16")


def magick_weights(length: int, out: int, filter_: str) -> Pixels:
    """Return the weights of a side, out x length, beyond whose edges is nothing."""
    scale = max(1.0, length / out)
    middles = (np.arange(out) + 0.5) * length / out - 0.5
    d = np.abs(middles[:, None] - np.arange(length)) / scale
    near, far = (
        (7 * d**3 - 12 * d**2 + 16 / 3) / 6,
        (-7 / 3 * d**3 + 12 * d**2 - 20 * d + 32 / 3) / 6,
    )
    weights = {
        "lanczos": np.where(d < 3, np.sinc(d) * np.sinc(d / 3), 0),
        "mitchell": np.where(d < 1, near, np.where(d < 2, far, 0)),
    }[filter_]
    found: Pixels = weights / weights.sum(1, keepdims=True)
    return found


def test_libvips_is_told(updown: Updown, photo: Image.Image) -> None:
    pyvips = pytest.importorskip("pyvips")
    made = pyvips.Image.new_from_array(np.asarray(photo)).resize(0.5).numpy()
    Image.fromarray(made).save("small.png")
    found = json.loads(updown("identify", "photo.png", "small.png", "--json").stdout)
    best = found["best"]
    assert (found["found"], best["name"], best["proof"]) == (
        *(True, "libvips resize"),
        "within two levels of libvips 8.18",
    )


def test_a_large_picture_is_tried_in_parts(updown: Updown) -> None:
    """Its sides share no factor, so that parts have nearly the phases of all."""
    x = np.random.default_rng(2).integers(0, 256, (403, 611)).astype(np.uint8)
    Image.fromarray(x).resize((351, 260), Image.Resampling.HAMMING).save("small.png")
    Image.fromarray(x).save("large.png")
    done = updown("identify", "large.png", "small.png")
    assert (done.code, done.stdout.splitlines()[0]) == (0, "pillow hamming")


@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_a_jpeg_that_exif_data_turns(updown: Updown, photo: Image.Image, orientation: int) -> None:
    """It was resized upright, stored turned, and is read upright; 29 x 21 are no whole blocks."""
    ways = {3: "ROTATE_180", 6: "ROTATE_90", 7: "TRANSVERSE"}
    upright = photo.resize((29, 21), Image.Resampling.LANCZOS)
    exif = Image.Exif()
    exif[274] = orientation
    turned = upright.transpose(Image.Transpose[ways[orientation]])
    turned.save("small.jpg", quality=80, exif=exif)
    done = updown("identify", "photo.png", "small.jpg", "--json")
    found = json.loads(done.stdout)
    assert (done.code, found["jpeg"], found["best"]["name"]) == (0, [True], "pillow lanczos")
    assert found["best"]["distances"][0]["max"] == 0


def test_the_frame_of_an_animation(updown: Updown, photo: Image.Image) -> None:
    """Both frames are of the same size, the first is black."""
    black = Image.new("RGB", (30, 20))
    black.save("small.png", save_all=True, append_images=[smaller(photo)])
    done = updown("identify", "photo.png", "small.png", "--frames", "1")
    lines = done.stdout.splitlines()
    told = "small.png: frame 1 of 2; --frames takes another"
    assert (done.code, *lines[:2]) == (0, "pillow bicubic", told)
    assert updown("identify", "photo.png", "small.png").code == 1
    done = updown("identify", "photo.png", "small.png", "--frames", "2")
    told = "updown: small.png: there is no frame 2; its frames are 0 to 1\n"
    assert (done.code, done.stderr) == (2, told)


@pytest.mark.parametrize(
    ("order", "axes"), [("crd", (0, 3, 1, 4, 2)), ("dcr", (2, 3, 0, 4, 1))], ids=["crd", "dcr"]
)
def test_channels_that_became_pixels(updown: Updown, order: str, axes: tuple[int, ...]) -> None:
    """crd has the phases of a channel side by side, dcr the channels of a phase."""
    x = np.random.default_rng(8).integers(0, 256, (12, 5, 7)).astype(np.uint8)
    split = (3, 2, 2, 5, 7) if order == "crd" else (2, 2, 3, 5, 7)
    np.save("phases.npy", x)
    np.save("pixels.npy", x.reshape(split).transpose(axes).reshape(3, 10, 14))
    done = updown("identify", "phases.npy", "pixels.npy", "--json")
    found = json.loads(done.stdout)
    told = "torch shuffle, " + ("" if order == "crd" else "order dcr, ") + "factor 2"
    assert (done.code, found["best"]["name"]) == (0, told)
    back = json.loads(updown("identify", "pixels.npy", "phases.npy", "--json").stdout)
    assert (back["found"], back["best"]["name"]) == (True, told.replace("factor 2", "factor 1/2"))
    assert updown(*shlex.split(found["commands"][0])[1:]).code == 0
    assert np.array_equal(np.load("again.npy"), np.load("pixels.npy"))


def test_a_transposed_convolution_that_interpolates(updown: Updown, photo: Image.Image) -> None:
    """Inside it is linear interpolation; at the edges a quarter of the light is missing."""
    x = np.pad(np.asarray(photo).astype(float), ((1, 1), (1, 1), (0, 0)))
    down = np.stack([x[:-2] + 3 * x[1:-1], 3 * x[1:-1] + x[2:]], 1).reshape(96, 66, 3)
    both = np.stack([down[:, :-2] + 3 * down[:, 1:-1], 3 * down[:, 1:-1] + down[:, 2:]], 2)
    Image.fromarray((both.reshape(96, 128, 3) / 16 + 0.5).astype(np.uint8)).save("large.png")
    done = updown("identify", "photo.png", "large.png", "--json")
    found = json.loads(done.stdout)
    assert (done.code, found["best"]["name"]) == (0, "torch deconv, kernel bilinear, factor 2")
    assert updown(*shlex.split(found["commands"][0])[1:]).code == 0
    assert np.array_equal(np.asarray(Image.open("again.png")), np.asarray(Image.open("large.png")))
