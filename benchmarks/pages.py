"""Pages of random layers beside `--json`: `python -m benchmarks.pages [--layers N] [--seed N]`.

Each layer's page is opened in Chromium. Every value is gone to as a user does, in the state that
was asked for and in another that the sliders lead to, and each number that is then on the page is
held against what the command on the page prints with `--json`. What `explain` refuses, the page
must refuse in the same words. Then the examples of docs/layers.md: their pages must be under 1 MB,
and made in under 3 s of a processor, the start of Python included.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import chdir
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from benchmarks.random_layers import ALONE, random_layer
from tests.browser import Browser
from tests.figures.page_numbers import SHOWN, differences
from updown_cli.cli.main import main as updown

#: The sides of the input that all states of a page have.
INPUT = "document.querySelector('h2').textContent.split(': ').pop().split(' -> ')[0]"
#: How far each slider goes, and how one is moved.
LENGTHS = "[...document.querySelectorAll('#controls input')].map((one) => Number(one.max))"
SLIDE = """(() => {{ const one = document.querySelectorAll('#controls input')[{}]; one.value = {};
one.dispatchEvent(new Event('input')); }})()"""
#: The options of the state that the sliders show.
SLID = """[...document.querySelectorAll('#controls label')].flatMap((label) => {
  const [name, value] = [...label.querySelectorAll('span')].map((one) => one.textContent);
  if (value === "on") return [name];
  return value === "off" ? ["--no-" + name.slice(2)] : [name + "=" + value];
})"""

#: Options of other files that an example makes.
FILES = ("-o", "--animate", "--cell", "--plot", "--plot-overlap", "--save-matrix")

MOST_BYTES, MOST_SECONDS = 1_000_000, 3.0

LAYERS = Path(__file__).parent.parent / "docs" / "layers.md"


def write_files() -> None:
    """Write the inputs that layers name, in the working directory."""
    dice = np.random.default_rng(0)
    np.save("signed.npy", dice.integers(-9, 10, (2, 4, 4)))
    np.save("real.npy", dice.normal(0, 3, (4, 5)))
    odd = dice.normal(0, 1, (3, 3))
    odd[0, 1], odd[2, 2] = np.nan, np.inf
    np.save("odd.npy", odd)
    np.save("signal.npy", dice.normal(0, 1, 7))
    Image.fromarray(dice.integers(0, 256, (4, 4, 3), np.uint8)).save("picture.png")


def run(words: list[str]) -> tuple[int, str, str]:
    """Run a command line in this process; return its exit code and what it printed."""
    code = 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        kept = os.dup(1), os.dup(2)
        os.dup2(out.fileno(), 1), os.dup2(errors.fileno(), 2)
        try:
            updown(words)
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            for number, one in enumerate(kept, 1):
                os.dup2(one, number)
                os.close(one)
        return code, _content(out), _content(errors)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def check_layer(words: list[str], browser: Browser, dice: random.Random) -> list[str] | None:
    """Return what is wrong with a layer's page; None for one that is refused as it should be."""
    code, _, refusal = run(["explain", *words, "--json"])
    page = Path("page.html")
    page.unlink(missing_ok=True)
    page_code, _, page_refusal = run(["explain", *words, "-o", str(page)])
    if code:
        same = page_refusal == refusal and not page.exists()
        return None if same else [f"refused as {page_refusal!r}, not as {refusal!r}"]
    if page_code:
        small = "values are more than the 400" in page_refusal or "a page shows" in page_refusal
        return None if small else [f"only the page is refused: {page_refusal!r}"]
    browser.open(page)
    sides, found = browser.run(INPUT), _state(browser, words)
    if "--input" not in words:
        words = [*words, "--input", sides]
    for number, last in enumerate(browser.run(LENGTHS)):
        browser.run(SLIDE.format(number, dice.randint(0, last)))
    found += _state(browser, words)
    found += browser.errors
    return found + [url for url in browser.requests[1:] if not url.startswith("data:")]


def _state(browser: Browser, words: list[str]) -> list[str]:
    """Return what is wrong with the page as it stands now."""
    shown = browser.run(SHOWN)
    if shown["error"]:
        return _refusal(browser, shown["error"], words)
    told = run([*shlex.split(shown["command"])[1:], "--json"])
    if told[0]:
        return [f"{shown['command']} is refused: {told[2]}"]
    return [f"{shown['command']}: {one}" for one in differences(shown, json.loads(told[1]))]


def _refusal(browser: Browser, sentence: str, words: list[str]) -> list[str]:
    slid = browser.run(SLID)
    code, _, told = run(["explain", *words, *slid, "--json"])
    if code and told == f"updown: {sentence}\n":
        return []
    if not code and ("a page shows" in sentence):
        return []
    return [f"{shlex.join([*words, *slid])} is refused as {sentence!r}, not {told!r}"]


def check_layers(count: int, seed: int, folder: Path) -> int:
    """Check so many layers that are no refusals; return how many of them are wrong."""
    dice = random.Random(seed)
    seen: Counter[str] = Counter()
    found: list[str] | None = []
    wrong, command = 0, ""
    with Browser(folder / "profile") as browser:
        while seen.total() - seen["refused"] < count:
            command = command if found is None else dice.choice(ALONE)
            words = random_layer(command, dice)
            found = check_layer(words, browser, dice)
            if found is None:
                seen["refused"] += 1
                continue
            seen[words[0]] += 1
            wrong += bool(found)
            for sentence in found[:4]:
                print(f"{shlex.join(words)}\n    {sentence[:400]}", flush=True)
    print(", ".join(f"{number} {name}" for name, number in seen.most_common()))
    print(f"{count} layers, seed {seed}: {wrong} wrong")
    return wrong


def check_examples() -> int:
    """Make the pages of docs/layers.md as they stand there; return how many are large or slow."""
    text = LAYERS.read_text().replace("\\\n", " ")
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ updown explain")]
    wrong = 0
    for command in commands:
        words = [sys.executable, "-m", "updown_cli", *shlex.split(command)[1:]]
        if "--code" in words:
            continue
        words = _only_page(words)
        before = os.times()
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        size, seconds = Path("example.html").stat().st_size, _busy(os.times()) - _busy(before)
        bad = done.returncode != 0 or size > MOST_BYTES or seconds > MOST_SECONDS
        wrong += bad
        print(
            f"{seconds:5.2f} s {size / 1000:7.1f} kB{' WRONG' * bad}  {command[2:90]}", flush=True
        )
    print(f"{len(commands)} examples: {wrong} wrong")
    return wrong


def _busy(times: os.times_result) -> float:
    """Return the seconds for which children computed, whatever else the machine did meanwhile."""
    return times.children_user + times.children_system


def _only_page(words: list[str]) -> list[str]:
    """Return a command that makes the page and no other file."""
    kept, skip = [], False
    for word in words:
        if not skip and word not in FILES:
            kept.append(word)
        skip = not skip and word in FILES
    return [*kept, "-o", "example.html", "--if-exists", "overwrite"]


def main() -> int:
    """Check layers and examples; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        write_files()
        wrong = check_layers(asked.layers, asked.seed, Path(folder)) if asked.layers else 0
        wrong += check_examples()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
