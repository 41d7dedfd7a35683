"""What the page of a layer does: it shows states and looks up what reads what, and computes none.

Every text is put in as text, so that a name is never anything else.
"""

from updown_cli.figures.layer_page_controls import CONTROLS
from updown_cli.figures.layer_page_drawing import DRAWING

GRIDS = r"""
const id = (name) => document.getElementById(name);
const make = (tag, parent, text, kind) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (kind) node.className = kind;
  if (parent) parent.append(node);
  return node;
};
const KINDS = ["value", "around", "between"], PHASES = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd",
  "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f"];
let model, state, views = [], chosen = null, timer = 0, stamped = false;

async function unpack() {
  const bytes = Uint8Array.from(atob(id("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function grid(parent, array, title, name, classes) {
  const part = make("div", parent, undefined, "part"), cells = [];
  make("h3", part, title);
  for (let plane = 0; plane < array.planes; plane++) {
    const table = make("table", part);
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", array.planes > 1 ? name + ", plane " + plane : name);
    if (classes) table.className = classes;
    for (let row = 0; row < array.rows; row++) {
      const line = make("tr", table);
      line.setAttribute("role", "row");
      for (let column = 0; column < array.columns; column++) {
        const kind = array.kinds ? KINDS[array.kinds[row * array.columns + column]] : "value";
        const cell = make("td", line, undefined, kind);
        cell.setAttribute("role", "gridcell");
        make("span", cell, array.texts[cells.length]);
        if (!classes) { cell.append(" "); make("small", cell); }
        cells.push(cell);
      }
    }
  }
  return cells;
}

function valueCells(array, cells) {
  const plane = array.kinds.length;
  return cells.filter((cell, number) => array.kinds[number % plane] === "0");
}

function addPanel(data, number) {
  const panel = make("section", id("panels"), undefined, "panel");
  make("h2", panel, data.head);
  for (const size of data.sizes) make("p", panel, size);
  const parts = make("div", panel, undefined, "parts");
  const stamps = stamped && data.stamps ? data.stamps : null;
  const view = { data, stamps, parts };
  view.all = grid(parts, data.input, data.titles[0], "input");
  view.ins = valueCells(data.input, view.all);
  view.windowTitle = stamps ? stamps.window : data.window;
  view.windowPart = make("div", parts);
  const output = stamps ? stamps.output : data.output;
  view.outAll = grid(parts, output, data.titles[1], "output");
  view.outs = valueCells(output, view.outAll);
  name(view.ins, data.input, "input"); name(view.outs, data.output, "output");
  listen(view.ins, number, "in"); listen(view.outs, number, "out");
  if (data.phases) data.steps.forEach((step, out) => {
    for (const cell of [view.outs[out], ...step.reads.map((place) => view.ins[place])]) {
      cell.classList.add("phase");
      cell.style.borderLeftColor = PHASES[data.phases[out] % PHASES.length];
    }
  });
  for (const note of [stamps ? stamps.note : data.note]) if (note) make("p", panel, note);
  if (data.weights || data.steps.length) addMatrix(view, number);
  if (data.sampling) addSampling(view);
  views.push(view);
}

function name(cells, array, side) {
  cells.forEach((cell, place) => {
    cell.dataset.place = side + " " + array.names[place] + ": ";
    cell.title = cell.dataset.place + array.exact[place];
    relabel(cell);
    cell.dataset.exact = array.exact[place];
    cell.tabIndex = place ? -1 : 0;
  });
}

function relabel(cell) {
  if (!cell.dataset.place) return;
  const parts = [...cell.children].map((part) => part.textContent).filter((text) => text);
  cell.setAttribute("aria-label", cell.dataset.place + parts.join(" "));
}

function note(cell, text) { cell.querySelector("small").textContent = text; relabel(cell); }

function listen(cells, number, side) {
  cells.forEach((cell, place) => {
    const act = () => choose(number, side, place);
    cell.addEventListener("mouseenter", act);
    cell.addEventListener("focus", act);
    cell.addEventListener("click", () => { cell.focus(); act(); });
    cell.addEventListener("keydown", (event) => move(event, cells, cell));
  });
}

function move(event, cells, cell) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const line = cell.parentNode, rows = [...line.parentNode.children];
  let [column, row] = [[...line.children].indexOf(cell), rows.indexOf(line)];
  for (let tries = 0; tries < 99; tries++) {
    column += step[0]; row += step[1];
    const next = rows[row] && rows[row].children[column];
    if (!next) return;
    if (cells.includes(next)) { next.focus(); return; }
  }
}

function choose(number, side, place) { chosen = { number, side, place }; light(); }

const union = (lists) => [...new Set(lists.flat())];

function light() {
  for (const view of views) {
    for (const cell of [...view.all, ...view.outAll]) {
      cell.classList.remove("read", "out", "chosen");
      note(cell, "");
    }
    view.windowPart.replaceChildren();
    view.lit = [];
  }
  if (!chosen || !views[chosen.number]) return;
  const { number, side, place } = chosen, first = views[number];
  if (first.stamps && side === "in") { stamp(first, place); return; }
  let outs = side === "out" ? [place] : reaching(first, [place]);
  let ins = side === "out" ? first.data.steps[place].reads : [place];
  show(first, outs, ins, side === "out" ? place : -1);
  for (let at = number - 1, want = ins; at >= 0; at--) {
    const read = union(want.map((out) => views[at].data.steps[out].reads));
    show(views[at], want, read, -1);
    want = read;
  }
  for (let at = number + 1, have = outs; at < views.length; at++) {
    const reached = reaching(views[at], have);
    show(views[at], reached, have, -1);
    have = reached;
  }
  const step = first.data.steps[place];
  say(side === "out" ? step.where + ": " + step.line
    : "input " + first.data.input.names[place] + ": " + first.data.reach[place]);
}

function reaching(view, places) {
  const wanted = new Set(places), found = [];
  view.data.steps.forEach((step, out) => {
    if (step.reads.some((place) => wanted.has(place))) found.push(out);
  });
  return found;
}

function show(view, outs, ins, told) {
  for (const out of outs) view.outs[out].classList.add("out");
  if (told < 0) {
    for (const place of ins) view.ins[place].classList.add("read");
  } else {
    const step = view.data.steps[told];
    for (const cell of step.cells) view.all[cell].classList.add("read");
    step.reads.forEach((place, at) => {
      view.ins[place].classList.add("read");
      if (step.texts[at] !== undefined) note(view.ins[place], "\u00d7 " + step.texts[at]);
    });
    if (step.chosen >= 0) view.all[step.chosen].classList.add("chosen");
    if (step.index !== null && step.index >= 0 && step.cells.length > 1)
      note(view.outs[told], "at " + step.index);
    grid(view.windowPart, view.data.windows[step.window], view.windowTitle, view.windowTitle,
      "window");
  }
  view.lit = outs;
  drawMatrix(view);
}

function stamp(view, place) {
  view.outAll.forEach((cell, at) => {
    cell.querySelector("span").textContent = view.stamps.output.texts[at];
  });
  for (let at = 0; at <= place; at++) {
    const step = view.stamps.steps[at];
    step.cells.forEach((cell, number) => {
      view.outAll[cell].querySelector("span").textContent = step.texts[number];
    });
  }
  for (const cell of view.outAll) relabel(cell);
  const step = view.stamps.steps[place];
  view.ins[place].classList.add("read");
  for (const cell of step.cells) view.outAll[cell].classList.add("out");
  grid(view.windowPart, view.stamps.windows[step.window], view.windowTitle, view.windowTitle,
    "window");
  say(step.where + ": " + step.line);
}

function say(text) { id("line").textContent = text; }
"""

SCRIPT = GRIDS + DRAWING + CONTROLS
