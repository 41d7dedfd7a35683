"""Results that are written row by row are the files that whole ones are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Updown, noise
from tests.healthy import photo
from updown_cli.files import huge

# So little that a picture of a megabyte is large.
LITTLE = ("--max-memory", "2MiB")

STEPS = {
    "interpolated": ("upsample", "--mode", "bicubic", "--scale-factor", "2"),
    "selected": ("upsample", "--mode", "nearest", "--scale-factor", "2"),
    "averaged": ("pool", "--mode", "avg", "-k", "3", "-s", "1", "-p", "1"),
}

SHAPES = {"HW": (700, 900), "CHW": (3, 500, 400), "HWC": (500, 400, 3), "NCHW": (2, 3, 300, 400)}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((700, 900), "HW"),
        ((3, 500, 400), "CHW"),
        ((500, 400, 3), "HWC"),
        ((2, 3, 300, 400), "NCHW"),
    ],
    ids=["HW", "CHW", "HWC", "NCHW"],
)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_an_array_in_strips_is_the_same_file(
    updown: Updown, steps: tuple[str, ...], shape: tuple[int, ...], layout: str, dtype: str
) -> None:
    np.save("a.npy", noise(*shape).astype(dtype))
    command = (*steps, "a.npy", "--layout", layout)
    assert updown(*command, "-o", "whole.npy", "-q").code == 0
    done = updown(*command, "-o", "strips.npy", "-v", *LITTLE)
    assert "updown: note: written in strips\n" in done.stderr
    whole, strips = Path("whole.npy").read_bytes(), Path("strips.npy").read_bytes()
    np.testing.assert_allclose(np.load("strips.npy"), np.load("whole.npy"), atol=1e-4)
    assert len(whole) == len(strips)
    if dtype == "uint8":
        assert whole == strips


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--layout", "WH"), "rows are no runs of its bytes"),
        (("--range", "minmax", "--depth", "8"), "all values decide on each"),
        (("--format", "png"), "another format"),
    ],
)
def test_what_must_be_whole_is(updown: Updown, more: tuple[str, ...], why: str) -> None:
    np.save("a.npy", noise(700, 900))
    done = updown("pool", "--mode", "avg", "-k", "2", "-s", "1", "a.npy", *more, "-o", "out/", "-v",
                  "--max-memory", "4MiB")  # fmt: skip
    assert done.code == 0, done.stderr
    assert "in strips" not in done.stderr


def test_a_failure_amid_the_strips_leaves_nothing(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that was made for the result goes again."""
    from updown_cli.files.npy_rows import NpyTarget

    def full(self: NpyTarget, first: int, rows: object) -> None:
        if first:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(NpyTarget, "take", full)
    np.save("a.npy", noise(700, 900))
    done = updown(*STEPS["averaged"], "a.npy", "-o", "made/{stem}/b.npy", *LITTLE)
    assert done.code == 3
    assert done.stderr.startswith("updown: made/a/b.npy: no space left on device")
    assert [path.name for path in Path().iterdir()] == ["a.npy"]


def test_another_file_with_the_name_stays(updown: Updown) -> None:
    np.save("a.npy", noise(700, 900))
    Path("b.npy").write_text("mine")
    done = updown(*STEPS["averaged"], "a.npy", "-o", "b.npy", *LITTLE, "--if-exists", "rename")
    assert done.code == 0
    assert Path("b.npy").read_text() == "mine"
    assert np.load("b-1.npy").shape == (700, 900)


@pytest.mark.skipif(not huge.is_installed(), reason="needs the extra huge")
@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_a_picture_goes_from_file_to_file_in_strips(updown: Updown, ending: str) -> None:
    Image.fromarray(photo(900, 700)).save("a.jpg", quality=80)
    command = ("upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.9", "a.jpg")
    assert updown(*command, "-o", f"whole.{ending}", "-q").code == 0
    done = updown(*command, "-o", f"strips.{ending}", "-v", "--max-memory", "3MiB")
    assert "updown: note: read and written in strips\n" in done.stderr
    with Image.open(f"whole.{ending}") as whole, Image.open(f"strips.{ending}") as strips:
        np.testing.assert_array_equal(np.asarray(whole), np.asarray(strips))
