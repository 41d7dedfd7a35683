"""The script of the page of a layer, its matrix: a row per output value, also gone to by keys."""

MATRIX = r"""
function addMatrix(view, number) {
  const part = make("div", view.parts, undefined, "part");
  make("h3", part, view.data.matrix);
  const rows = view.outs.length, columns = view.ins.length + view.kept.length;
  const box = make("div", part, undefined, "matrix"), canvas = make("canvas", box);
  view.size = Math.max(3, Math.min(16, Math.floor(260 / Math.max(rows, columns))));
  canvas.width = columns * view.size; canvas.height = rows * view.size;
  canvas.setAttribute("aria-hidden", "true");
  canvas.addEventListener("mousemove", (event) => {
    const row = Math.floor(event.offsetY / view.size);
    if (row >= 0 && row < rows) choose(number, "out", row);
  });
  // Of its rows the one that is lit is told, as of a list in which one thing is chosen.
  box.tabIndex = 0;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", view.data.matrix + ", a row for each output value");
  view.option = make("div", box, "", "unseen");
  view.option.id = "row" + number;
  view.option.setAttribute("role", "option");
  view.option.setAttribute("aria-selected", "true");
  view.option.setAttribute("aria-setsize", rows);
  box.setAttribute("aria-activedescendant", view.option.id);
  const go = (row) => choose(number, "out", Math.max(0, Math.min(rows - 1, row)));
  const here = () => view.lit.length ? view.lit[0] : 0;
  box.addEventListener("focus", () => go(here()));
  box.addEventListener("click", () => box.focus());
  box.addEventListener("keydown", (event) => {
    const line = view.data.output.columns;
    const to = { ArrowUp: here() - 1, ArrowDown: here() + 1, PageUp: here() - line,
      PageDown: here() + line, Home: 0, End: rows - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  });
  view.canvas = canvas;
}

function drawMatrix(view) {
  const style = getComputedStyle(document.documentElement), size = view.size;
  const pen = view.canvas.getContext("2d");
  pen.clearRect(0, 0, view.canvas.width, view.canvas.height);
  pen.fillStyle = style.getPropertyValue("--out");
  for (const row of view.lit) pen.fillRect(0, row * size, view.canvas.width, size);
  pen.fillStyle = style.getPropertyValue("--read");
  if (view.column >= 0) pen.fillRect(view.column * size, 0, size, view.canvas.height);
  const mark = (row, column, shade) => {
    pen.fillStyle = style.getPropertyValue(shade < 0 ? "--minus" : "--plus");
    pen.globalAlpha = Math.max(Math.abs(shade), 0.4) / 4;
    pen.fillRect(column * size + 0.5, row * size + 0.5, size - 1, size - 1);
    pen.globalAlpha = 1;
  };
  view.data.steps.forEach((step, row) => {
    step.reads.forEach((column, at) => mark(row, column, step.shades.length ? step.shades[at] : 4));
    for (const column of step.kept || []) mark(row, view.ins.length + column, 4);
  });
  const row = view.lit.length ? view.lit[0] : 0, rows = view.data.output.names;
  view.option.setAttribute("aria-posinset", row + 1);
  view.option.textContent = "row " + row + ": output " + rows[row];
}
"""
