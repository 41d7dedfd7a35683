"""Who made these files: `python -m benchmarks.identify [FOLDER] [--results FILE] [--part 1/4]`.

Photographs, the .jpg files of a folder or those that come with scikit-image, are resized by the
libraries that are installed, stored without loss and as JPEG of quality 50 to 95 by each encoder,
and `updown identify` is asked who made them. Right is an answer whose pixels, before they were
stored, are within a level of those of the library's mode. Then three resizers that are nobody's
are asked for. Targets: 99 % right without loss, 95 % through JPEG, at most 1 % false names.

Replies go to the file of results, one a line, as they come: what is there is not asked again, so
that a run can go on where another ended, or several runs can each ask a part. --again asks those
again that were wrong, --table only counts what is there.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.identify_makers import MAKERS, STRANGERS, Maker, imagemagick
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
    _piped([str(imagemagick()), "ppm:-", "-quality", str(quality), "jpg:-"], pixels, path)


#: The encoders, and whether each is there.
ENCODERS: dict[Callable[[np.ndarray, Path, int], None], bool] = {
    pillow: True,
    opencv: True,
    cjpeg: shutil.which("cjpeg") is not None,
    magick: imagemagick() is not None,
}


def installed() -> list[Callable[[np.ndarray, Path, int], None]]:
    """Return the encoders that are there."""
    return [one for one, is_there in ENCODERS.items() if is_there]


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

    @property
    def name(self) -> str:
        """Return what no other question is called."""
        size = f"{self.size[0]}x{self.size[1]}"
        return f"{self.number} {self.maker.name}, {size}, {self.kind}, q{self.quality}"


@dataclass(frozen=True)
class Reply:
    """What was said to a question; of no kind if the library cannot make that."""

    question: str
    kind: str
    right: bool
    said: str
    named_together: int
    seconds: float


def ask(question: Question) -> Reply:
    """Return what is said to a question."""
    torch.set_num_threads(1)
    made = question.maker.make(question.photograph, question.size, question.number)
    if made is None:
        return Reply(question.name, "", False, "", 0, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "source.png"), Path(folder, "result.png")
        Image.fromarray(question.photograph).save(before, compress_level=1)
        if question.encoder is None:
            Image.fromarray(made).save(after, compress_level=1)
        else:
            after = after.with_suffix(".jpg")
            question.encoder(made, after, question.quality)
        began = time.perf_counter()
        files = (str(before), str(after))
        source, result = (read_single(path, Reading()) for path in files)
        pair = gather(files, source, result)
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
    said = f"{said} {words}".strip()
    return Reply(question.name, question.kind, right, said, len(named), spent)


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


def replies(path: Path | None) -> dict[str, Reply]:
    """Return the replies that are in a file, the last to each question."""
    lines = path.read_text().splitlines() if path and path.exists() else []
    return {reply.question: reply for reply in (Reply(**json.loads(line)) for line in lines)}


def wanted(asked: argparse.Namespace, known: dict[str, Reply]) -> list[Question]:
    """Return what is to be asked: a part of what is not known, or was answered wrongly."""
    every = [*questions(asked)]
    random.Random(0).shuffle(every)  # so that what is asked first is a fair part
    part, parts = map(int, asked.part.split("/"))
    done = {name for name, reply in known.items() if reply.right or not asked.again}
    return [one for one in every[part - 1 :: parts] if one.name not in done]


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="photographs, .jpg")
    parser.add_argument("--photographs", type=int, default=20)
    parser.add_argument("--sizes", type=int, default=len(SIZES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="every encoder for every size")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    parser.add_argument("--part", default="1/1", help="such as 1/4: every fourth question")
    parser.add_argument("--results", type=Path, help="where replies are kept")
    parser.add_argument("--again", action="store_true", help="ask again what was wrong")
    parser.add_argument("--table", action="store_true", help="ask nothing, count what is kept")
    asked = parser.parse_args()
    known = replies(asked.results)
    if not asked.table:
        run(asked, known)
    show([reply for reply in known.values() if reply.kind])


def run(asked: argparse.Namespace, known: dict[str, Reply]) -> None:
    """Ask, keep what is said, and tell what was wrong and how far it has come."""
    to_ask = wanted(asked, known)
    end = time.monotonic() + asked.seconds
    with ProcessPoolExecutor(asked.jobs) as pool:
        for number, reply in enumerate(pool.map(ask, to_ask), 1):
            known[reply.question] = reply
            if asked.results:
                with asked.results.open("a") as file:
                    file.write(json.dumps(asdict(reply)) + "\n")
            if reply.kind and not reply.right:
                print(f"  {number} of {len(to_ask)}: {reply.question}: {reply.said}", flush=True)
            if time.monotonic() > end:
                pool.shutdown(wait=False, cancel_futures=True)
                break


def show(every: list[Reply]) -> None:
    """Print how many were right of each kind, and of all that targets are for."""
    kinds = sorted({reply.kind for reply in every})
    for kind in kinds:
        _line(kind, [reply for reply in every if reply.kind == kind])
    print()
    _line("lossless, wanted 99 %", [reply for reply in every if reply.kind == "lossless"])
    _line("JPEG, wanted 95 %", [reply for reply in every if reply.kind.startswith("JPEG")])
    _line("not named, wanted 99 %", [reply for reply in every if reply.kind.startswith("false")])
    seconds = [reply.seconds for reply in every]
    print(f"{np.median(seconds):.2f} s each in the middle, {max(seconds):.2f} s at most")
    together = np.mean([reply.named_together for reply in every])
    print(f"{together:.1f} modes named together in the mean")


def _line(name: str, some: list[Reply]) -> None:
    right = sum(reply.right for reply in some)
    share = f"{100 * right / len(some):.1f} %" if some else ""
    print(f"{name:28} {right:5} of {len(some):5} right {share}")


if __name__ == "__main__":
    main()
