"""What an examination found, as one HTML file: every number is one of its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from updown_cli.figures.curves import Curve
from updown_cli.figures.line_chart import CHART_STYLE, line_chart
from updown_cli.figures.page import as_text, html_page

STYLE = f"""{CHART_STYLE}
h1 code {{ font-size: 1.1rem; }} h2 {{ margin-top: 1.4rem; font-size: 1.1rem; }}
h3 {{ color: var(--ink); font-weight: bold; }}
.finding {{ border-left: 4px solid var(--edge); padding-left: .8rem; margin: .6rem 0;
  max-width: 50rem; }}
.finding p::first-letter {{ text-transform: uppercase; }}
.fault .finding {{ border-color: var(--mark); }}
.broken, .verdict-fault {{ color: var(--mark); font-weight: bold; }}
.scrolled {{ overflow-x: auto; max-width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }}
td small {{ display: block; color: var(--faint); font-size: .8rem; }}
td.about {{ color: var(--faint); font-size: .9rem; }}
.numbers td, .numbers th {{ text-align: right; white-space: nowrap; }}
summary {{ min-height: 44px; padding: .6rem 0; cursor: pointer; }}
@media (max-width: 40rem) {{
  .measures tr {{ display: grid; grid-template-columns: 7.2rem 1.2fr .8fr 1fr; }}
  .measures {{ display: block; }} .measures tbody {{ display: block; }}
  .measures .about {{ grid-column: 1 / -1; padding-top: 0; }}
  .measures th.about {{ display: none; }}
  .measures td {{ border: 0; }} .measures tr {{ border-bottom: 1px solid var(--line); }} }}
