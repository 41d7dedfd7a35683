"""The script of the page of a layer, its panels: a step with its grids, and what is told beside."""

PANEL = r"""
const PHASES = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b",
  "#e377c2", "#7f7f7f"];

function addPanel(data, number) {
  const panel = make("section", id("panels"), undefined, "panel");
  words(make("h2", panel), (state.panels.length > 1 ? number + 1 + ". " : "") + data.head);
  for (const size of data.sizes) make("p", panel, size, "size");
  const parts = make("div", panel, undefined, "parts");
  const stamps = stamped && data.stamps ? data.stamps : null;
  const view = { data, stamps, parts, lit: [], column: -1 };
  const input = stamps ? stamps.input : data.input, output = stamps ? stamps.output : data.output;
  view.all = grid(parts, input, data.titles[0], "input");
  view.ins = valueCells(input, view.all);
  view.kept = data.kept ? grid(parts, data.kept, data.kept.title, data.kept.title) : [];
  view.windowTitle = stamps ? stamps.window : data.window;
  view.windowPart = make("div", parts, undefined, "between");
  view.outAll = grid(parts, output, data.titles[1], "output");
  view.outs = valueCells(output, view.outAll);
  name(view.ins, data.input, "input"); listen(view.ins, number, "in");
  name(view.outs, data.output, "output"); listen(view.outs, number, "out");
  if (data.kept) { name(view.kept, data.kept, "kept"); listen(view.kept, number, "kept"); }
  if (data.phases) addPhases(view, panel);
  for (const note of [stamps ? stamps.note : data.note]) if (note) make("p", panel, note);
  addMatrix(view, number);
  if (data.indices) grid(parts, data.indices, data.indices.title, data.indices.title, "numbers");
  if (data.sampling) addSampling(view);
  if (data.weighing) addWeighing(panel, data.weighing);
  if (stamps) view.sums = finalSums(view);
  views.push(view);
}

// The colour of a shuffle's value is its place in the block that one pixel becomes.
function addPhases(view, panel) {
  const used = new Set();
  view.data.steps.forEach((step, out) => {
    const phase = view.data.phases[out];
    used.add(phase);
    for (const cell of [view.outs[out], ...step.reads.map((place) => view.ins[place])]) {
      cell.classList.add("phase");
      cell.style.borderLeftColor = PHASES[phase % PHASES.length];
    }
  });
  const legend = make("p", panel, "place in a block: ", "legend");
  for (const phase of [...used].sort((one, other) => one - other)) {
    const swatch = make("span", legend, String(phase), "phase");
    swatch.style.borderLeftColor = PHASES[phase % PHASES.length];
  }
}

// What weights sum to, and where their middle is: the darker, the more.
function addWeighing(panel, weighing) {
  const part = make("details", panel);
  part.open = weighing.open;
  make("summary", part, "sums and shifts of the weights");
  for (const line of weighing.told) make("p", part, line);
  const parts = make("div", part, undefined, "parts");
  for (const picture of weighing.pictures) {
    const cells = grid(parts, picture, picture.title, picture.title, "numbers");
    cells.forEach((cell, place) => {
      cell.classList.add("shade" + picture.shades[place]);
      cell.title = picture.title + ": " + picture.exact[place];
    });
  }
}
"""
