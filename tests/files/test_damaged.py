"""Folders that nobody has looked at: damaged, lying and hostile files, named or found."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.bombs import CANARY, arrays
from tests.conftest import COMMAND, Updown
from tests.damaged import CORE, cases
from tests.healthy import healthy
from tests.hostile import broken_metadata, others
from tests.sentences import CODES, LONGEST, faults
from updown_cli.files.formats import FORMATS

DEADLINE = 120.0

# Pixels of the corpus's files, and of what their damaged headers may claim before it is decoded.
LIMIT = ("--max-pixels", "1000000")

# Nothing is computed: every good file comes out as it went in.
UNCHANGED = ("pool", "-k", "1")

# Damage that is read, of the cuts and of the hurts of each core format: PNG has checksums; where
# there are none (raw values, entropy-coded bits) nothing tells.
CUTS_READ = 1
HURTS_READ = {".png": 0, ".jpg": 45, ".tif": 87, ".gif": 10, ".webp": 30}

# Of a file of several JPEG pictures the first is read.
VIEWS = "several.jpg"

# Files whose name tells another format than they have.
INSIDE = {
    ".jpg": "rgb.png", ".png": "rgb.jpg", ".tif": "still.gif", ".gif": "lzw.tif",
    ".webp": "rgb.bmp", ".bmp": "rgb.ppm", ".ppm": "rgb.tga", ".tga": "lossy.webp",
}  # fmt: skip

TOTALS = re.compile(r"updown: \d+ done, \d+ skipped, \d+ failed")


@cache
def corpus() -> dict[str, bytes]:
    """Return every file of the corpus by name."""
    parts = {name: data for name, (data, _) in arrays().items()}
    return {
        **{f"good-{name}": data for name, data in healthy().items()},
        **{f"good-inside-{ending[1:]}{ending}": healthy()[name] for ending, name in INSIDE.items()},
        **{f"metadata-{name}": data for name, data in broken_metadata().items()},
        **{f"other-{name}": data for name, data in others().items()},
        **{f"array-{name}": data for name, data in parts.items()},
        **{case.name: case.data for case in cases()},
        "empty.png": b"",
    }


@dataclass(frozen=True)
class Run:
    """What a run over the corpus left: where, and what it said of each file, by its name."""

    folder: Path
    code: int
    lines: list[str]
    records: dict[str, dict[str, Any]]

    def refusal(self, name: str) -> str:
        """Return the code that a file was refused with; "" if it was read."""
        record = self.records[name]
        if record["status"] == "skipped":
            return "not_an_image"
        return record["error"]["code"] if record["error"] else ""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the installed command over a folder of the whole corpus."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "in").mkdir()
    for name, data in corpus().items():
        (folder / "in" / name).write_bytes(data)
    done = subprocess.run(
        [str(COMMAND), *UNCHANGED, "in", "-o", "out", "--json", "-j", "2", *LIMIT],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=DEADLINE,
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    by_name = {os.path.basename(record["source"]): record for record in records}
    assert len(by_name) == len(records)
    return Run(folder, done.returncode, done.stderr.decode().splitlines(), by_name)


def test_the_run_goes_to_its_end(run: Run) -> None:
    assert run.code == 1
    assert set(run.records) == set(corpus())


def test_every_line_is_updowns_own(run: Run) -> None:
    assert [line for line in run.lines if not line.startswith("updown: ")] == []


def test_every_failed_file_has_one_line(run: Run) -> None:
    failed = {f"in/{name}" for name, record in run.records.items() if record["error"]}
    told = [line.removeprefix("updown: ").partition(": ")[0] for line in run.lines]
    told = [name for name in told if name in failed]
    assert sorted(told) == sorted(failed)


def test_a_file_that_is_not_failed_has_no_line_but_a_note_or_a_warning(run: Run) -> None:
    fine = [f"updown: in/{name}: " for name, record in run.records.items() if not record["error"]]
    assert [line for line in run.lines if line.startswith(tuple(fine))] == []
    assert TOTALS.fullmatch(run.lines[-1])


def test_every_reason_is_a_sentence(run: Run) -> None:
    failed = [f"updown: in/{name}: " for name, record in run.records.items() if record["error"]]
    reasons = [
        (line, line.removeprefix(start))
        for line in run.lines
        for start in failed
        if line.startswith(start)
    ]
    assert len(reasons) == len(failed)
    assert [(line, faults(text)) for line, text in reasons if faults(text)] == []
    assert [line for line in run.lines if len(line) > LONGEST or not line.isprintable()] == []


def test_every_code_is_one_of_the_list(run: Run) -> None:
    assert {run.refusal(name) for name in run.records} - {""} <= CODES


def test_nothing_is_there_but_whole_results(run: Run) -> None:
    done = [record["output"] for record in run.records.values() if record["status"] == "done"]
    assert sorted(f"out/{name}" for name in os.listdir(run.folder / "out")) == sorted(done)
    assert sorted(os.listdir(run.folder)) == ["in", "out"]
    assert [name for name in done if (run.folder / name).stat().st_size == 0] == []


def test_inputs_are_untouched(run: Run) -> None:
    found = {path.name: digest(path.read_bytes()) for path in (run.folder / "in").iterdir()}
    assert found == {name: digest(data) for name, data in corpus().items()}


def digest(data: bytes) -> str:
    """Return a hash of bytes."""
    return hashlib.blake2b(data).hexdigest()


@pytest.mark.parametrize("kind", ["good", "metadata"])
def test_files_whose_pixels_are_whole_are_done(run: Run, kind: str) -> None:
    mine = [name for name in corpus() if name.startswith(f"{kind}-")]
    assert [(name, run.refusal(name)) for name in mine if run.refusal(name)] == []


@pytest.mark.parametrize("name", broken_metadata())
def test_broken_metadata_is_told(run: Run, name: str) -> None:
    # A loop is cut where it closes, XMP goes through as it is, other numbers mean nothing.
    lost = name.startswith(("exif", "profile")) and "loop" not in name
    assert bool(run.records[f"metadata-{name}"]["warnings"]) == lost


@pytest.mark.parametrize("name", others())
def test_files_of_other_types_are_no_images(run: Run, name: str) -> None:
    assert run.refusal(f"other-{name}") == "not_an_image"


@pytest.mark.parametrize("name", arrays())
def test_arrays_that_are_none_are_refused(run: Run, name: str) -> None:
    assert run.refusal(f"array-{name}") in arrays()[name][1]


def test_an_empty_file_is_refused(run: Run) -> None:
    assert run.records["empty.png"]["error"]["message"] == "empty file"


def test_headers_that_lie_are_refused(run: Run) -> None:
    assert [case.name for case in cases() if case.must and not run.refusal(case.name)] == []


def read_of(run: Run, kind: str, ending: str) -> list[str]:
    """Return the files of a format that were hurt so and not refused."""
    hurt = [case for case in cases() if case.kind == kind and case.ending == ending]
    return [case.name for case in hurt if case.base != VIEWS and not run.refusal(case.name)]


def test_cut_files_of_the_core_formats_are_refused(run: Run) -> None:
    read = [name for ending in CORE for name in read_of(run, "cut", ending)]
    assert len(read) <= CUTS_READ, read


@pytest.mark.parametrize("ending", CORE)
def test_damage_to_the_core_formats_is_refused_where_it_can_be_told(run: Run, ending: str) -> None:
    read = read_of(run, "hurt", ending)
    assert len(read) <= HURTS_READ[ending], read


def test_damage_that_pillow_knows_is_refused(run: Run) -> None:
    foreign = {name for name, data in healthy().items() if not pillow_reads(data)}
    hurt = [case for case in cases() if case.base and case.kind != "lie"]
    pictures = [case for case in hurt if case.ending not in (".npy", ".npz")]
    read = [case for case in pictures if case.base not in foreign and not run.refusal(case.name)]
    frames = {case.name: 1 if case.base == VIEWS else None for case in read}
    known = [case.name for case in read if not pillow_reads(case.data, frames[case.name])]
    assert known == []


def pillow_reads(data: bytes, frames: int | None = None) -> bool:
    """Whether Pillow, by itself, finds nothing wrong with any frame, or with the first ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=[fmt.name for fmt in FORMATS]) as image:
                for number in range(frames or int(getattr(image, "n_frames", 1))):
                    image.seek(number)
                    image.load()
        except Exception:
            return False
    return True


# One file by itself, in this process: the header alone, then the whole


@pytest.mark.parametrize("name", corpus())
def test_a_file_that_is_named_is_done_or_refused_in_one_line(updown: Updown, name: str) -> None:
    Path(name).write_bytes(corpus()[name])
    for option in ("--dry-run", "--json"):
        done = updown(*UNCHANGED, name, "-o", "out/", "--quiet", option, *LIMIT)
        assert done.code in (0, 1), done.stderr
        lines = done.stderr.splitlines()
        assert len(lines) == done.code, done.stderr
        assert [fault for line in lines for fault in faults(reason(line, name))] == []
    assert os.path.exists("out") == (done.code == 0)
    assert not os.path.exists(CANARY)


def reason(line: str, name: str) -> str:
    """Return what a line says of a file."""
    start = f"updown: {name}: "
    assert line.startswith(start)
    return line.removeprefix(start)