"""

#: Tells that the page can be looked at; nothing on it moves.
SCRIPT = 'document.body.dataset.ready = "yes";'

# How far around its middle a kernel is shown, in pixels of the coarser side.
SPAN = (-4.0, 4.0)

AXES = ("down", "across")


def doctor_page(found: dict[str, Any], titles: dict[str, str], broken: Sequence[str]) -> bytes:
    """Return the page of an examination's JSON.

    `titles` are of the verdicts that are told in sentences; `broken` says which limits of the user
    do not hold.
    """
    sizes = [" x ".join(map(str, found[side])) for side in ("in", "out")]
    head = (
        f"<h1><code>{as_text(found['subject'])}</code></h1>\n"
        f"<p>{sizes[0]} becomes {sizes[1]}: {found['conclusion']}</p>\n"
    )
    told = (_told(title, found, verdict) for verdict, title in titles.items())
    limits = "".join(f'<p class="broken">{as_text(reason)}</p>\n' for reason in broken)
    body = head + limits + "".join(chain(told, [_charts(found), _measures(found)], _numbers(found)))
    return html_page(f"doctor: {found['subject']}", body, style=STYLE, script=SCRIPT)


def _told(title: str, found: dict[str, Any], verdict: str) -> str:
    """Return the findings of a verdict, each with what it means and what would mend it."""
    findings = [one for one in found["findings"] if one["verdict"] == verdict]
    if not findings:
        return ""
    entries = "".join(map(_finding, findings))
    return f'<section class="{as_text(verdict)}"><h2>{as_text(title)}</h2>\n{entries}</section>\n'


def _finding(one: dict[str, Any]) -> str:
    value = "" if one["value"] is None else f": {one['shown']}"
    sentences = "".join(f"<p>{as_text(one[part])}</p>" for part in ("means", "excuse") if one[part])
    mend = f"<p>To mend it, {as_text(one['mend'])}</p>" if one["mend"] else ""
    title = as_text(one["measure"] + value)
    return f'<div class="finding"><h3>{title}</h3>{sentences}{mend}</div>\n'


def _measures(found: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{as_text(one['measure'])}</td><td>{as_text(one['shown'])}</td>"
        f"<td>{as_text(one['limit_shown'])}</td>"
        f'<td class="verdict-{as_text(one["verdict"])}">{as_text(one["verdict"])}</td>'
        f'<td class="about">{as_text(one["about"])}</td></tr>\n'
        for one in found["findings"]
    )
    head = "".join(f"<th>{name}</th>" for name in ("measure", "value", "limit", "verdict"))
    return (
        '<h2>All measures</h2>\n<table class="measures">'
        f'<tr>{head}<th class="about">what it is</th></tr>\n{rows}</table>\n'
    )


def _charts(found: dict[str, Any]) -> str:
    """Return what was measured along both axes as curves."""
    sides = zip(AXES, found["in"], found["out"], strict=True)
    # What the coarser side's pixels are in pixels of the source.
    units = {axis: min(1.0, after / before) for axis, before, after in sides}
    shown = [_kernel_curve(axis, found["kernel"][axis], unit) for axis, unit in units.items()]
    gains = [_gain_curve(axis, found["response"][axis], unit) for axis, unit in units.items()]
    steps = [Curve(axis, *found["edge"][axis].values()) for axis in AXES]
    far = max(float(curve.places[-1]) for curve in gains)
    charts = (
        line_chart(
            "kernel at all phases, over pixels of the coarser side", shown, SPAN, joined=False
        ),
        line_chart("response, over the highest frequency that fits", gains, (0.0, far)),
        line_chart("an edge, over pixels of the coarser side", steps, SPAN),
    )
    title = "<h2>Kernel, frequency response and edges</h2>"
    return f'{title}\n<div class="charts">{"".join(charts)}</div>\n'


def _gain_curve(axis: str, response: dict[str, Any], unit: float) -> Curve:
    """Return the response over the highest frequency that fits the coarser side."""
    places = [frequency / (unit / 2) for frequency in response["frequencies"]]
    return Curve(axis, places, response["response"])


def _kernel_curve(axis: str, kernel: dict[str, Any], unit: float) -> Curve:
    """Return the kernels of all phases as one curve, which has an area of 1."""
    points = sorted(
        (distance * unit, weight / (kernel["tap"] * unit))
        for row in kernel["by_phase"]
        for distance, weight in zip(row["distances"], row["weights"], strict=True)
    )
    return Curve(axis, [place for place, _ in points], [weight for _, weight in points])


def _phases(axis: str, kernel: dict[str, Any]) -> str:
    """Return the weights of each phase, below each how far its pixel is from the result's."""
    rows = kernel["by_phase"]
    used = [
        tap for tap in range(len(rows[0]["weights"])) if any(row["weights"][tap] for row in rows)
    ]
    cells = (
        [f"<td>{row['phase']:g}</td>"]
        + [
            f"<td>{row['weights'][tap]:g}<small>{row['distances'][tap]:g}</small></td>"
            for tap in used
        ]
        for row in rows
    )
    phases = kernel["phases"]
    title = f"kernel {axis}, {len(rows)} of {phases} phases" if phases > 1 else f"kernel {axis}"
    head = (
        f'<th>phase</th><th colspan="{len(used)}">weights, and source pixels from the result</th>'
    )
    return _table(title, head, map("".join, cells))


def _numbers(found: dict[str, Any]) -> Iterator[str]:
    """Yield the numbers of all curves, to unfold."""
    yield from (_phases(axis, found["kernel"][axis]) for axis in AXES)
    columns = {
        "response": ("cycles per source pixel", "response"),
        "edge": ("pixels of the coarser side", "level"),
    }
    for name, heads in columns.items():
        head = "".join(f"<th>{text}</th>" for text in heads)
        for axis in AXES:
            rows = zip(*found[name][axis].values(), strict=True)
            yield _table(f"{name} {axis}", head, map(_cells, rows))


def _cells(row: Iterable[float]) -> str:
    return "".join(f"<td>{number:g}</td>" for number in row)


def _table(title: str, head: str, rows: Iterable[str]) -> str:
    lines = "".join(f"<tr>{row}</tr>\n" for row in rows)
    name = as_text(title)
    return (
        f'<details class="numbers"><summary>Numbers: {name}</summary>\n'
        f'<div class="scrolled" tabindex="0" role="group" aria-label="{name}">'
        f"<table><tr>{head}</tr>\n{lines}</table></div></details>\n"
    )
