"""The script of the page of a layer, its grids of numbers, and the keys that go through them."""

GRIDS = r"""
const id = (name) => document.getElementById(name);
// Names of options stay whole: a line breaks between words, not at their hyphens.
const words = (node, text) => node.replaceChildren(
  ...text.split(/((?<!\S)--?[a-z][a-z-]*)/).map((part, number) => {
    if (number % 2 === 0) return part;
    const option = document.createElement("span");
    option.className = "option";
    option.textContent = part;
    return option;
  }));
const make = (tag, parent, text, kind) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (kind) node.className = kind;
  if (parent) parent.append(node);
  return node;
};
const KINDS = ["value", "around", "between"];
let model, state, views = [], chosen = null, timer = 0, stamped = false;

async function unpack() {
  const bytes = Uint8Array.from(atob(id("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// A table for each plane of an array, with an own line in each cell for what is noted there.
function grid(parent, array, title, label, kind) {
  const part = make("div", parent, undefined, "part"), cells = [];
  make("h3", part, title);
  if (kind) part.tabIndex = array.columns > 5 ? 0 : -1;  // wide ones scroll, by keys as well
  for (let plane = 0; plane < array.planes; plane++) {
    const table = make("table", part);
    table.setAttribute("role", kind ? "table" : "grid");
    table.setAttribute("aria-label", array.planes > 1 ? label + ", plane " + plane : label);
    if (kind) table.className = kind;
    for (let row = 0; row < array.rows; row++) {
      const line = make("tr", table);
      line.setAttribute("role", "row");
      for (let column = 0; column < array.columns; column++) {
        const what = array.kinds ? KINDS[array.kinds[row * array.columns + column]] : "value";
        const cell = make("td", line, undefined, what);
        cell.setAttribute("role", kind ? "cell" : "gridcell");
        make("span", cell, array.texts[cells.length]);
        if (!kind) { cell.append(" "); make("small", cell); }
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

let noted = [];
function note(cell, text) {
  cell.querySelector("small").textContent = text;
  relabel(cell);
  noted.push(cell);
}
function forget() {
  const before = noted;
  noted = [];
  for (const cell of before) note(cell, "");
  noted = [];
}

function listen(cells, number, side) {
  cells.forEach((cell, place) => {
    const act = () => choose(number, side, place);
    cell.addEventListener("mouseenter", act);
    cell.addEventListener("focus", () => {
      for (const other of cells) other.tabIndex = -1;
      cell.tabIndex = 0;
      act();
    });
    cell.addEventListener("click", () => { cell.focus(); act(); });
    cell.addEventListener("keydown", (event) => move(event, cells, cell));
  });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function move(event, cells, cell) {
  if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    cells[event.key === "Home" ? 0 : cells.length - 1].focus();
  }
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const line = cell.parentNode, rows = [...line.parentNode.children];
  let [column, row] = [[...line.children].indexOf(cell), rows.indexOf(line)];
  for (;;) {
    column += step[0]; row += step[1];
    const next = rows[row] && rows[row].children[column];
    if (!next) break;
    if (cells.includes(next)) { next.focus(); return; }
  }
  // Behind the last column or row comes the next plane's first value, and the other way round.
  const place = cells.indexOf(cell), tables = cells.map((one) => one.closest("table"));
  const by = step[0] + step[1], table = cell.closest("table");
  for (let at = place + by; at >= 0 && at < cells.length; at += by)
    if (tables[at] !== table) { cells[at].focus(); return; }
}
"""
