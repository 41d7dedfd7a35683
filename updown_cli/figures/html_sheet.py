"""A sheet as one HTML file: its pictures in one place, one after the other, and all in a grid."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from fractions import Fraction
from html import escape

from updown_cli.figures.contact_sheet import SheetPanel
from updown_cli.figures.lettering import in_one_line

# Pixels of a screen that a picture's longer side fills at first, at least and at most, and times
# that it is magnified for that.
SMALL, LARGE, MOST_MAGNIFIED = 384, 1536, 64

# A browser that is told so loads nothing from elsewhere, whatever a name may hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #141414; --faint: #595959;
  --edge: #bebebe; --mark: #c60046; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #ececec; --faint: #a8adb5; --edge: #4a4e55; --mark: #ff6f9f; } }
body { margin: 1rem; background: var(--paper); color: var(--ink); font: 15px/1.4 sans-serif; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
p { color: var(--faint); }
.facts p { margin: .3rem 0; }
.tabs { display: flex; flex-wrap: wrap; gap: .3rem; margin-bottom: .5rem; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--edge);
  border-radius: .3rem; padding: .2rem .6rem; cursor: pointer; text-align: left; }
button[aria-pressed=true] { border-color: var(--mark); color: var(--mark); font-weight: bold; }
.stage { overflow: auto; max-height: 75vh; border: 1px solid var(--edge); width: fit-content;
  max-width: 100%; resize: both; }
figure { margin: 0; }
img { display: block; image-rendering: pixelated; cursor: crosshair; max-width: none;
  background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 0 / 16px 16px; }
.reason { color: var(--mark); padding: 1rem; max-width: 40rem; }
[hidden] { display: none; }
"""

# The panel that is shown is the one that is pressed; a click on the picture goes to the panel that
# was shown before, and back.
SCRIPT = """
for (const row of document.querySelectorAll("section")) {
  const buttons = [...row.querySelectorAll(".tabs button")];
  const figures = [...row.querySelectorAll("figure")];
  const facts = [...row.querySelectorAll(".facts p")];
  const width = Number(row.dataset.width), height = Number(row.dataset.height);
  const stage = row.querySelector(".stage"), scale = row.querySelector(".scale");
  let chosen = 0, before = Math.min(1, figures.length - 1), zoom = Number(row.dataset.zoom);
  const show = (number) => {
    for (const all of [figures, facts]) all.forEach((one, i) => { one.hidden = i !== number; });
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
  };
  const choose = (number) => {
    const next = (number + figures.length) % figures.length;
    if (next !== chosen) { before = chosen; chosen = next; }
    show(chosen);
  };
  const magnify = (factor) => {
    const x = (stage.scrollLeft + stage.clientWidth / 2) / zoom;
    const y = (stage.scrollTop + stage.clientHeight / 2) / zoom;
    zoom = Math.min(Math.max(zoom * factor, 1 / 64), 64);
    for (const image of row.querySelectorAll("img")) {
      image.style.width = width * zoom + "px";
      image.style.height = height * zoom + "px";
      const reduced = Number(image.getAttribute("width")) > width * zoom;
      image.style.imageRendering = reduced ? "auto" : "pixelated";
    }
    scale.textContent = zoom < 1 ? "1/" + 1 / zoom : zoom + "\\u00d7";
    stage.scrollLeft = x * zoom - stage.clientWidth / 2;
    stage.scrollTop = y * zoom - stage.clientHeight / 2;
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => choose(i));
    button.addEventListener("mouseenter", () => show(i));
    button.addEventListener("mouseleave", () => show(chosen));
  });
  figures.forEach((figure) => figure.addEventListener("click", () => choose(before)));
  row.querySelector(".out").addEventListener("click", () => magnify(1 / 2));
  row.querySelector(".in").addEventListener("click", () => magnify(2));
  row.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowLeft: () => choose(chosen - 1), ArrowRight: () => choose(chosen + 1),
      "+": () => magnify(2), "=": () => magnify(2), "-": () => magnify(1 / 2),
    };
    const digit = "123456789".indexOf(event.key);
    const act = keys[event.key] ||
      (event.key.length === 1 && digit >= 0 && digit < figures.length && (() => choose(digit)));
    if (act) { act(); event.preventDefault(); }
  });
  magnify(1);
  show(0);
}
document.querySelector("section").focus();
"""

HELP = (
    "Point at a name to see its picture in the same place; click a picture to go back and forth "
    "between the last two; arrow keys and digits choose, + and - magnify."
)


def page(
    rows: Sequence[tuple[str, tuple[int, int], Sequence[SheetPanel]]], foot: Sequence[str]
) -> bytes:
    """Return the page for rows of (heading, size of the source, panels).

    It needs nothing but itself: pictures are inside, and every pixel of them. Of a browser without
    scripts all pictures are seen, one below the other.
    """
    sections = "\n".join(_section(*row) for row in rows)
    notes = "".join(f"<p><code>{_text(line)}</code></p>\n" for line in foot)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{_text(rows[0][0])}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<p>{HELP}</p>\n{sections}\n{notes}<script>{SCRIPT}</script>\n</body>\n</html>\n"
    ).encode()


def _section(heading: str, size: tuple[int, int], panels: Sequence[SheetPanel]) -> str:
    width, height = size
    zoom = Fraction(1)
    while max(size) * zoom < SMALL and zoom < MOST_MAGNIFIED:
        zoom *= 2
    while max(size) * zoom > LARGE:
        zoom /= 2
    tabs = "".join(f'<button type="button">{_text(panel.title)}</button>' for panel in panels)
    scale = (
        '<button type="button" class="out" aria-label="smaller">-</button> '
        '<span class="scale"></span> '
        '<button type="button" class="in" aria-label="larger">+</button>'
    )
    shown = f"width: {float(width * zoom):g}px; height: {float(height * zoom):g}px"
    figures = "\n".join(_figure(panel, shown) for panel in panels)
    facts = "\n".join(f"<p>{_text(_told(panel))}</p>" for panel in panels)
    return (
        f'<section tabindex="0" data-width="{width}" data-height="{height}" '
        f'data-zoom="{float(zoom):g}">\n'
        f'<h2>{_text(heading)}</h2>\n<div class="tabs">{tabs}</div>\n<p>{scale}</p>\n'
        f'<div class="stage">\n{figures}\n</div>\n'
        f'<div class="facts">\n{facts}\n</div>\n</section>'
    )


def _figure(panel: SheetPanel, shown: str) -> str:
    if not panel.png:
        return f'<figure><div class="reason">{_text(panel.reason)}</div></figure>'
    data = base64.b64encode(panel.png).decode()
    width, height = panel.size
    return (
        f'<figure><img width="{width}" height="{height}" style="{shown}" '
        f'alt="{_text(panel.title)}" src="data:image/png;base64,{data}"></figure>'
    )


def _told(panel: SheetPanel) -> str:
    return ": ".join(filter(None, (panel.title, ", ".join(panel.facts))))


def _text(text: str) -> str:
    return escape(in_one_line(text))
