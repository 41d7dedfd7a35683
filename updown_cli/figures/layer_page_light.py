"""The script of the page of a layer, its light: what is read and reached, through all panels."""

LIGHT = r"""
function choose(number, side, place) { chosen = { number, side, place }; light(); }

const say = (text) => { id("line").textContent = text; };

function light() {
  forget();
  for (const view of views) {
    for (const cell of [...view.all, ...view.kept, ...view.outAll])
      cell.classList.remove("read", "out", "chosen");
    view.windowPart.replaceChildren();
    view.lit = []; view.column = -1;
    if (view.stamps) showSums(view, view.sums);
  }
  const first = chosen && views[chosen.number];
  if (!first) return;
  const { number, side, place } = chosen;
  if (first.stamps && side === "in") stamp(first, place);
  else through(number, side, place);
  if (side === "out") tellOutput(first, place);
  else tellInput(first, side, place);
  for (const view of views) { drawMatrix(view); markSampling(view); }
}

// What an output value is made of goes back to the input, and what it is part of on to the result.
function through(number, side, place) {
  const wanted = views.map(() => new Set()), had = views.map(() => new Set());
  const given = views.map(() => new Set()), kept = views.map(() => new Set());
  const from = side === "out" ? number : side === "in" ? number - 1 : views[number].data.keeper;
  if (from >= 0) { wanted[from].add(place); had[from].add(place); } else given[0].add(place);
  for (let at = from; at >= 0; at--) for (const out of wanted[at]) {
    const step = views[at].data.steps[out];
    for (const one of step.reads) { given[at].add(one); if (at) wanted[at - 1].add(one); }
    for (const one of step.kept || []) {
      kept[at].add(one); wanted[views[at].data.keeper].add(one);
    }
  }
  for (let at = from + 1; at < views.length; at++) {
    const { data } = views[at];
    if (at) for (const one of had[at - 1]) given[at].add(one);
    if (data.kept) for (const one of had[data.keeper]) kept[at].add(one);
    data.steps.forEach((step, out) => {
      if (step.reads.some((one) => given[at].has(one)) ||
        (step.kept || []).some((one) => kept[at].has(one))) had[at].add(out);
    });
  }
  views.forEach((view, at) => {
    view.lit = [...(at <= from ? wanted[at] : had[at])].sort((one, other) => one - other);
    for (const out of view.lit) view.outs[out].classList.add("out");
    for (const one of given[at]) view.ins[one].classList.add("read");
    for (const one of kept[at]) view.kept[one].classList.add("read");
  });
}

// The weights of what an output value reads, its window, and its arithmetic.
function tellOutput(view, place) {
  const step = view.data.steps[place];
  step.reads.forEach((one, at) => weigh(view.ins[one], step.texts[at]));
  (step.kept || []).forEach((one, at) => weigh(view.kept[one], step.keptTexts[at]));
  if (!view.stamps) {
    for (const cell of step.cells) view.all[cell].classList.add("read");
    if (step.chosen >= 0) view.all[step.chosen].classList.add("chosen");
    grid(view.windowPart, view.data.windows[step.window], view.windowTitle, view.windowTitle,
      "numbers");
  }
  if (view.data.indices && step.reads.length) {
    const at = view.data.indices.texts[place];
    note(view.outs[place], "at " + at);
  }
  say(step.where + ": " + step.line);
}

// The weights with which an input value goes into what it reaches.
function tellInput(view, side, place) {
  const [reads, texts] = side === "in" ? ["reads", "texts"] : ["kept", "keptTexts"];
  view.data.steps.forEach((step, out) => {
    const at = step[reads].indexOf(place);
    if (at >= 0) weigh(view.outs[out], step[texts][at]);
  });
  if (view.stamps && side === "in") return;
  view.column = side === "in" ? place : view.ins.length + place;
  const grid = side === "in" ? view.data.input : view.data.kept;
  const reach = side === "in" ? view.data.reach : grid.reach;
  say((side === "in" ? "input " : "kept ") + grid.names[place] + ": " + reach[place]);
}

const weigh = (cell, text) => { if (text !== undefined) note(cell, "\u00d7 " + text); };

// The sums that all stamps leave, and those that the stamps up to one have left.
function finalSums(view) { return sumsUpTo(view, view.stamps.steps.length - 1); }

function sumsUpTo(view, last) {
  const texts = [...view.stamps.output.texts];
  for (let at = 0; at <= last; at++) {
    const step = view.stamps.steps[at];
    step.cells.forEach((cell, number) => { texts[cell] = step.texts[number]; });
  }
  return texts;
}

function showSums(view, texts) {
  view.outAll.forEach((cell, at) => {
    cell.querySelector("span").textContent = texts[at];
    relabel(cell);
  });
}

function stamp(view, place) {
  const step = view.stamps.steps[place];
  showSums(view, sumsUpTo(view, place));
  view.column = place;
  view.ins[place].classList.add("read");
  for (const cell of step.cells) view.outAll[cell].classList.add("out");
  view.data.steps.forEach((one, out) => { if (one.reads.includes(place)) view.lit.push(out); });
  grid(view.windowPart, view.stamps.windows[step.window], view.windowTitle, view.windowTitle,
    "numbers");
  say(step.where + ": " + step.line);
}
"""
