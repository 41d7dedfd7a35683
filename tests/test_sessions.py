"""Pages with commands in them show what the commands print, and the pictures that they make."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from docs import make_sessions
from docs.make_sessions import PAGES, fresh, linked_pages, looks_the_same, pictures, write


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_its_commands_print_and_make(page: Path, tmp_path: Path) -> None:
    text = page.read_text()
    assert fresh(page, tmp_path) == text, "run docs/make_sessions.py"
    for name in [*pictures(text), *linked_pages(text)]:
        if (tmp_path / name).exists():
            assert looks_the_same(page.parent / name, tmp_path / name), name


def test_a_level_is_no_other_picture_and_two_are(tmp_path: Path) -> None:
    for level in (7, 8, 9):
        Image.new("RGB", (4, 4), (7, 7, level)).save(tmp_path / f"{level}.png")
    Image.new("RGB", (4, 3), (7, 7, 7)).save(tmp_path / "lower.png")
    seven = tmp_path / "7.png"
    others = [tmp_path / f"{name}.png" for name in ("8", "9", "lower")]
    assert [looks_the_same(seven, other) for other in others] == [True, False, False]


def test_pages_are_told_apart_by_their_text_and_by_their_pictures(tmp_path: Path) -> None:
    def page(name: str, text: str, *levels: int) -> Path:
        pictures = [io.BytesIO() for _ in levels]
        for level, file in zip(levels, pictures, strict=True):
            Image.new("L", (4, 4), level).save(file, "png")
        shown = [base64.b64encode(file.getvalue()).decode() for file in pictures]
        path = tmp_path / f"{name}.html"
        path.write_text(
            text + "".join(f'<img src="data:image/png;base64,{data}">' for data in shown)
        )
        return path

    first = page("first", "a", 7)
    others = [page("near", "a", 8), page("far", "a", 9), page("b", "b", 7), page("two", "a", 7, 7)]
    assert [looks_the_same(first, other) for other in others] == [True, False, False, False]


def test_pictures_that_look_the_same_stay_as_they_are(tmp_path: Path) -> None:
    page, shown = tmp_path / "page.md", tmp_path / "out.png"
    command = "$ updown pool sample_images/gray.png -o out.png --quiet\n"
    page.write_text(f"![halves](out.png)\n```console\n{command}```\n")
    write(page)
    first = shown.read_bytes()
    with Image.open(shown) as image:
        image.point([max(level - 1, 0) for level in range(256)]).save(shown)
    near = shown.read_bytes()
    write(page)
    assert shown.read_bytes() == near != first
    Image.new("L", (128, 128)).save(shown)
    write(page)
    assert shown.read_bytes() == first


def test_a_changed_line_is_seen_and_a_time_is_not(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    block = "```console\n$ updown pool sample_images/gray.png -o out.png\n{}```\n"
    page.write_text(block.format(""))
    first = fresh(page, tmp_path)
    assert "1x256x256 1x128x128" in first
    (tmp_path / "out.png").unlink()
    (tmp_path / "sample_images").unlink()
    old = make_sessions.TIME.sub("9999.9 ms", first)
    page.write_text(old)
    assert fresh(page, tmp_path) == old
