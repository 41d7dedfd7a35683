"""The script of the page of a layer: where the pixels of what interpolates are sampled."""

SAMPLING = r"""
const SVG = "http://www.w3.org/2000/svg";

function draw(tag, parent, settings, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(settings)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

// Both grids over the same length, and a line from each output pixel to where it is sampled.
function addSampling(view) {
  const part = make("div", view.parts, undefined, "part sampling");
  make("h3", part, "where the output's pixels (above) are sampled in the input (below)");
  const figures = make("div", part, undefined, "parts");
  view.marks = [];
  for (const axis of view.data.sampling) {
    const figure = make("figure", figures);
    make("figcaption", figure, [axis.convention, "in " + axis.axis].join(" ").trim());
    addAxis(figure, axis, view.marks);
  }
}

function addAxis(figure, axis, marks) {
  const count = axis.places.length, wide = Math.max(axis.length, count);
  const outside = Math.max(0, ...axis.places.map((place) => Math.max(-0.5 - place,
    place - axis.length + 0.5)));
  const unit = Math.max(18, Math.min(34, 300 / wide)) * wide / axis.length;
  const left = 8 + Math.min(outside, 2) * unit, length = axis.length * unit, step = length / count;
  const svg = draw("svg", figure, { width: length + 2 * left, height: 112, role: "img",
    "aria-label": [axis.convention, axis.axis].join(" ").trim() + ": sampled at "
      + axis.places.join(", ") });
  for (let out = 0; out < count; out++) {
    draw("rect", svg, { class: "grid", x: left + out * step, y: 18, width: step, height: 20 });
    const every = Math.ceil(18 / step);
    if (out % every === 0)
      draw("text", svg, { x: left + (out + 0.5) * step, y: 12, "text-anchor": "middle" }, out);
  }
  for (let box = 0; box < axis.length; box++) {
    draw("rect", svg, { class: "grid", x: left + box * unit, y: 70, width: unit, height: 24 });
    draw("text", svg, { x: left + (box + 0.5) * unit, y: 108, "text-anchor": "middle" }, box);
  }
  axis.places.forEach((place, out) => {
    const x = left + (place + 0.5) * unit;
    const mark = draw("g", svg, { class: "mark" });
    draw("line", mark, { x1: left + (out + 0.5) * step, y1: 28, x2: x, y2: 82 });
    draw("circle", mark, { class: "place", r: 4, cy: 82, cx: x });
    draw("title", mark, {}, "output " + out + " at " + place);
    marks.push({ mark, axis: axis.axis, out });
  });
}

// The lines of the output values that are lit.
function markSampling(view) {
  if (!view.marks) return;
  const { rows, columns } = view.data.output, lit = { y: new Set(), x: new Set() };
  for (const out of view.lit) {
    lit.y.add(Math.floor(out / columns) % rows); lit.x.add(out % columns);
  }
  for (const { mark, axis, out } of view.marks) {
    const on = (axis.includes("y") && lit.y.has(out)) || (axis.includes("x") && lit.x.has(out));
    mark.classList.toggle("lit", on && view.lit.length < view.outs.length);
  }
}
"""
