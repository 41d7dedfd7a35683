"""Files to arrays and back: modes, orientation, frames, metadata, and what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import SAMPLES, Updown, noise
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import check_writable
from updown_cli.files.peek import peek
from updown_cli.files.picture import Picture
from updown_cli.files.read import read, read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.write import encode, out_dtype
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import check_layout, default_layout, from_planes, to_planes


def sample(name: str, **reading: Any) -> Picture:
    """Return a sample picture as read."""
    return read(str(SAMPLES / name), Reading(**reading))


def again(picture: Picture, ending: str) -> Picture:
    """Return a picture after writing and reading."""
    return read_bytes(encode(picture, picture.pixels, ending, None), Reading())


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "colour", "alpha"),
    [
        ("photo.jpg", (1, 3, 451 - 151, 451), "uint8", "RGB", False),
        ("photo.png", (1, 3, 300, 451), "uint8", "RGB", False),
        ("gray.png", (1, 1, 256, 256), "uint8", "L", False),
        ("gray16.png", (1, 1, 200, 300), "uint16", "L", False),
        ("transparent.png", (1, 4, 241, 201), "uint8", "RGB", True),
        ("palette.png", (1, 3, 200, 300), "uint8", "RGB", False),
        ("palette-transparent.png", (1, 4, 121, 101), "uint8", "RGB", True),
        ("text.png", (1, 1, 172, 448), "uint8", "L", False),
        ("animation.gif", (7, 3, 96, 96), "uint8", "RGB", False),
        ("pages.tif", (3, 3, 121, 161), "uint8", "RGB", False),
        ("signal.npy", (1, 1, 1001), "float32", "", False),
        ("volume.npy", (1, 24, 48, 48), "uint8", "", False),
    ],
)
def test_samples_become_planes(
    name: str, shape: tuple[int, ...], dtype: str, colour: str, alpha: bool
) -> None:
    picture = sample(name)
    assert (picture.pixels.shape, picture.pixels.dtype.name) == (shape, dtype)
    assert (picture.colour, picture.alpha) == (colour, alpha)


def test_orientation_is_applied_and_its_tag_is_gone() -> None:
    upright, stored = sample("photo.jpg"), sample("photo.png")
    difference = upright.pixels.astype(int) - stored.pixels
    assert np.abs(difference).mean() < 4  # grey levels, for the JPEG's own loss
    assert 0x0112 not in upright.metadata["exif"].main


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_gives_the_same_picture(orientation: int) -> None:
    flat = noise(6, 9)
    back: dict[int, Any] = {
        1: flat, 2: flat[:, ::-1], 3: flat[::-1, ::-1], 4: flat[::-1],
        5: flat.T, 6: flat.T[::-1], 7: flat.T[::-1, ::-1], 8: flat.T[:, ::-1],
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(back[orientation])).save(file, "PNG", exif=exif)
    np.testing.assert_array_equal(read_bytes(file.getvalue(), Reading()).pixels[0, 0], flat)


def test_one_bit_pictures_are_black_and_white() -> None:
    assert np.unique(sample("text.png").pixels).tolist() == [0, 255]


def test_sixteen_bits_are_all_kept() -> None:
    assert len(np.unique(sample("gray16.png").pixels & 255)) == 256


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("photo.png", ".png"), ("gray.png", ".png"), ("gray16.png", ".png"),
        ("gray16.png", ".tif"), ("transparent.png", ".png"), ("transparent.png", ".tif"),
        ("palette-transparent.png", ".png"), ("pages.tif", ".tif"), ("pages.tif", ".png"),
        ("photo.png", ".bmp"), ("photo.png", ".ppm"), ("gray.png", ".pgm"), ("photo.png", ".tga"),
        ("signal.npy", ".npy"), ("volume.npy", ".npy"), ("animation.gif", ".npy"),
    ],
)  # fmt: skip
def test_lossless_formats_give_the_pixels_back(name: str, ending: str) -> None:
    picture = sample(name)
    np.testing.assert_array_equal(again(picture, ending).pixels, picture.pixels)


def test_animations_keep_frames_durations_and_loop() -> None:
    picture = sample("animation.gif")
    durations = [300, 60, 80, 100, 120, 160, 500]
    assert picture.metadata["duration"] == durations
    with Image.open(io.BytesIO(encode(picture, picture.pixels, ".gif", None))) as saved:
        assert (saved.n_frames, saved.info["loop"]) == (7, 0)  # type: ignore[attr-defined]
        assert again(picture, ".gif").metadata["duration"] == durations


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_profile_exif_and_resolution_are_kept(ending: str) -> None:
    picture = sample("photo.jpg")
    saved = again(picture, ending).metadata
    assert saved["icc"] == picture.metadata["icc"]
    assert saved["exif"].main[0x010E].data == b"Chelsea the cat\0"
    dpi = [float(saved["dpi"].x), float(saved["dpi"].y)]
    np.testing.assert_allclose(dpi, (300, 300), atol=0.01)  # PNG counts in metres


def test_cmyk_stays_cmyk() -> None:
    values = noise(8, 8, 4)
    file = io.BytesIO()
    Image.frombytes("CMYK", (8, 8), values.tobytes()).save(file, "TIFF")
    picture = read_bytes(file.getvalue(), Reading())
    assert (picture.colour, picture.alpha, picture.shape) == ("CMYK", False, (4, 8, 8))
    np.testing.assert_array_equal(again(picture, ".tif").pixels, picture.pixels)


def test_float_pictures_stay_float() -> None:
    values = np.linspace(-1, 2, 12, dtype=np.float32).reshape(3, 4)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "TIFF")
    picture = read_bytes(file.getvalue(), Reading())
    np.testing.assert_array_equal(again(picture, ".tif").pixels[0, 0], values)


def test_alpha_can_be_dropped() -> None:
    picture = sample("transparent.png", alpha="drop")
    assert (picture.shape.channels, picture.alpha) == (3, False)


@pytest.mark.parametrize(
    ("data", "reason", "code"),
    [
        (b"", "empty file", "truncated"),
        (b"<html></html>", "not a supported image", "not_an_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a supported image", "not_an_image"),
        ((SAMPLES / "photo.jpg").read_bytes()[:9000], "truncated JPEG", "truncated"),
        ((SAMPLES / "photo.png").read_bytes()[:9000], "truncated PNG", "truncated"),
        ((SAMPLES / "volume.npy").read_bytes()[:900], "truncated array", "truncated"),
        (b"\x93NUMPY\x01\x00", "not a .npy file", "corrupt"),
    ],
    ids=["empty", "html", "eps", "jpeg", "png", "npy", "npy header"],
)
def test_what_is_no_whole_image_is_refused(data: bytes, reason: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_bytes(data, Reading())
    assert (str(refused.value), refused.value.code) == (reason, code)


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"^contains pickled objects, refused$"):
        read(str(tmp_path / "objects.npy"), Reading())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.zeros((2, 2), complex), "complex128 values are not supported"),
        (np.zeros((2, 0)), "array without values"),
        (np.zeros((1, 1, 1, 1, 1, 1)), "an array of rank 6 is not an image; use --layout or"),
    ],
)
def test_arrays_of_other_kinds_are_refused(tmp_path: Path, values: Any, reason: str) -> None:
    np.save(tmp_path / "a.npy", values)
    with pytest.raises(InputError, match=f"^{reason}"):
        read(str(tmp_path / "a.npy"), Reading())


def test_members_of_an_archive_are_read_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=noise(3, 4, 5), b=np.linspace(0, 1, 9))
    one = read(f"{tmp_path}/two.npz::a", Reading())
    np.testing.assert_array_equal(one.pixels[0], noise(3, 4, 5))
    assert read(f"{tmp_path}/two.npz::b", Reading()).pixels.shape == (1, 1, 9)
    assert peek(f"{tmp_path}/two.npz::a", Reading()) == (Shape(3, 4, 5), 1)


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ("", "it has several arrays; name one as FILE.npz::NAME: a, b"),
        ("::c", "it has no array c; name one as FILE.npz::NAME: a, b"),
    ],
)
def test_a_missing_member_names_those_that_there_are(
    tmp_path: Path, member: str, sentence: str
) -> None:
    np.savez_compressed(tmp_path / "two.npz", a=noise(3, 4), b=noise(3, 4))
    with pytest.raises(InputError) as refused:
        read(f"{tmp_path}/two.npz{member}", Reading())
    assert str(refused.value) == sentence


def test_the_only_member_needs_no_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "one.npz", noise(3, 4))
    np.testing.assert_array_equal(read(f"{tmp_path}/one.npz", Reading()).pixels[0, 0], noise(3, 4))


@pytest.mark.parametrize(("name", "member"), [("in.npz::b", "b"), ("in.npy", "arr_0")])
def test_an_archive_is_written_with_one_member(updown: Updown, name: str, member: str) -> None:
    np.savez("in.npz", a=np.zeros(1), b=np.arange(6, dtype="int16").reshape(2, 3))
    np.save("in.npy", np.arange(6, dtype="int16").reshape(2, 3))
    assert updown("pool", "-k", "1", name, "-o", "out.npz").code == 0
    with np.load("out.npz") as archive:
        assert list(archive) == [member]
        assert (archive[member].dtype, archive[member].tolist()) == (
            "int16",
            [[0, 1, 2], [3, 4, 5]],
        )
    assert updown("pool", "out.npz", "-o", "again.npz").code == 0


def test_a_member_that_promises_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 15, 1 << 15)}
    )
    with zipfile.ZipFile(tmp_path / "lie.npz", "w") as archive:
        archive.writestr("a.npy", header.getvalue())
    with pytest.raises(InputError, match=r"^truncated array$"):
        read(f"{tmp_path}/lie.npz", Reading())


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "whole.npz", noise(30, 40))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:700])
    with pytest.raises(InputError, match=r"^damaged \.npz file$"):
        read(f"{tmp_path}/cut.npz", Reading())


#: What is in the folder beside pictures and arrays.
OTHERS = (".md", ".py", ".json", ".pt")


@pytest.mark.parametrize(
    "name",
    [
        path.name
        for path in sorted(SAMPLES.iterdir())
        if path.is_file() and path.suffix not in OTHERS
    ],
)
def test_the_header_tells_the_shape_that_is_read(name: str) -> None:
    picture = sample(name)
    assert peek(str(SAMPLES / name), Reading()) == (picture.shape, picture.frames)


def test_too_many_pixels_are_refused_from_the_header() -> None:
    with pytest.raises(InputError) as refused:
        sample("photo.png", max_pixels=100_000)
    assert str(refused.value) == "0.135 megapixels, limit is 0.1 (--max-pixels)"


@pytest.mark.parametrize("layout", ["HW", "CHW", "HWC", "NCHW", "NHWC", "NHW", "WHC"])
def test_layouts_go_there_and_back(layout: str) -> None:
    sides = {"N": 2, "C": 3, "H": 4, "W": 5}
    array = noise(*(sides[axis] for axis in layout))
    planes = to_planes(array, layout)
    expected = [sides[axis] if axis in layout else 1 for axis in "NCHW"]
    assert list(planes.shape) == expected
    np.testing.assert_array_equal(from_planes(planes, layout), array)


@pytest.mark.parametrize(
    ("rank", "dims", "layout"),
    [
        (1, None, "L"), (2, None, "HW"), (3, None, "CHW"), (4, None, "NCHW"), (5, None, "NCDHW"),
        (2, 1, "CL"), (3, 1, "NCL"), (3, 3, "DHW"), (4, 3, "CDHW"),
    ],
)  # fmt: skip
def test_rank_tells_the_layout(rank: int, dims: int | None, layout: str) -> None:
    assert default_layout(rank, dims) == layout


def test_new_channels_and_frames_find_a_place() -> None:
    assert from_planes(noise(1, 4, 2, 2), "HW").shape == (4, 2, 2)
    assert from_planes(noise(3, 4, 2, 2), "HWC").shape == (3, 2, 2, 4)


@pytest.mark.parametrize(
    ("layout", "dims", "sentence"),
    [
        ("HWW", None, "--layout HWW: must name each axis once: N, C, and L, HW or DHW"),
        ("NC", None, "--layout NC: must name each axis once: N, C, and L, HW or DHW"),
        ("CHW", 3, "--layout CHW: is not 3-D"),
    ],
)
def test_layouts_of_other_letters_are_refused(layout: str, dims: int | None, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_layout(layout, dims)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("name", "ending", "selects", "dtype"),
    [
        ("photo.png", ".png", False, "uint8"),
        ("photo.png", ".npy", False, "float32"),
        ("photo.png", ".npy", True, "uint8"),
        ("gray16.png", ".png", False, "uint16"),
        ("signal.npy", ".npy", False, "float32"),
        ("volume.npy", ".npy", False, "uint8"),
        ("signal.npy", ".png", False, "uint8"),
    ],
)
def test_type_of_the_result(name: str, ending: str, selects: bool, dtype: str) -> None:
    assert out_dtype(sample(name), ending, selects_values=selects) == dtype


@pytest.mark.parametrize(
    ("name", "ending", "sentence"),
    [
        ("transparent.png", ".jpg",
         "JPEG cannot hold transparency; write .png or .npy, or use --alpha drop"),
        ("gray16.png", ".jpg",
         "JPEG cannot hold 16-bit grey; write .png or .npy, or use --depth 8"),
        ("pages.tif", ".bmp", "BMP cannot hold 3 frames; write .tif or .gif"),
        ("volume.npy", ".png",
         "24 channels are no picture; write .npy, or for shuffle use --arrange grid"),
        ("signal.npy", ".png", "1-D data is no picture; write .npy"),
    ],
)  # fmt: skip
def test_what_a_format_cannot_hold_is_refused(name: str, ending: str, sentence: str) -> None:
    picture = sample(name)
    with pytest.raises(InputError) as refused:
        encode(picture, picture.pixels, ending, None)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("ending", "longest"), [(".jpg", 65500), (".webp", 16383), (".gif", 65535), (".tga", 65535)]
)
def test_sides_are_no_longer_than_a_format_has(ending: str, longest: int) -> None:
    for side in ((1, longest), (longest, 1)):
        pixels = np.zeros((1, 1, *side), np.uint8)
        file = encode(Picture(pixels, "L"), pixels, ending, None)
        assert read_bytes(file, Reading()).shape.size == side
        longer = np.zeros((1, 1, *(n + (n > 1) for n in side)), np.uint8)
        with pytest.raises(InputError, match=f"has at most {longest} pixels a side; write .png"):
            encode(Picture(longer, "L"), longer, ending, None)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("a.pngg", "a.pngg: unknown ending '.pngg'; did you mean .png?"),
        ("folder/a", "folder/a: no ending; end the name in .png, .jpg, .tif or .npy, say"),
    ],
)  # fmt: skip
def test_endings_of_no_format_are_refused(path: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_writable(path)
    assert str(refused.value) == sentence
