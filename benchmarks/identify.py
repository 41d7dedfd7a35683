"""Who made these files: `python -m benchmarks.identify [FOLDER] [--photographs 20] [--sizes 12]`.

Photographs, the .jpg files of a folder or those that come with scikit-image, are resized by the
libraries that are installed, stored without loss and as JPEG of quality 50 to 95 by each encoder,
and `updown identify` is asked who made them. Right is an answer whose pixels, before they were
stored, are within a level of those of the library's mode. Then three resizers that are nobody's
are asked for. Targets: 99 % right without loss, 95 % through JPEG, at most 1 % false names.
"""

from __future__ import annotations

import argparse
import io
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.identify_makers import MAKERS, STRANGERS, Maker
from updown_cli.batch.single_file import read_single
from updown_cli.files.reading import Reading
from updown_cli.identify.gathering import gather
from updown_cli.identify.searching import search

# Pixels of the longest side of a photograph.
LONGEST = 640

QUALITIES = (50, 60, 70, 75, 80, 85, 90, 95)

#: What becomes of the sides of a photograph, each a kind of size that people ask for.
SIZES: tuple[Callable[[int, int], tuple[int, int]], ...] = (
    lambda h, w: (h // 2, w // 2),
    lambda h, w: (224, 224),
    lambda h, w: (round(h * 256 / min(h, w)), round(w * 256 / min(h, w))),
    lambda h, w: (h * 2 // 5, w * 2 // 5),
    lambda h, w: (h // 3, w // 3),
    lambda h, w: (h * 3 // 4, w * 3 // 4),
    lambda h, w: (h // 4, w // 4),
    lambda h, w: (round(h * 128 / max(h, w)), round(w * 128 / max(h, w))),
    lambda h, w: (h * 3 // 2, w * 3 // 2),
    lambda h, w: (h * 2, w * 2),
    lambda h, w: (h * 9 // 10, w * 9 // 10),
    lambda h, w: (h * 5 // 8, w * 5 // 8),
)


def pillow(pixels: np.ndarray, path: Path, quality: int) -> None:
    """Write a JPEG with Pillow."""
    Image.fromarray(pixels).save(path, quality=quality)


def opencv(pixels: np.ndarray, path: Path, quality: int) -> None:
    """Write a JPEG with OpenCV."""
    import cv2

    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])


def _piped(command: list[str], pixels: np.ndarray, path: Path) -> None:
    image = io.BytesIO()
    Image.fromarray(pixels).save(image, "PPM")
    done = subprocess.run(command, input=image.getvalue(), capture_output=True, check=True)
    path.write_bytes(done.stdout)


def cjpeg(pixels: np.ndarray, path: Path, quality: int) -> None:
    """Write a JPEG with libjpeg-turbo's own program."""
    _piped(["cjpeg", "-quality", str(quality)], pixels, path)


def magick(pixels: np.ndarray, path: Path, quality: int) -> None:
    """Write a JPEG with ImageMagick."""
    _piped(["magick", "ppm:-", "-quality", str(quality), "jpg:-"], pixels, path)


ENCODERS = (pillow, opencv, cjpeg, magick)


def installed() -> list[Callable[[np.ndarray, Path, int], None]]:
    """Return the encoders that are there."""
    return [one for one in ENCODERS if one in (pillow, opencv) or shutil.which(one.__name__)]


def photographs(folder: Path | None, count: int) -> list[np.ndarray]:
    """Return so many photographs, parts of them if there are too few."""
    paths = sorted(folder.rglob("*.jpg")) if folder else _of_scikit_image()
    if not paths:
        raise SystemExit(f"{folder}: no .jpg files")
    found = []
    for number in range(count):
        image = Image.open(paths[number % len(paths)]).convert("RGB")
        if number >= len(paths):
            image = image.crop((image.width // 4, image.height // 4, image.width, image.height))
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        found.append(np.asarray(image))
    return found


def _of_scikit_image() -> list[Path]:
    import skimage.data

    folder = Path(skimage.data.__file__).parent
    names = (
        *("astronaut.png", "coffee.png", "chelsea.png", "motorcycle_left.png", "rocket.jpg"),
        *("camera.png", "coins.png", "moon.png", "brick.png", "grass.png", "gravel.png"),
        *("retina.jpg", "ihc.png", "hubble_deep_field.jpg", "motorcycle_right.png"),
    )
    return [folder / name for name in names if (folder / name).exists()]


@dataclass(frozen=True)
class Question:
    """A photograph, what is made of it by whom, and how that is stored; by nobody of the list."""

    photograph: np.ndarray
    size: tuple[int, int]
    maker: Maker
    encoder: Callable[[np.ndarray, Path, int], None] | None
    quality: int
    number: int

    @property
    def kind(self) -> str:
        """Return what is counted together."""
        known = "" if self.maker.names else "false, "
        return known + ("lossless" if self.encoder is None else f"JPEG by {self.encoder.__name__}")


@dataclass(frozen=True)
class Reply:
    """What was said to a question."""

    kind: str
    truth: str
    right: bool
    said: str
    named_together: int
    seconds: float


def ask(question: Question) -> Reply | None:
    """Return what is said to a question; None where the library cannot make that."""
    torch.set_num_threads(1)
    made = question.maker.make(question.photograph, question.size, question.number)
    if made is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "source.png"), Path(folder, "result.png")
        Image.fromarray(question.photograph).save(source, compress_level=1)
        if question.encoder is None:
            Image.fromarray(made).save(result, compress_level=1)
        else:
            result = result.with_suffix(".jpg")
            question.encoder(made, result, question.quality)
        began = time.perf_counter()
        files = (str(source), str(result))
        pair = gather(files, *(read_single(path, Reading()) for path in files))
        found = search([pair])
        spent = time.perf_counter() - began
    assert found is not None
    together = [found.best.candidate, *found.same, *found.close]
    named = {(one.convention.library, one.convention.mode) for one in together}
    words = ", ".join(found.best.candidate.words())
    right = found.fits == bool(question.maker.names)
    if question.maker.names:
        right = right and words in ("", question.maker.around)
        right = right and bool(named & set(question.maker.names))
    said = found.best.candidate.convention.describe() if found.fits else "none of these"
    at = f"{question.maker.name} {question.size} q{question.quality}"
    return Reply(question.kind, at, right, f"{said} {words}".strip(), len(named), spent)


def questions(asked: argparse.Namespace) -> Iterator[Question]:
    """Yield a question for every photograph, size and way to store, by makers in turn."""
    encoders = installed()
    number = 0
    for photograph in photographs(asked.folder, asked.photographs):
        for size in SIZES[: asked.sizes]:
            sides = size(*photograph.shape[:2])
            quality = QUALITIES[number % len(QUALITIES)]
            ask_for = partial(Question, photograph, sides)
            maker, stranger = MAKERS[number % len(MAKERS)], STRANGERS[number % len(STRANGERS)]
            through = encoders if asked.full else [encoders[number // len(MAKERS) % len(encoders)]]
            for encoder in (None, *through):
                yield ask_for(maker, encoder, quality, number)
            for encoder in (None, *through) if asked.full else [(None, *through)[number % 2]]:
                yield ask_for(stranger, encoder, quality, number)
            number += 1


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="photographs, .jpg")
    parser.add_argument("--photographs", type=int, default=20)
    parser.add_argument("--sizes", type=int, default=len(SIZES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="every encoder for every size")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    asked = parser.parse_args()
    every_question = [*questions(asked)]
    random.Random(0).shuffle(every_question)  # so that what is asked first is a fair part
    end = time.monotonic() + asked.seconds
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    seconds, together = [], []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for reply in pool.map(ask, every_question):
            if time.monotonic() > end:
                pool.shutdown(wait=False, cancel_futures=True)
                break
            if reply is None:
                continue
            every[reply.kind] += 1
            right[reply.kind] += reply.right
            seconds.append(reply.seconds)
            together.append(reply.named_together)
            if not reply.right:
                print(f"  {reply.kind}: {reply.truth}: {reply.said}", flush=True)
    for kind in sorted(every):
        word = "not named" if kind.startswith("false") else "right"
        share = 100 * right[kind] / every[kind]
        print(f"{kind:28} {right[kind]:5} of {every[kind]:5} {word}: {share:.1f} %")
    print(f"{np.median(seconds):.2f} s each in the middle, {max(seconds):.2f} s at most")
    print(f"{np.mean(together):.1f} modes named together in the mean")


if __name__ == "__main__":
    main()
