"""Plans and tables are made once for all pictures of a size, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import noise
from updown_cli.batch.inputs import Selection
from updown_cli.batch.job import Worker
from updown_cli.batch.plans import MOST_BYTES, OF_A_PLAN, Plans
from updown_cli.batch.run import collect
from updown_cli.batch.settings import Settings
from updown_cli.engine import memory, table_whole
from updown_cli.errors import InputError
from updown_cli.files.reading import Reading
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan


def halving() -> Pipeline:
    """Return what is done to every picture."""
    return Pipeline.of(Bicubic(scale_factor=(0.5,), antialias=True))


def worker_on(folder: Path, sizes: list[tuple[int, int]]) -> Worker:
    """Return a worker that has done a picture of each of these sizes."""
    from PIL import Image

    source = folder / "in"
    source.mkdir()
    for number, (width, height) in enumerate(sizes):
        pixels = noise(3, height, width)
        Image.fromarray(pixels.transpose(1, 2, 0).copy()).save(source / f"{number:03d}.png")
    settings = Settings(output=f"{folder}/out/")
    pipeline = halving()
    worker = Worker(pipeline, settings)
    (folder / "out").mkdir()
    for job in collect(Selection(paths=(str(source),)), pipeline, settings):
        assert worker.process(job).status == "done"
    return worker


def test_pictures_of_one_size_share_a_plan_and_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six pictures of two sizes two plans are made, and tables twice."""
    made: list[str] = []
    make = table_whole._tables

    def count(plan: Plan, dtype: str) -> table_whole.Tables:
        made.append(dtype)
        return make(plan, dtype)

    monkeypatch.setattr(table_whole, "_tables", count)
    worker = worker_on(tmp_path, [(40, 30), (50, 20)] * 3)
    assert made == ["float32", "float32"]
    assert len(worker.plans.kept) == 2
    assert len(worker.engine.tables) == 2


def test_many_sizes_take_no_more_memory_than_a_few_hundred() -> None:
    """Plans of 2,000 sizes: those that were used last are kept."""
    pipeline = halving()
    plans = Plans(pipeline, Settings())
    for width in range(10, 2010):
        plans.of(pipeline, Shape(3, 10, width), 1)
    assert plans.kept.bytes <= MOST_BYTES
    assert len(plans.kept) == MOST_BYTES // OF_A_PLAN
    last = plans.of(pipeline, Shape(3, 10, 2009), 1)
    assert last is plans.of(pipeline, Shape(3, 10, 2009), 1)
    assert last.shape == (3, 5, 1004)


def test_a_plan_that_is_found_again_is_held_to_the_limits_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory that has become short since refuses what it allowed before."""
    pipeline = halving()
    plans = Plans(pipeline, Settings(reading=Reading(max_pixels=10**6)))
    plans.of(pipeline, Shape(3, 900, 1000), 1)
    monkeypatch.setattr(memory, "free_memory", lambda: 4096)
    with pytest.raises(InputError, match="a quarter of what is free is"):
        plans.of(pipeline, Shape(3, 900, 1000), 1)


def test_free_memory_is_asked_for_once_a_second(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Within a second the first answer holds; after it the system is asked again."""
    told = tmp_path / "meminfo"
    monkeypatch.setattr(memory, "MEMINFO", str(told))
    monkeypatch.setattr(memory, "GROUPS", ())
    clock = [1e9]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    found = []
    for kilobytes, at in ((100, 1e9), (50, 1e9 + 0.9), (50, 1e9 + 1.1)):
        told.write_text(f"MemTotal: 900 kB\nMemAvailable: {kilobytes} kB\n")
        clock[0] = at
        found.append(memory.free_memory())
    assert found == [102400, 102400, 51200]
