"""Who made a picture of another, as one HTML file: what comes near, and where it is off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from updown_cli.figures.difference_picture import DifferencePicture
from updown_cli.figures.page import as_text, html_page, picture_address
from updown_cli.figures.preview import PictureFile

STYLE = """
h2 { margin-top: 1.4rem; font-size: 1.1rem; }
.scrolled { overflow-x: auto; max-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0;
  border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td small { display: block; color: var(--faint); font-size: .8rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
.pictures figure { margin: 0; max-width: 100%; }
.pictures img { display: block; height: auto; border: 1px solid var(--edge);
  background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 0 / 16px 16px; }
.pictures img.enlarged { image-rendering: pixelated; }
.pictures figcaption { padding-bottom: .3rem; overflow-wrap: anywhere; }
"""

#: Tells that the page can be looked at; nothing on it moves.
SCRIPT = 'document.body.dataset.ready = "yes";'

# Pixels of a screen that a small picture's longer side fills at least, and that pictures with their
# texts are wide at least and at most.
SMALL, NARROW, WIDE = 256, 320, 620

NUMBERS = ("max", "mean", "PSNR", "values that differ")


@dataclass(frozen=True)
class ResultPictures:
    """A result, and how far what candidates make is from it; None where there is no picture."""

    file: PictureFile | None
    size: tuple[int, int]
    differences: Sequence[tuple[str, DifferencePicture | None]]


def identify_page(
    found: dict[str, Any],
    kinds: Sequence[tuple[str, dict[str, Any]]],
    shown: Sequence[ResultPictures],
) -> bytes:
    """Return the page of what was found of pairs of files, as its JSON has it.

    `kinds` are the candidates in their order, each with what it is.
    """
    name = found["best"]["name"]
    title = name if found["found"] else f"none of these; the nearest is {name}"
    pairs = zip(found["files"], found["frames"], found["jpeg"], strict=True)
    lines = "".join(f"<p>{_pair(found['frame'], *pair)}</p>\n" for pair in pairs)
    body = f"<h1>{as_text(title)}</h1>\n{lines}{_again(found)}{_table(found, kinds)}"
    pictures = zip(found["files"], shown, strict=True)
    body += "".join(_pictures(result, one) for (_, result), one in pictures)
    return html_page(f"identify: {name}", body, style=STYLE, script=SCRIPT)


def _pair(frame: int, files: Sequence[str], frames: Sequence[int], is_jpeg: bool) -> str:
    """Return what became what, and what of it is compared."""
    source, result = (
        f"<code>{as_text(file)}</code>" + f" (frame {frame} of {count})" * (count > 1)
        for file, count in zip(files, frames, strict=True)
    )
    return f"{source} became {result}{', a JPEG, whose brightness is compared' * is_jpeg}"


def _again(found: dict[str, Any]) -> str:
    """Return the commands and the code that make the results again."""
    if not found["found"]:
        return ""
    commands = found["commands"] or ["nothing in updown gives the same"]
    parts = [_lines("command", commands)]
    parts += [_lines("code", found["code"].rstrip().split("\n"))] * bool(found["code"])
    return f"<h2>How to make it again</h2>\n{''.join(parts)}"


def _lines(name: str, lines: Sequence[str]) -> str:
    text = "\n".join(map(as_text, lines))
    return f'<pre tabindex="0" role="group" aria-label="{name}">{text}</pre>\n'


def _table(found: dict[str, Any], kinds: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """Return what comes near, how far each is from every result."""
    files = [result for _, result in found["files"]]
    named = files if len(files) > 1 else [""]
    rows = "".join(
        f"<tr>{_cells(kind, candidate, file, distance)}</tr>\n"
        for kind, candidate in kinds
        for file, distance in zip(named, candidate["distances"], strict=True)
    )
    heads = "<th></th><th>made by</th>" + "<th>result</th>" * (len(files) > 1)
    heads += "".join(f'<th class="number">{name}</th>' for name in NUMBERS)
    return (
        "<h2>What comes near</h2>\n<p>In levels of 8 bits; of a JPEG, of its brightness.</p>\n"
        '<div class="scrolled" tabindex="0" role="group" aria-label="what comes near">'
        f"<table><tr>{heads}</tr>\n{rows}</table></div>\n"
    )


def _cells(kind: str, candidate: dict[str, Any], file: str, distance: dict[str, Any]) -> str:
    """Return the cells of a candidate, with the result's name if there are several."""
    proof = f"<small>{as_text(candidate['proof'])}</small>" if candidate["proof"] else ""
    psnr = distance["psnr"]
    numbers = (
        f"{distance['max']:.6g}",
        f"{distance['mean']:.6g}",
        psnr if isinstance(psnr, str) else f"{psnr:.6g} dB",
        f"{distance['percent']:.6g}%",
    )
    texts = f"<td>{as_text(kind)}</td><td>{as_text(candidate['name'])}{proof}</td>"
    texts += f"<td>{as_text(file)}</td>" if file else ""
    return texts + "".join(f'<td class="number">{number}</td>' for number in numbers)


def _pictures(result: str, shown: ResultPictures) -> str:
    """Return a result and, beside it, where candidates are off."""
    figures = [*_figures(result, shown)]
    if not figures:
        return ""
    return (
        f"<h2>Where {as_text(result)} differs</h2>\n"
        f'<div class="pictures">{"".join(figures)}</div>\n'
    )


def _figures(result: str, shown: ResultPictures) -> Iterator[str]:
    if shown.file is not None:
        yield _figure(f"{result}, as it is", result, shown.file, shown.size)
    names: dict[DifferencePicture, list[str]] = {}
    for name, one in shown.differences:
        if one is not None:
            names.setdefault(one, []).append(name)
    for one, alike in names.items():
        name = "; ".join(alike)
        if one.file is None:
            yield f"<figure><figcaption>{as_text(name)}: no value differs</figcaption></figure>"
        else:
            alt = f"differences of {result} from {name}"
            yield _figure(f"{name}: {_scale(one, one.file.reduced)}", alt, one.file, one.size)


def _scale(one: DifferencePicture, reduced: int) -> str:
    """Return how differences are shown."""
    levels = f"level{'s' * (one.largest != 1)} of 255"
    told = f"differences times {255 / one.largest:.3g}, white is {one.largest:.3g} {levels}"
    return told + f"; reduced to 1/{reduced}, the largest of each square" * (reduced > 1)


def _figure(caption: str, alt: str, file: PictureFile, size: tuple[int, int]) -> str:
    times = max(1, -(-SMALL // max(size)))
    width = min(size[0] * times, WIDE)
    enlarged = ' class="enlarged"' * (times > 1)
    return (
        f'<figure style="width: {max(width, NARROW)}px">'
        f"<figcaption>{as_text(caption)}</figcaption>"
        f'<img{enlarged} alt="{as_text(alt)}" width="{size[0]}" height="{size[1]}" '
        f'style="width: {width}px" src="{picture_address(file.kind, file.data)}"></figure>\n'
    )
